import pytest

from webfoot.counted import counted
from webfoot.web.alerts.rules import AlertConfig, Snapshot, finished
from webfoot.web.models.training import TrainingSession
from webfoot.web.states import State, WrongState, check_move

WALK = {"reference_motion": "walk", "epochs": 1, "batch_size": 8}


def test_one_is_singular():
    assert [counted(n, "session") for n in (0, 1, 2)] == ["0 sessions", "1 session", "2 sessions"]


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        (
            State.COMPLETED,
            State.QUEUED,
            "session 1 is completed and cannot be queued again; one that is cancelled, failed, paused or timed out can",
        ),
        (
            State.TIMED_OUT,
            State.CANCELLED,
            "session 1 is timed out and cannot be cancelled; one that is paused, queued or running can",
        ),
        (State.FAILED, State.PAUSED, "session 1 is failed and cannot be paused; one that is queued or running can"),
        (State.PAUSED, State.RUNNING, "session 1 is paused and cannot be started; one that is queued can"),
    ],
)
def test_a_move_that_there_is_not_is_refused_in_a_sentence(before, after, sentence):
    with pytest.raises(WrongState, match=f"^{sentence}$"):
        check_move(before, after, "session 1")


@pytest.mark.parametrize("how", ["resume", "retry"])
def test_a_running_session_is_not_queued_again_by_hand(caller, service, how):
    trainer = caller()
    id = trainer("POST", "/training/start", json=WALK).json["id"]
    with service.database.writing() as session:
        session.get_one(TrainingSession, id).move_to(State.RUNNING)
    answer = trainer("POST", f"/api/v1/sessions/{id}/{how}")
    sentence = (
        f"session {id} is running and cannot be queued again; one that is cancelled, failed, paused or timed out can"
    )
    assert (answer.status_code, answer.json["error"]) == (409, sentence)
    assert trainer("GET", f"/training/status/{id}").json["status"] == "running"


def test_a_quota_of_one_is_told_in_the_singular(caller):
    trainer = caller(unfinished=1)
    first, second = (trainer("POST", "/training/start", json=WALK) for _ in range(2))
    assert (first.status_code, second.status_code) == (202, 429)
    assert second.json["error"].startswith("you have 1 unfinished session, and may have 1; cancel one")


def test_a_training_of_one_epoch_has_one_epoch():
    told = finished(Snapshot(State.COMPLETED, iteration=1, elapsed_s=120, passed=True), AlertConfig())
    assert told == "the training ended after 2 min and 1 epoch: its policy passed validation and can be downloaded"


def test_a_training_of_seconds_is_told_in_seconds():
    told = finished(Snapshot(State.COMPLETED, iteration=15, elapsed_s=16.2, passed=True), AlertConfig())
    assert told is not None and told.startswith("the training ended after 16 s and 15 epochs: ")
