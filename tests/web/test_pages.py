import json
import re

import pytest

from webfoot.web.models.training import TrainingSession
from webfoot.web.states import State

SEED_FIELDS = {"reference_motion", "epochs", "batch_size", "learning_rate", "hidden_size"}
"""Names of the fields in the user's sketch."""


def page(caller, path):
    answer = caller("GET", path, headers={"Accept": "text/html"})
    return answer.status_code, answer.text


def test_configure_asks_what_the_sketch_asks_with_the_ranges_of_the_options(caller):
    status, text = page(caller(), "/training/configure")
    assert status == 200
    assert set(re.findall(r'name="(\w+)"', text)) >= SEED_FIELDS
    assert '<option value="walk"' in text and '<option value="duckling"' in text
    epochs = re.search(r'<input[^>]*name="epochs"[^>]*>', text)[0]
    assert 'min="1"' in epochs and 'max="100000"' in epochs and 'value="400"' in epochs


def test_a_session_is_monitored_until_it_ends_and_then_has_results(caller, service):
    trainer = caller()
    number = trainer("POST", "/training/start", json={"reference_motion": "walk"}).json["id"]
    status, text = page(trainer, f"/training/monitor/{number}")
    assert status == 200 and f'data-stream="/api/v1/sessions/{number}/stream"' in text
    assert trainer("GET", f"/training/results/{number}").location == f"/training/monitor/{number}"
    folder = service.settings.runs_dir / str(number)
    folder.mkdir(parents=True)
    check = {"name": "joint_rmse", "value": 0.0512, "limit": 0.1, "unit": "rad", "passed": True}
    (folder / "report.json").write_text(json.dumps({"passed": True, "checks": [check]}))
    with service.database.writing() as session:
        row = session.get_one(TrainingSession, number)
        row.move_to(State.RUNNING)
        row.move_to(State.COMPLETED)
    status, text = page(trainer, f"/training/results/{number}")
    assert status == 200 and "The policy passed" in text and "Joint error, all joints" in text and "0.0512" in text


def test_names_are_shown_as_they_are_never_as_markup(caller):
    trainer = caller()
    trainer("POST", "/training/start", json={"reference_motion": "walk", "name": "<script>alert(1)</script>"})
    _, text = page(trainer, "/")
    assert "&lt;script&gt;alert(1)" in text and "<script>alert" not in text


@pytest.mark.parametrize("path", ["/", "/training/configure", "/training/monitor/1"])
def test_pages_have_no_script_or_style_of_their_own(caller, path):
    trainer = caller()
    trainer("POST", "/training/start", json={"reference_motion": "walk"})
    _, text = page(trainer, path)
    assert not re.search(r"<script(?![^>]*src=)|\son\w+=|\sstyle=|<style", text)


def test_who_is_not_logged_in_is_led_to_the_login(app):
    answer = app.test_client().get("/training/configure", headers={"Accept": "text/html"})
    assert answer.status_code == 302 and answer.location.startswith("/login")
