import pytest
from event_log import progress, tell

from webfoot.learn.events import Alert, Diverged, Evaluated, Metrics
from webfoot.web.work.progress import Follower


@pytest.fixture
def log_of_the_first_attempt(tmp_path):
    """Plateau stands since iteration 2, falls rose in 2 and were calm in 3, logits were bad in 4, and it broke down."""
    path = tmp_path / "events.jsonl"
    tell(
        path,
        progress(2), Metrics(2, {"surrogate_loss": 1.0, "value_loss": 2.0}),
        Alert(2, "plateau", "warning", "stands still"), Alert(2, "falls_return", "serious", "falls"),
        progress(3), Alert(3, "falls_return", "serious", "falls", cleared=True),
        progress(4), Metrics(4, {"surrogate_loss": float("nan"), "value_loss": 2.0}),
        Alert(4, "logit_spread", "warning", "too wide"), Evaluated(4, False, 0.5, {}),
        Diverged(4, "the loss is not finite"),
    )  # fmt: skip
    return path


def test_what_an_earlier_attempt_complained_of_is_no_complaint_of_this_one(log_of_the_first_attempt):
    follower = Follower(log_of_the_first_attempt, 0.02)
    follower.look()
    assert (follower.epochs, follower.has_begun, follower.raised) == (4, False, {})
    assert (follower.diverged, follower.metrics, follower.scores) == (None, {}, [])


def test_a_resumed_attempt_has_the_complaints_that_stood_at_its_checkpoint(log_of_the_first_attempt):
    follower = Follower(log_of_the_first_attempt, 0.02)
    tell(log_of_the_first_attempt, progress(3), Metrics(3, {"surrogate_loss": 1.0, "value_loss": 2.0}))
    follower.look()
    assert follower.has_begun
    assert follower.raised == {"plateau": "stands still", "falls_return": "falls"}
    assert (follower.diverged, follower.loss, follower.metrics["value_loss"]) == (None, 3.0, 2.0)
    tell(log_of_the_first_attempt, Alert(3, "plateau", "warning", "stands still", cleared=True), Diverged(3, "again"))
    follower.look()
    assert (follower.raised, follower.diverged) == ({"falls_return": "falls"}, "again")


def test_lines_that_the_last_attempt_wrote_too_late_do_not_count(log_of_the_first_attempt):
    follower = Follower(log_of_the_first_attempt, 0.02)
    tell(log_of_the_first_attempt, progress(5), Evaluated(5, False, 0.25, {}), Diverged(5, "late"))
    follower.look()
    assert follower.diverged == "late"
    tell(log_of_the_first_attempt, progress(2))
    follower.look()
    assert (follower.diverged, follower.raised, follower.scores) == (None, {}, [])


def test_a_half_line_that_is_cut_off_hides_nothing_of_this_attempt(tmp_path):
    path = tmp_path / "events.jsonl"
    tell(path, progress(1))
    with path.open("a") as file:
        file.write('{"event": "metrics", "iteration": 2, "values": {"a_long_name": 1.2345678901234567890123456789')
    follower = Follower(path, 0.02)
    tell(path, Diverged(1, "x"))
    follower.look()
    assert follower.diverged == "x"
