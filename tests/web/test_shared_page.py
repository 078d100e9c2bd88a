import io
import re
import zipfile

import pytest
from browser import PAGE
from hand_walk import check, hand_walk, run_folder, write_report
from rows import keep, training_row
from uploading import WALK, uploaded

from webfoot.evaluate.store import save_episodes
from webfoot.web.models.objects import Motion, MotionVersion
from webfoot.web.states import State


@pytest.fixture
def shared(app, caller, service):
    """A guest, the secret of a link to a session that has ended, the session's id, and its owner."""
    owner = caller()
    id = keep(service, training_row(owner.user_id, State.COMPLETED, passed=False, name="my walk"))
    folder = run_folder(service, id)
    write_report(folder, check("speed_error", 0.4, 0.2, passed=False), metrics={"survival": 1.0})
    save_episodes(hand_walk(), folder / "rollout.npz")
    (folder / "policy.onnx").write_bytes(b"a policy")
    (folder / "config.yaml").write_text(f"robot: duckling\nmotion: {folder}/uploads/secret.npz\nconfig: {{}}\n")
    url = owner("POST", f"/api/v1/sessions/{id}/links", json={}).json["url"]
    return app.test_client(), url.rpartition("/")[2], id, owner


def test_a_guest_sees_the_results_and_can_fetch_all_that_the_page_names(shared):
    guest, secret, id, _ = shared
    text = guest.get(f"/shared/{secret}", headers=PAGE).text
    assert "The policy did not pass" in text and "Speed error, of the command: 40 %" in text
    assert "data-clone" not in text and "data-share" not in text and "Log out" not in text
    named = set(re.findall(r'(?:href|src|data-gait|data-scene|data-replay)="(/[^"]+)"', text))
    named = {place for place in named if not place.startswith("/static/")} - {"/"}
    assert len(named) >= 8
    for place in named:
        assert place.startswith((f"/api/v1/shared/{secret}/", f"/shared/{secret}")), place
    answers = {}
    for place in named:
        with guest.get(place) as answer:
            answers[place.rpartition("/")[2]] = answer.status_code
    refused = {name: status for name, status in answers.items() if status != 200}
    assert refused == {"contract": 400, "replay": 400}  # made up here: no ONNX file, and no duck of one joint
    assert {"gait", "scene", "bundle", "configuration", "policy", "report", "rollout"} <= answers.keys()


def test_neither_owner_nor_places_are_told(shared, service):
    guest, secret, id, owner = shared
    with zipfile.ZipFile(io.BytesIO(guest.get(f"/api/v1/shared/{secret}/bundle").data)) as archive:
        said = [archive.read(name).decode(errors="replace") for name in archive.namelist() if "rollout" not in name]
    places = ("", "/configuration", "/gait")
    said += [guest.get(f"/api/v1/shared/{secret}{place}").text for place in places]
    said.append(guest.get(f"/shared/{secret}", headers=PAGE).text)
    for text in said:
        assert owner.email not in text and str(service.settings.data_dir) not in text and "secret.npz" not in text


@pytest.mark.parametrize("what", ["gait", "configuration", "contract", "bundle", "scene", "replay"])
def test_a_link_that_is_revoked_shows_nothing(shared, what):
    guest, secret, id, owner = shared
    (link,) = owner("GET", f"/api/v1/sessions/{id}/links").json["items"]
    owner("DELETE", f"/api/v1/sessions/{id}/links/{link['id']}")
    answer = guest.get(f"/api/v1/shared/{secret}/{what}")
    assert (answer.status_code, "there is no such link" in answer.json["error"]) == (404, True)


def test_a_training_that_goes_on_is_shown_as_far_as_it_is(app, caller, service):
    owner = caller()
    id = keep(service, training_row(owner.user_id, State.RUNNING, current_epoch=3))
    url = owner("POST", f"/api/v1/sessions/{id}/links", json={}).json["url"]
    text = app.test_client().get(url, headers=PAGE).text
    assert "There is no verdict yet" in text and "3 of 10 epochs are done" in text


@pytest.fixture
def motion(app, caller):
    """A guest and the secret of a link to an uploaded motion."""
    owner = caller()
    id = uploaded(owner, "motions", {"my walk.npz": WALK})["id"]
    url = owner("POST", f"/api/v1/motions/{id}/links", json={}).json["url"]
    return app.test_client(), url.rpartition("/")[2]


def test_a_shared_motion_plays_on_its_robot(motion):
    guest, secret = motion
    text = guest.get(f"/shared/{secret}", headers=PAGE).text
    assert f'data-replay="/api/v1/shared/{secret}/replay"' in text
    assert guest.get(f"/api/v1/shared/{secret}/scene").json["name"] == "duckling"
    assert guest.get(f"/api/v1/shared/{secret}/replay").json["title"].endswith(" on duckling")
    assert guest.get(f"/api/v1/shared/{secret}/gait").status_code == 404


def test_a_link_to_a_motion_shows_no_uploaded_robot(app, caller, service):
    owner = caller()
    with service.database.writing() as session:
        row = Motion(owner_id=owner.user_id, name="gallop")
        row.versions = [
            MotionVersion(
                number=1, sha256="0" * 64, filename="g.npz", size=7, report={"for_robot": "robot:1"}, usable=True
            )
        ]
        session.add(row)
        session.flush()
        id = row.id
    secret = owner("POST", f"/api/v1/motions/{id}/links", json={}).json["url"].rpartition("/")[2]
    guest = app.test_client()
    assert 'class="viewer"' not in guest.get(f"/shared/{secret}", headers=PAGE).text
    for what in ("scene", "replay"):
        answer = guest.get(f"/api/v1/shared/{secret}/{what}")
        assert (answer.status_code, answer.json["error"]) == (
            404,
            "this motion is for an uploaded robot, which this link does not show",
        )
