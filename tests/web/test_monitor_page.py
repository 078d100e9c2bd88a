import json
import re
from html import unescape

import pytest
from event_log import progress, tell
from rows import keep, training_row

from webfoot.learn.events import Alert
from webfoot.runs import Run
from webfoot.web.states import State
from webfoot.web.words.advice import advice

ACTS = {
    State.QUEUED: {"pause", "stop"},
    State.RUNNING: {"pause", "stop"},
    State.PAUSED: {"resume", "stop"},
    State.COMPLETED: set(),
    State.FAILED: {"retry"},
    State.CANCELLED: {"retry"},
    State.TIMED_OUT: {"retry"},
}
"""What can be done with a session by where it stands."""


def page(caller, session_id, rest=""):
    answer = caller("GET", f"/training/monitor/{session_id}{rest}", headers={"Accept": "text/html"})
    return answer.status_code, answer.text


def shown_in(text):
    found = re.search(r'data-shown="([^"]*)"', text)
    assert found
    return json.loads(unescape(found[1]))


def acts_in(text):
    return set(re.findall(r'data-act="(\w+)"', text))


@pytest.mark.parametrize("state", State)
def test_what_can_be_done_follows_from_the_state(caller, service, state):
    trainer = caller()
    number = keep(service, training_row(trainer.user_id, state, passed=state is State.COMPLETED or None))
    status, text = page(trainer, number)
    assert status == 200 and acts_in(text) == ACTS[state]
    assert (f'href="/training/results/{number}"' in text) == state.is_finished
    assert f"/training/configure?clone={number}" in text and state.words in text


def test_while_something_is_asked_of_it_the_buttons_wait(caller, service):
    trainer = caller()
    number = keep(service, training_row(trainer.user_id, wanted="paused"))
    _, text = page(trainer, number)
    assert "It pauses after this epoch" in text
    assert len(re.findall(r'data-act="\w+"[^>]* disabled', text)) == 2


def test_an_administrator_may_act_and_who_it_is_shared_with_may_look(caller, service):
    trainer, friend = caller(), caller()
    number = keep(service, training_row(trainer.user_id))
    assert acts_in(page(caller("administrator"), number)[1]) == ACTS[State.RUNNING]
    shared = {"json": {"email": friend.email}}
    assert trainer("POST", f"/api/v1/sessions/{number}/shares", **shared).status_code < 300
    status, text = page(friend, number)
    assert status == 200 and acts_in(text) == set() and "of " + trainer.email.split("@")[0] in text


def test_a_failure_is_told_with_its_reason_as_text_and_a_cure(caller, service):
    trainer = caller()
    reason = "diverged: <b>the loss</b> is no number"
    number = keep(service, training_row(trainer.user_id, State.FAILED, error_message=reason))
    _, text = page(trainer, number)
    assert "diverged: &lt;b&gt;the loss&lt;/b&gt;" in text and "lower learning rate" in text


@pytest.mark.parametrize(
    ("state", "given", "words"),
    [
        (State.QUEUED, {}, "as soon as a worker is free"),
        (State.PAUSED, {}, "goes on from its checkpoint near epoch 1,200"),
        (State.CANCELLED, {}, "It was stopped"),
        (State.TIMED_OUT, {}, "as much time again"),
        (State.FAILED, {"error_message": "the trainer was killed by SIGKILL from outside, 3 times"}, "memory ran out"),
        (State.FAILED, {"error_message": "walk.npz: frame 4 of 10 holds NaN"}, "Clone it, and change what"),
        (State.COMPLETED, {"passed": False}, "by how much"),
        (State.COMPLETED, {"passed": True}, ""),
        (State.RUNNING, {"wanted": "cancelled"}, "stops after this epoch"),
    ],
)
def test_advice_says_what_to_try(state, given, words):
    said = advice(training_row(1, state, current_epoch=1200, **given), has_checkpoint=True)
    assert words in said and (said != "" or not words)


