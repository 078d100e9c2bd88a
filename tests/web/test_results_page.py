import html
import json
import re

import pytest
from browser import PAGE
from hand_walk import check, run_folder, write_report
from rows import keep, training_row

from webfoot.web.states import State

SLOW = check("speed_error", 0.31, 0.2, passed=False)
FINE = check("joint_rmse", 0.05, 0.1, "rad")


def page(caller, id):
    answer = caller("GET", f"/training/results/{id}", headers=PAGE)
    return answer.status_code, answer.text


@pytest.fixture
def ended(caller, service):
    """Makes a session of a new owner that has ended; gives owner, id and folder."""

    def make(state: State = State.COMPLETED, **given):
        owner = caller()
        id = keep(service, training_row(owner.user_id, state, **given))
        return owner, id, run_folder(service, id)

    return make


@pytest.mark.parametrize("state", [State.QUEUED, State.RUNNING, State.PAUSED])
def test_what_goes_on_is_shown_on_its_monitor(ended, state):
    owner, id, _ = ended(state)
    answer = owner("GET", f"/training/results/{id}", headers=PAGE)
    assert (answer.status_code, answer.location) == (302, f"/training/monitor/{id}")


def test_a_policy_that_passed_says_so_first(ended):
    owner, id, folder = ended(passed=True)
    write_report(folder, FINE, metrics={"survival": 1.0}, latency_us={"p50": 50.0, "p99": 90.0}, training=None)
    (folder / "policy.onnx").write_bytes(b"a policy")
    status, text = page(owner, id)
    assert status == 200
    assert text.index("The policy passed") < text.index("Key figures") < text.index("Joint error, all joints")
    for what in ("artifacts/policy", "artifacts/report", "bundle", "contract", "configuration"):
        assert f'href="/api/v1/sessions/{id}/{what}"' in text
    assert "from webfoot_runtime.policy import OnnxPolicy" in text
    assert "What to try" not in text


def test_a_policy_that_failed_says_why_and_offers_what_may_help(ended):
    owner, id, folder = ended(passed=False, parameters={"epochs": 200})
    write_report(folder, FINE, SLOW)
    _, text = page(owner, id)
    assert "The policy did not pass" in text and "1 of 2 checks is not met" in text
    assert "Speed error, of the command: 31 %; at most 20 % is right." in text
    edits = [json.loads(html.unescape(found)) for found in re.findall(r'data-edits="([^"]*)"', text)]
    assert edits[0] == {"epochs": 400, "stop_when_passed": False}
    made = owner("POST", f"/api/v1/sessions/{id}/clone", json={"parameters": edits[0]})
    assert made.status_code == 202
    cloned = owner("GET", f"/api/v1/sessions/{made.json['id']}").json
    assert (cloned["parameters"], cloned["parent_id"]) == ({"epochs": 400, "stop_when_passed": False}, id)


def test_a_viewer_reads_the_verdict_and_is_offered_nothing_to_do(ended, caller):
    owner, id, folder = ended(passed=False)
    write_report(folder, SLOW)
    viewer = caller("viewer", scopes=("read",))
    owner("POST", f"/api/v1/sessions/{id}/shares", json={"email": viewer.email})
    status, text = page(viewer, id)
    assert (status, "The policy did not pass" in text) == (200, True)
    assert not re.search("data-clone|data-share|data-go-on|What to try|configure", text)


def test_who_it_is_shared_with_may_clone_it_and_not_share_it(ended, caller):
    owner, id, folder = ended(passed=False)
    write_report(folder, SLOW)
    friend = caller()
    owner("POST", f"/api/v1/sessions/{id}/shares", json={"email": friend.email})
    _, text = page(friend, id)
    assert "data-clone" in text and "data-share" not in text
    assert "data-share" in page(owner, id)[1]


@pytest.mark.parametrize(
    ("state", "given", "said"),
    [
        (State.FAILED, {"error_message": "the disk is full"}, "The disk is full. 7 of 10 epochs were done."),
        (State.FAILED, {}, "Its log says why. 7 of 10 epochs were done."),
        (State.CANCELLED, {}, "Somebody cancelled it. 7 of 10 epochs were done."),
        (State.TIMED_OUT, {}, "It took longer than 60 minutes. 7 of 10 epochs were done."),
    ],
)
def test_an_end_without_a_policy_says_what_happened_and_how_to_go_on(ended, state, given, said):
    owner, id, folder = ended(state, current_epoch=7, **given)
    _, text = page(owner, id)
    assert said in text and "There is no checkpoint." in text and "Try again from the start" in text
    (folder / "checkpoints").mkdir()
    (folder / "checkpoints" / "latest.pt").write_bytes(b"weights")
    _, text = page(owner, id)
    assert "The last checkpoint is from <time datetime=" in text and "Go on from the checkpoint" in text
    assert f'data-go-on="/api/v1/sessions/{id}/resume"' in text
    assert "artifacts/policy" not in text and "/bundle" not in text
    assert owner("POST", f"/api/v1/sessions/{id}/resume").status_code == 200


def test_a_report_that_cannot_be_read_is_no_fault(ended):
    owner, id, folder = ended()
    (folder / "report.json").write_text("{")
    status, text = page(owner, id)
    assert (status, "There is no verdict" in text, "data-go-on" in text) == (200, True, False)


def test_files_that_were_removed_are_said_to_be_gone(ended):
    owner, id, folder = ended(passed=True)
    folder.rmdir()
    assert "Its files are gone" in page(owner, id)[1]


def test_a_rollout_is_drawn_and_replayed(ended):
    owner, id, folder = ended(passed=True)
    write_report(folder, FINE)
    assert "data-gait" not in page(owner, id)[1]
    (folder / "rollout.npz").write_bytes(b"episodes")
    _, text = page(owner, id)
    assert f'data-gait="/api/v1/sessions/{id}/gait"' in text
    assert f'data-replay="/api/v1/sessions/{id}/replay"' in text


def test_hostile_names_and_numbers_stay_text(ended):
    owner, id, folder = ended(passed=False, name="<script>alert(1)</script>", error_message="<b>")
    write_report(folder, check("<img src=x>", float("nan"), 1.0, "<u>", passed=False))
    _, text = page(owner, id)
    assert "<script>alert" not in text and "<img src=x>" not in text and "<u>" not in text
    assert not re.search(r"<script(?![^>]*src=)|\son\w+=|\sstyle=|<style", text)
