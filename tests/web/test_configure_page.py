"""The page that starts trainings: every option reachable, clones prefilled, and a plain form that works by itself."""

import html
import json
import re

import pytest
from browser import logged_in
from uploading import WALK, uploaded

from webfoot.config import TrainConfig
from webfoot.web.fields import field_of, groups_of, values_of

PAGE = {"Accept": "text/html"}
SEED = {"epochs": "epochs", "batch_size": "batch_size", "learning_rate": "ppo.learning_rate"}
SEED |= {"hidden_size": "ppo.hidden_size"}
"""Names of the sketch's parameters, and the options that they are."""


def names_of(model, prefix=""):
    """Every option by dotted name, found without the code that is tested."""
    found = []
    for name, info in model.model_fields.items():
        inner = info.annotation
        if hasattr(inner, "model_fields"):
            found += names_of(inner, f"{prefix}{name}.")
        else:
            found.append(f"{prefix}{name}")
    return found


def found_in(text, pattern):
    """What a pattern finds: its first group, or all of it."""
    found = re.search(pattern, text)
    assert found, pattern
    return found[1] if found.groups() else found[0]


def page_of(caller, query=""):
    answer = caller("GET", f"/training/configure{query}", headers=PAGE)
    assert answer.status_code == 200, answer.text[:500]
    return answer.text


def element(text, name):
    """The tag of a form's element."""
    return found_in(text, rf'<(?:input|select)[^>]*\bname="{re.escape(name)}"[^>]*>')


def data_of(text):
    return json.loads(html.unescape(found_in(text, r'data-page="([^"]*)"')))


def test_every_option_of_a_training_is_on_the_page_once(caller):
    text = page_of(caller())
    shown = re.findall(r'data-option="([\w.]+)"', text)
    assert sorted(shown) == sorted(names_of(TrainConfig))
    assert len(set(shown)) == len(shown) > 200


def test_the_sketch_is_there_field_by_field(caller):
    text = page_of(caller())
    for part in ('class="training-config"', 'id="training-form"', "training-form", "form-group", "Start Training"):
        assert part in text
    motion = element(text, "reference_motion")
    assert 'id="reference-motion"' in motion and motion.startswith("<select") and "required" in motion
    for name, option in SEED.items():
        field, tag = field_of(TrainConfig, option), element(text, name)
        assert f'id="{name.replace("_", "-")}"' in tag and f'max="{field.limits.highest}"' in tag
        assert f'value="{field.default}"' in tag and 'type="number"' in tag


def test_a_field_says_unit_range_and_help_of_its_option():
    step = field_of(TrainConfig, "randomize.encoder_step")
    assert (step.unit, step.range, step.help) == (
        "rad",
        "0 to 0.1",
        "Step of the encoders. [4096 steps a turn: 0.0015]",
    )
    assert field_of(TrainConfig, "ppo.gamma").range == "above 0, below 1"
    assert field_of(TrainConfig, "rollout.episode_s").range == "above 0.5, at most 600"
    assert field_of(TrainConfig, "task.action_base").limits.choices == ("reference", "default")
    assert field_of(TrainConfig, "columns.quat_order").limits.choices == ("xyzw", "wxyz")
    kinds = {
        name: field_of(TrainConfig, name).limits.kind
        for name in ("max_minutes", "columns.loop", "augment.speed", "seed")
    }
    assert kinds == {"max_minutes": "number", "columns.loop": "boolean", "augment.speed": "text", "seed": "integer"}


def test_every_part_has_a_title_and_a_sentence():
    groups = groups_of(TrainConfig)
    assert [group.name for group in groups if not (group.title and group.help)] == []
    assert [field.name for group in groups for field in group.fields if not field.help] == []


def test_values_are_told_by_dotted_name_and_lists_as_they_are_written():
    values = values_of(TrainConfig.model_validate({"augment": {"speed": "0.5,2"}}))
    assert values["augment.speed"] == "0.5,2.0" and values["ppo.gamma"] == 0.97 and values["max_minutes"] is None
    assert values.keys() == set(names_of(TrainConfig))


def test_a_clone_shows_what_its_origin_was_asked(caller):
    trainer = caller()
    asked = {"reference_motion": "back", "epochs": 7, "learning_rate": 0.004, "plan": "robust", "name": "first"}
    asked["parameters"] = {"task": {"history": 3}, "augment": {"speed": [0.5, 0.8]}}
    first = trainer("POST", "/training/start", json=asked).json["id"]
    text = page_of(trainer, f"?clone={first}")
    assert 'value="7"' in element(text, "epochs") and 'value="0.004"' in element(text, "learning_rate")
    assert 'value="192"' in element(text, "hidden_size")  # what the robust plan has
    assert 'value="3"' in element(text, "task.history") and 'value="0.5,0.8"' in element(text, "augment.speed")
    assert re.search(r'<option value="back"[^>]*selected', text)
    assert re.search(r'value="robust" checked', text)
    origin = data_of(text)["origin"]
    assert origin == {
        "id": first,
        "motion": "back",
        "robot": "duckling",
        "plan": "robust",
        "name": "first",
        "options": {"epochs": 7, "ppo.learning_rate": 0.004, "task.history": 3, "augment.speed": "0.5,0.8"},
    }