def test_without_a_checkpoint_it_begins_anew():
    assert "begins anew" in advice(training_row(1, State.PAUSED, current_epoch=0), has_checkpoint=False)


def test_sessions_stand_beside_each_other(caller, service):
    trainer = caller()
    one, two, three = (keep(service, training_row(trainer.user_id, name=name)) for name in ("a", "<b>", "c"))
    for rest in (f"?with={two},{three}", f"?with={two}&with={three}", f"?with={two},{one},{three},{two}"):
        _, text = page(trainer, one, rest)
        assert [(each["id"], each["name"]) for each in shown_in(text)] == [(one, "a"), (two, "<b>"), (three, "c")]
        assert len(re.findall(r'name="with" value="\d+" checked', text)) == 2


def test_at_most_eight_sessions_are_shown(caller, service):
    trainer = caller(parallel=50)
    numbers = [keep(service, training_row(trainer.user_id)) for _ in range(10)]
    _, text = page(trainer, numbers[0], "?with=" + ",".join(map(str, numbers[1:])))
    assert len(shown_in(text)) == 8


@pytest.mark.parametrize("asked", ["999", "x", "1;2", "٣", "-1", "9" * 40])
def test_what_is_not_there_cannot_stand_beside(caller, service, asked):
    trainer = caller()
    number = keep(service, training_row(trainer.user_id))
    assert page(trainer, number, f"?with={asked}")[0] == 404


def test_foreign_sessions_cannot_stand_beside(caller, service):
    trainer, other = caller(), caller()
    number, foreign = keep(service, training_row(trainer.user_id)), keep(service, training_row(other.user_id))
    assert page(trainer, number, f"?with={foreign}")[0] == 404
    assert page(trainer, foreign)[0] == 404


def test_the_part_that_changes_with_the_state_is_a_fragment(caller, service):
    trainer = caller()
    number = keep(service, training_row(trainer.user_id, State.PAUSED))
    answer = trainer("GET", f"/training/monitor/{number}/standing")
    assert answer.status_code == 200 and "<html" not in answer.text
    assert 'data-state="paused"' in answer.text and acts_in(answer.text) == {"resume", "stop"}


def test_metrics_tell_times_names_and_alerts_beside_the_curves(caller, service):
    trainer = caller()
    number = keep(service, training_row(trainer.user_id))
    folder = service.settings.runs_dir / str(number)
    folder.mkdir(parents=True)
    said = Alert(3, "plateau", "warning", "it stands still")
    tell(Run(folder).events_file, *map(progress, range(1, 4)), said)
    asked = f"/api/v1/training/metrics/{number}?names=reward"
    told = trainer("GET", asked).json
    assert told["names"] == ["falls", "reward", "steps_per_s"] and list(told["series"]) == ["reward"]
    assert told["times"]["epochs"] == [1, 2, 3] and told["times"]["values"] == sorted(told["times"]["values"])
    assert [(a["iteration"], a["rule"], a["text"]) for a in told["alerts"]] == [
        (3, "plateau", "warning: it stands still")
    ]
    later = trainer("GET", f"{asked}&since=2").json
    assert later["series"]["reward"]["epochs"] == later["times"]["epochs"] == [3] and len(later["alerts"]) == 1


def test_as_many_points_are_told_as_are_asked_for(caller, service):
    trainer = caller()
    number = keep(service, training_row(trainer.user_id))
    folder = service.settings.runs_dir / str(number)
    folder.mkdir(parents=True)
    tell(Run(folder).events_file, *(progress(epoch, epoch % 7) for epoch in range(1, 3001)))
    asked = f"/api/v1/training/metrics/{number}?names=reward"
    assert len(trainer("GET", asked).json["series"]["reward"]["epochs"]) <= 2000
    told = trainer("GET", f"{asked}&most=10000").json
    assert told["series"]["reward"]["epochs"] == list(range(1, 3001))
    assert len(told["times"]["epochs"]) == 2000 and told["times"]["epochs"][-1] == 3000
    assert trainer("GET", f"{asked}&most=4").status_code == 422
