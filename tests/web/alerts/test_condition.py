import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from webfoot.web.alerts.condition import Moment, follow
from webfoot.web.alerts.rules import ALERT_RULES, AlertConfig, Snapshot
from webfoot.web.states import State

CONFIG = AlertConfig(memory_share=0.9, margin=0.1, calm_s=60.0)
RUNNING = Snapshot(State.RUNNING, memory_bytes=0, memory_limit_bytes=100)
HIGH, LINGERING, CALM = (replace(RUNNING, memory_bytes=used) for used in (95, 85, 80))
"""Of 100: above 90; below 90 but not below 81; below both."""


def story(*scenes, config=CONFIG):
    """What is told at each (time, snapshot, attempt), the state going through JSON in between."""
    state, told = {}, []
    for now_s, snapshot, attempt in scenes:
        state, notices = follow(json.loads(json.dumps(state)), snapshot, Moment(now_s, attempt), config)
        told += [(now_s, notice.rule, notice.cleared) for notice in notices]
    return told


def test_an_alert_is_told_once_however_long_it_lasts():
    assert story(*((float(t), HIGH, 1) for t in range(100))) == [(0.0, "memory_high", False)]


def test_an_alert_is_cleared_after_a_calm_while_and_may_come_again():
    scenes = [(0.0, HIGH, 1), (10.0, CALM, 1), (69.0, CALM, 1), (70.0, CALM, 1), (80.0, HIGH, 1)]
    assert story(*scenes) == [(0.0, "memory_high", False), (70.0, "memory_high", True), (80.0, "memory_high", False)]


def test_within_the_margin_nothing_is_calm_yet():
    scenes = [(0.0, HIGH, 1), (10.0, CALM, 1), (50.0, LINGERING, 1), (60.0, CALM, 1), (119.0, CALM, 1)]
    assert story(*scenes) == [(0.0, "memory_high", False)]
    assert story(*scenes, (120.0, CALM, 1))[-1] == (120.0, "memory_high", True)


def test_within_the_margin_nothing_begins_either():
    assert story((0.0, LINGERING, 1), (10.0, LINGERING, 1)) == []


def test_a_number_that_flutters_about_its_limit_is_told_once():
    scenes = [(10.0 * n, HIGH if n % 2 else CALM, 1) for n in range(50)]
    assert story(*scenes) == [(10.0, "memory_high", False)]


def test_a_long_gap_without_snapshots_is_no_calm():
    assert story((0.0, HIGH, 1), (5000.0, CALM, 1)) == [(0.0, "memory_high", False)]


def test_a_clock_that_is_set_back_neither_clears_nor_keeps_forever():
    scenes = [(4000.0, HIGH, 1), (4001.0, CALM, 1), (400.0, CALM, 1), (459.0, CALM, 1)]
    assert story(*scenes) == [(4000.0, "memory_high", False)]
    assert story(*scenes, (460.0, CALM, 1))[-1] == (460.0, "memory_high", True)


def test_an_alert_that_lasts_is_not_told_again_by_the_next_attempt():
    assert story((0.0, HIGH, 1), (10.0, HIGH, 2)) == [(0.0, "memory_high", False)]


def test_the_end_of_a_session_clears_what_lasts_at_once_and_is_told_itself():
    ended = replace(HIGH, state=State.COMPLETED, passed=True)
    told = story((0.0, HIGH, 1), (1.0, ended, 1), (2.0, ended, 1))
    assert told == [(0.0, "memory_high", False), (1.0, "memory_high", True), (1.0, "finished", False)]


def test_the_end_is_told_once_for_each_attempt_and_never_cleared():
    ended = Snapshot(State.COMPLETED, passed=False, failed_checks=("falls",))
    scenes = [(0.0, ended, 1), (1.0, ended, 1), (2.0, Snapshot(State.QUEUED), 1), (500.0, ended, 1), (600.0, ended, 2)]
    assert story(*scenes) == [(0.0, "failed_validation", False), (600.0, "failed_validation", False)]


def test_a_notice_says_what_the_rule_said_and_how_serious_it_is():
    state, (raised,) = follow({}, HIGH, Moment(0.0, 1), CONFIG)
    assert raised.severity == "warning" and raised.message.startswith("the trainer takes")
    state, _ = follow(state, replace(HIGH, memory_bytes=99), Moment(1.0, 1), CONFIG)
    _, (cleared,) = follow(state, replace(CALM, state=State.CANCELLED), Moment(2.0, 1), CONFIG)
    assert cleared.cleared and cleared.message == ALERT_RULES["memory_high"].check(
        replace(HIGH, memory_bytes=99), CONFIG
    )


def test_what_a_rule_told_that_no_longer_exists_is_forgotten():
    state, notices = follow({"gone": {"message": "", "attempt": 1, "calm_since_s": None}}, CALM, Moment(0.0, 1), CONFIG)
    assert state == {} and notices == []


def test_an_alert_of_learning_outlasts_the_start_of_the_next_attempt_and_is_not_told_again():
    learning = Snapshot(State.RUNNING, health={"plateau": "stands still"})
    silent = Snapshot(State.RUNNING, is_learning=False)
    scenes = [(0.0, learning, 1), (10.0, silent, 2), (500.0, silent, 2), (510.0, learning, 2)]
    assert story(*scenes, config=AlertConfig()) == [(0.0, "plateau", False)]


SNAPSHOTS = st.builds(
    Snapshot,
    state=st.sampled_from(State),
    heartbeat_age_s=st.sampled_from([1.0, 19.0, 30.0]),
    memory_bytes=st.sampled_from([80, 85, 95]),
    memory_limit_bytes=st.just(100),
    passed=st.sampled_from([None, True, False]),
    diverged=st.sampled_from([None, "nan"]),
)


@given(st.lists(st.tuples(st.floats(0, 100), SNAPSHOTS, st.integers(0, 1)), max_size=40))
def test_raising_and_clearing_take_turns_and_what_is_told_once_is_never_told_twice(steps):
    now_s, attempt, scenes = 0.0, 1, []
    for later, snapshot, more in steps:
        now_s, attempt = now_s + later, attempt + more
        scenes.append((now_s, snapshot, attempt))
    told = story(*scenes)
    attempts = {scene[0]: scene[2] for scene in scenes}
    for name, rule in ALERT_RULES.items():
        flags = [cleared for _, rule_name, cleared in told if rule_name == name]
        if rule.once:
            assert not any(flags)
        else:
            assert flags == [bool(n % 2) for n in range(len(flags))]
    once = [(name, attempts[at]) for at, name, _ in told if ALERT_RULES[name].once]
    if len(attempts) == len(scenes):  # no two scenes at one time
        assert len(once) == len(set(once))
