"""Home: first steps where nothing is there, then what goes on, what ended, what is to be seen."""

from rows import alert_row, keep, training_row
from shown import has_own_script, page

from webfoot.web.models.access import Share
from webfoot.web.states import State


def test_who_begins_is_led_in_three_steps(caller):
    text = page(caller(), "/")
    assert "Three steps" in text and 'href="/motions/duckling/walk"' in text and 'href="/training/configure"' in text
    assert not has_own_script(text)


def test_who_only_looks_is_told_whom_to_ask(caller):
    viewer = caller("viewer")
    text = page(viewer, "/")
    assert f"share a session with {viewer.email}" in text and "Three steps" not in text and "Your share" not in text


def test_what_goes_on_and_what_ended_is_shown(caller, service):
    trainer = caller()
    going = keep(service, training_row(trainer.user_id, State.RUNNING, name="goes on", current_epoch=4))
    ended = keep(service, training_row(trainer.user_id, State.COMPLETED, name="has ended", passed=False))
    text = page(trainer, "/")
    assert f'data-session="{going}"' in text and f'href="/training/results/{ended}"' in text
    assert "not passed" in text and "Three steps" not in text


def test_alerts_not_seen_are_shown_and_counted_by_the_bell(caller, service):
    trainer = caller()
    number = keep(service, alert_row(trainer.user_id, message="walk: <b>plateau</b>"))
    text = page(trainer, "/")
    assert f"POST /api/v1/alerts/{number}/read" in text and "&lt;b&gt;plateau" in text and 'data-unseen="1"' in text
    trainer("POST", f"/api/v1/alerts/{number}/read")
    assert 'data-unseen="0"' in page(trainer, "/") and "Alerts not seen" not in page(trainer, "/")


def test_meters_tell_what_is_taken(caller, service):
    trainer = caller(parallel=4, unfinished=5, robot_hours=50.0, storage_gb=2.0)
    keep(service, training_row(trainer.user_id, State.RUNNING, expected_robot_hours=12.5, stored_bytes=500_000_000))
    text = page(trainer, "/")
    for told in ("1 of 4 at once", "1 of 5 ", "12.5 of 50 h in seven days", "0.5 of 2 GB"):
        assert told in text


def test_the_ways_are_those_of_the_role(caller, service):
    administrator, trainer, viewer = (page(caller(role), "/") for role in ("administrator", "trainer", "viewer"))
    assert 'href="/administration"' in administrator and 'href="/administration"' not in trainer
    assert 'href="/training/configure"' in trainer and 'href="/training/configure"' not in viewer
    assert 'href="/" data-key="g h" aria-current="page"' in viewer


def test_the_session_of_somebody_else_is_not_shown_unless_it_is_shared(caller, service):
    mine, other = caller(), caller()
    number = keep(service, training_row(other.user_id, State.RUNNING, name="of another"))
    assert "of another" not in page(mine, "/")
    keep(service, Share(kind="session", object_id=number, user_id=mine.user_id))
    assert "of another" in page(mine, "/")
