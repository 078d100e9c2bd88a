import os
import signal
import threading
import time

import pytest

from webfoot.web.models.notice import AlertNotice
from webfoot.web.models.training import TrainingSession
from webfoot.web.states import State
from webfoot.web.work.worker import Worker

SMALL = {
    "reference_motion": "walk",
    "epochs": 4,
    "batch_size": 8,
    "parameters": {
        "checkpoint_every": 1,
        "rollout": {"episodes": 2, "episode_s": 1.0},
        "stop_when_passed": False,
    },
}
LONG = {**SMALL, "epochs": 100_000}
PATIENCE_S = 120.0


@pytest.fixture
def worker(service):
    made = Worker(service.database, service.settings, "one")
    thread = threading.Thread(target=made.run, daemon=True)
    thread.start()
    yield made
    made.drain()
    thread.join(PATIENCE_S)
    assert not thread.is_alive()


def wait_for(what, condition):
    """What a condition gives once it holds; the machine may be busy, so only minutes are too long."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        found = condition()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"{what} did not come")


def state_is(trainer, session_id, *states):
    def check():
        told = trainer("GET", f"/training/status/{session_id}").json
        return told if told["status"] in states else None

    return check


def started(trainer, asked):
    answer = trainer("POST", "/training/start", json=asked)
    assert answer.status_code == 202, answer.json
    return answer.json["id"]


def test_a_session_is_trained_and_its_verdict_told(caller, worker, service):
    trainer = caller()
    session_id = started(trainer, SMALL)
    told = wait_for("the end", state_is(trainer, session_id, "completed", "failed"))
    assert told["status"] == "completed", told
    assert (told["current_epoch"], told["passed"]) == (4, False)
    assert "did not pass validation" in told["error_message"]
    curves = trainer("GET", f"/training/metrics/{session_id}").json
    assert curves["epochs"] == [1, 2, 3, 4]
    assert all(isinstance(loss, float) for loss in curves["losses"])
    detail = trainer("GET", f"/api/v1/sessions/{session_id}").json
    assert {"policy", "report", "page", "rollout", "events"} <= set(detail["artifacts"])
    assert detail["robot_hours"] == pytest.approx(4 * 16 * 8 * 0.02 / 3600)
    with trainer("GET", f"/api/v1/sessions/{session_id}/artifacts/policy") as policy:
        assert policy.data == (service.settings.runs_dir / str(session_id) / "policy.onnx").read_bytes()
    with service.database.reading() as session:
        rules = {notice.rule for notice in session.query(AlertNotice).filter_by(session_id=session_id)}
    assert "failed_validation" in rules


def test_a_running_session_is_paused_and_goes_on_where_it_was(caller, worker):
    trainer = caller()
    session_id = started(trainer, LONG)
    wait_for("progress", lambda: trainer("GET", f"/training/status/{session_id}").json["current_epoch"] >= 2)
    assert trainer("POST", f"/api/v1/sessions/{session_id}/pause").json["wanted"] == "paused"
    paused = wait_for("the pause", state_is(trainer, session_id, "paused"))
    assert trainer("POST", f"/api/v1/sessions/{session_id}/resume").json["state"] == "queued"
    wait_for(
        "more progress",
        lambda: trainer("GET", f"/training/status/{session_id}").json["current_epoch"] > paused["current_epoch"],
    )
    epochs = trainer("GET", f"/training/metrics/{session_id}").json["epochs"]
    assert epochs == list(range(1, len(epochs) + 1))
    trainer("POST", f"/api/v1/sessions/{session_id}/cancel")
    wait_for("the end", state_is(trainer, session_id, "cancelled"))


def test_a_killed_trainer_is_begun_again_and_one_that_is_wrong_fails(caller, worker, service):
    trainer = caller()
    session_id = started(trainer, LONG)
    wait_for("progress", lambda: trainer("GET", f"/training/status/{session_id}").json["current_epoch"] >= 2)
    os.kill(next(iter(worker.attempts.values())).pid, signal.SIGKILL)
    again = wait_for(
        "another attempt",
        lambda: (told := trainer("GET", f"/training/status/{session_id}").json)["attempt"] == 2 and told,
    )
    assert again["status"] in ("running", "queued")
    trainer("POST", f"/api/v1/sessions/{session_id}/cancel")
    wait_for("the end", state_is(trainer, session_id, "cancelled"))
    contradictory = {**SMALL, "parameters": {"task": {"observation": ["gyro"]}, "method": "amp"}}
    broken = started(trainer, contradictory)
    told = wait_for("the end", state_is(trainer, broken, "completed", "failed"))
    assert told["error_message"]


def test_a_session_that_takes_too_long_is_timed_out_with_a_checkpoint(caller, worker, service):
    trainer = caller()
    session_id = started(trainer, {**LONG, "timeout_minutes": 0.2})
    told = wait_for("the time-out", state_is(trainer, session_id, "timed_out"))
    assert "time limit" in told["error_message"]
    assert (service.settings.runs_dir / str(session_id) / "checkpoints" / "latest.pt").is_file()


def test_a_drained_worker_gives_its_sessions_back(caller, service):
    worker = Worker(service.database, service.settings, "two")
    thread = threading.Thread(target=worker.run, daemon=True)
    thread.start()
    trainer = caller()
    session_id = started(trainer, LONG)
    wait_for("progress", lambda: trainer("GET", f"/training/status/{session_id}").json["current_epoch"] >= 1)
    worker.drain()
    thread.join(PATIENCE_S)
    with service.database.reading() as session:
        row = session.get_one(TrainingSession, session_id)
        assert (row.status, row.worker, row.lost) == (State.QUEUED, None, 0)