@pytest.mark.parametrize("query", ["?clone=999", "?clone=99999999999999999999"])
def test_a_clone_of_what_there_is_not_is_not_found(caller, query):
    assert caller()("GET", f"/training/configure{query}", headers=PAGE).status_code == 404


def test_a_clone_of_what_one_may_not_see_is_not_found(caller):
    mine = caller()("POST", "/training/start", json={"reference_motion": "walk"}).json["id"]
    assert caller()("GET", f"/training/configure?clone={mine}", headers=PAGE).status_code == 404


def test_a_clone_of_an_uploaded_motion_keeps_its_version(caller):
    trainer = caller()
    made = uploaded(trainer, "motions", {"walk.npz": WALK})
    first = trainer("POST", "/training/start", json={"reference_motion": f"motion:{made['id']}"}).json["id"]
    assert re.search(rf'<option value="motion:{made["id"]}@1"[^>]*selected', page_of(trainer, f"?clone={first}"))


def test_a_plain_form_starts_a_training_with_what_it_changed(app, service):
    browser = logged_in(app, "trainer")
    form = {"csrf_token": browser.csrf(), "reference_motion": "back", "robot": "duckling", "plan": "standard"}
    form |= {
        "epochs": "12",
        "batch_size": "128",
        "learning_rate": "0.002",
        "task.history": "2",
        "ppo.symmetry": "false",
    }
    answer = browser.client.post("/training/configure", data=form, headers=PAGE)
    assert answer.status_code == 302, answer.text[:500]
    number = int(answer.location.rpartition("/")[2])
    row = browser.get(f"/api/v1/sessions/{number}").get_json()
    assert row["reference_motion"] == "back"
    parameters = {"stop_when_passed": False, "epochs": "12", "task": {"history": "2"}, "ppo": {"symmetry": "false"}}
    assert row["parameters"] == parameters and row["total_epochs"] == 12


@pytest.mark.parametrize(
    ("change", "place", "sentence"),
    [
        ({"ppo.gamma": "2"}, "ppo.gamma", "option 'ppo.gamma' is '2'"),
        ({"epochs": "many"}, "epochs", "epochs"),
        ({"reference_motion": "gallop"}, "reference_motion", "unknown reference motion 'gallop'"),
        ({"robot": "<b>"}, "robot", "unknown robot '&lt;b&gt;'"),
        ({"task.observation": "gyro,gyro"}, "task.observation", "a term twice"),
        ({"plan": "endless"}, "plan", "'quick', 'standard' or 'robust'"),
        ({"randomize.preset": "off", "sim.physics_hz": "75"}, "sim.physics_hz", "physics_hz"),
    ],
)
def test_a_refused_form_comes_back_with_the_sentence_beside_its_field(app, change, place, sentence):
    browser = logged_in(app, "trainer")
    form = {"csrf_token": browser.csrf(), "reference_motion": "walk", "robot": "duckling", "name": "kept"} | change
    answer = browser.client.post("/training/configure", data=form, headers=PAGE)
    assert 400 <= answer.status_code < 500
    beside = rf'data-error="{re.escape(place)}" >([^<]*)<'
    assert html.unescape(sentence) in html.unescape(found_in(answer.text, beside))
    assert 'value="kept"' in element(answer.text, "name")


def test_a_form_without_its_token_starts_nothing(app):
    browser = logged_in(app, "trainer")
    answer = browser.client.post("/training/configure", data={"reference_motion": "walk"}, headers=PAGE)
    assert answer.status_code == 400
    assert browser.get("/api/v1/sessions").get_json()["total"] == 0


def test_a_clone_whose_motion_was_deleted_names_it_and_keeps_the_rest(caller):
    trainer = caller()
    made = uploaded(trainer, "motions", {"stroll.npz": WALK})
    asked = {"reference_motion": f"motion:{made['id']}", "epochs": 33, "name": "mine"}
    first = trainer("POST", "/training/start", json=asked).json["id"]
    trainer("DELETE", f"/api/v1/motions/{made['id']}")
    text = page_of(trainer, f"?clone={first}")
    sentence = "Motion 'stroll' was deleted; choose another one, or restore it."
    assert sentence in html.unescape(text)
    data = data_of(text)
    assert data["gone"] == {"reference_motion": sentence}
    assert (data["choice"]["motion"], data["choice"]["options"]["epochs"]) == ("", 33)
    assert (data["origin"]["motion"], data["said"]["duckling"]) == (f"motion:{made['id']}@1", "duckling")
    assert data["said"][f"motion:{made['id']}@1"] == "stroll"
    answer = trainer("POST", f"/api/v1/sessions/{first}/clone", json={})
    assert (answer.status_code, answer.json["error"]) == (404, sentence[0].lower() + sentence[1:-1])
    again = {**asked, "reference_motion": "walk", "parent_id": first}
    assert trainer("POST", "/training/start", json=again).status_code == 202
    other = caller()
    trainer("POST", f"/api/v1/sessions/{first}/shares", json={"email": other.email})
    assert data_of(page_of(other, f"?clone={first}"))["gone"] == {
        "reference_motion": f"There is no motion {made['id']}."
    }
