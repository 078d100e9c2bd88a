import json
import os

import pytest
from hand_walk import DT, fallen, hand_walk, run_folder
from rows import keep, training_row

from webfoot.evaluate.store import save_episodes
from webfoot.web.results.gait import gait_document
from webfoot.web.states import State

QUARTERS = [0, 10, 20, 30]
"""Bins of forty that a walk of four steps a cycle passes."""


def at_quarters(values):
    assert all(value is None for k, value in enumerate(values) if k not in QUARTERS)
    return [values[k] for k in QUARTERS]


def test_joints_stand_over_the_phase_with_their_spread_and_their_reference():
    told = gait_document(hand_walk())
    (joint,) = told["joints"]
    assert (joint["name"], joint["rmse"], joint["moves"]) == ("left_hip", 0.1, True)
    for curve in ("low", "middle", "high"):  # every cycle is the same
        assert at_quarters(joint[curve]) == [0.0, 0.1, 0.2, 0.3]
    assert at_quarters(joint["reference"]) == [-0.1, 0.0, 0.1, 0.2]
    assert (told["phase"][0], told["phase"][-1], told["period_s"]) == (0.0125, 0.9875, 0.4)


def test_feet_stand_where_they_do_not_rise():
    left, right = gait_document(hand_walk())["feet"]
    assert (at_quarters(left["contact"]), at_quarters(right["contact"])) == ([1, 0, 1, 1], [1, 1, 1, 0])
    assert at_quarters(left["reference_contact"]) == [1, 1, 1, 1]
    assert (left["lift_m"], left["reference_lift_m"]) == (0.02, 0.0)


def test_the_footfall_is_of_the_first_episode_that_stays_up():
    walk = fallen(hand_walk(3), 0, 20)
    told = gait_document(walk)
    assert [episode["fell_at_s"] for episode in told["episodes"]] == [2.0, None, None]
    assert told["footfall"]["episode"] == 1
    left, right = told["footfall"]["feet"]
    assert left["policy"][:3] == [[0.0, DT], [0.2, 0.5], [0.6, 0.9]]
    assert right["policy"][:2] == [[0.0, 0.3], [0.4, 0.7]]
    assert left["reference"] == [[0.0, 4.0]]


def test_what_is_no_number_is_null_and_the_document_stays_json():
    told = gait_document(fallen(hand_walk(1), 0, 2))  # before anything counts
    assert told["joints"][0]["middle"] == [None] * 40
    assert told["feet"][0]["lift_m"] is None
    assert told["footfall"]["feet"][0]["policy"] == [[0.0, DT]]
    json.dumps(told, allow_nan=False)


@pytest.fixture
def ended(caller, service):
    owner = caller()
    id = keep(service, training_row(owner.user_id, State.COMPLETED))
    return owner, id, run_folder(service, id) / "rollout.npz"


def test_the_document_is_asked_for_by_who_may_see_the_session_and_follows_the_file(ended, caller):
    owner, id, file = ended
    path = f"/api/v1/sessions/{id}/gait"
    missing = owner("GET", path)
    assert missing.status_code == 404
    assert missing.json["error"] == (
        f"session {id} has no rollout yet; it comes with the validation at the end of the training"
    )
    save_episodes(hand_walk(2), file)
    told = owner("GET", path).json
    assert (told["schema"], len(told["episodes"]), told["joints"][0]["rmse"]) == ("webfoot-gait/1", 2, 0.1)
    save_episodes(hand_walk(3), file)
    os.utime(file, ns=(1, 1))  # another time, whatever the disk's clock gives
    assert len(owner("GET", path).json["episodes"]) == 3
    assert caller()("GET", path).json == {"code": 404, "error": f"there is no session {id}"}


def test_a_damaged_rollout_is_one_sentence(ended):
    owner, id, file = ended
    file.write_bytes(b"PK\x03\x04 no more")
    answer = owner("GET", f"/api/v1/sessions/{id}/gait")
    assert answer.status_code == 400
    assert answer.json["error"].startswith("rollout.npz: not a readable rollout")


def test_a_real_walk_is_small_enough_for_a_page(ended, trained):
    owner, id, file = ended
    file.write_bytes(trained.run.rollout_file.read_bytes())
    answer = owner("GET", f"/api/v1/sessions/{id}/gait")
    assert (answer.status_code, len(answer.json["joints"])) == (200, 14)
    assert len(answer.data) < 100_000
