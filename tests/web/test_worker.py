import os
import signal

import pytest
from at_work import at_work
from patience import wait_until
from rows import row_of
from trainings import LONG, SMALL, started, state_is, status_of

from webfoot.web.models.notice import AlertNotice
from webfoot.web.states import State

SPEEDS = [2.0 + n / 10 for n in range(20)]


@pytest.fixture
def worker(service):
    with at_work(service.database, service.settings) as made:
        yield made


def test_a_session_is_trained_and_its_verdict_told(caller, worker, service):
    trainer = caller()
    session_id = started(trainer, SMALL)
    told = wait_until("the end", state_is(trainer, session_id, "completed", "failed"))
    assert told["status"] == "completed", told
    assert (told["current_epoch"], told["passed"]) == (3, False)
    assert "did not pass validation" in told["error_message"]
    curves = trainer("GET", f"/training/metrics/{session_id}").json
    assert curves["epochs"] == [1, 2, 3]
    assert all(isinstance(loss, float) for loss in curves["losses"])
    detail = trainer("GET", f"/api/v1/sessions/{session_id}").json
    assert {"policy", "report", "page", "rollout", "events"} <= set(detail["artifacts"])
    assert detail["robot_hours"] == pytest.approx(3 * 16 * 8 * 0.02 / 3600)
    with trainer("GET", f"/api/v1/sessions/{session_id}/artifacts/policy") as policy:
        assert policy.data == (service.settings.runs_dir / str(session_id) / "policy.onnx").read_bytes()
    with service.database.reading() as session:
        rules = {notice.rule for notice in session.query(AlertNotice).filter_by(session_id=session_id)}
    assert "failed_validation" in rules


def test_a_running_session_is_paused_and_goes_on_where_it_was_and_a_drained_worker_gives_it_back(caller, service):
    trainer = caller()
    session_id = started(trainer, LONG)
    with at_work(service.database, service.settings):
        wait_until("progress", lambda: status_of(trainer, session_id)["current_epoch"] >= 2)
        assert trainer("POST", f"/api/v1/sessions/{session_id}/pause").json["wanted"] == "paused"
        reached = wait_until("the pause", state_is(trainer, session_id, "paused"))["current_epoch"]
        assert trainer("POST", f"/api/v1/sessions/{session_id}/resume").json["state"] == "queued"
        wait_until("more progress", lambda: status_of(trainer, session_id)["current_epoch"] > reached)
        epochs = trainer("GET", f"/training/metrics/{session_id}").json["epochs"]
        assert epochs == list(range(1, len(epochs) + 1))
    row = row_of(service.database, session_id)
    assert (row.status, row.worker, row.lost) == (State.QUEUED, None, 0)


def test_a_killed_trainer_is_begun_again_and_one_that_is_wrong_fails(caller, worker, service):
    trainer = caller()
    session_id = started(trainer, LONG)
    wait_until("progress", lambda: status_of(trainer, session_id)["current_epoch"] >= 2)
    os.kill(next(iter(worker.attempts.values())).pid, signal.SIGKILL)
    again = wait_until("another attempt", lambda: (told := status_of(trainer, session_id))["attempt"] == 2 and told)
    assert again["status"] in ("running", "queued")
    trainer("POST", f"/api/v1/sessions/{session_id}/cancel")
    wait_until("the end", state_is(trainer, session_id, "cancelled"))
    unread = started(trainer, {**SMALL, "parameters": {"augment": {"noise": 0.01, "copies": 100, "speed": SPEEDS}}})
    told = wait_until("the end", state_is(trainer, unread, "completed", "failed"))
    assert (told["status"], told["error_message"]) == (
        "failed",
        "1 clip would become 2121; at most 2000 are made, ask for fewer",
    )


def test_a_session_that_takes_too_long_is_timed_out_with_a_checkpoint(caller, worker, service):
    trainer = caller()
    session_id = started(trainer, {**LONG, "timeout_minutes": 0.2})
    told = wait_until("the time-out", state_is(trainer, session_id, "timed_out"))
    assert "time limit" in told["error_message"]
    assert (service.settings.runs_dir / str(session_id) / "checkpoints" / "latest.pt").is_file()
