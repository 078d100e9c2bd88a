from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webfoot.monitor.health import HEALTH_RULES
from webfoot.web.alerts.rules import ALERT_RULES, AlertConfig, Snapshot
from webfoot.web.states import State

CONFIG = AlertConfig()
GB = 10**9
HEALTHY = Snapshot(
    state=State.RUNNING,
    iteration=100,
    epochs=1000,
    elapsed_s=600.0,
    timeout_s=3600.0,
    heartbeat_age_s=2.0,
    disk_free_bytes=50 * GB,
    disk_free_share=0.5,
    memory_bytes=4 * GB,
    memory_limit_bytes=16 * GB,
    gpu_memory_bytes=GB,
    gpu_memory_limit_bytes=80 * GB,
    metrics={"falls": 1.0, "value_loss": 0.01},
    scores=(0.2, 0.4),
)
ENDED = replace(HEALTHY, state=State.COMPLETED, passed=True)

COMPLAINTS = {
    "diverged": (
        replace(HEALTHY, diverged="an action became nan"),
        "learning broke down after epoch 100: an action became nan; lower the learning rate",
    ),
    "nan": (
        replace(HEALTHY, metrics={"falls": 1.0, "entropy": None, "value_loss": float("inf")}),
        "no finite number at epoch 100: entropy, value_loss; lower the learning rate, and inspect the motion",
    ),
    "plateau": (replace(HEALTHY, health={"plateau": "learning stands still"}), "learning stands still"),
    "style_collapse": (replace(HEALTHY, health={"style_forgotten": "known by heart"}), "known by heart"),
    "falls_rising": (replace(HEALTHY, health={"falls_return": "robots fall"}), "robots fall"),
    "worker_lost": (
        replace(HEALTHY, heartbeat_age_s=21.0),
        "the worker has not been heard of for 21 s, at epoch 100; another one goes on from the last checkpoint: "
        "see that one runs",
    ),
    "timeout_near": (
        replace(HEALTHY, elapsed_s=3240.0),
        "54 of 60 min are used up at epoch 100 of 1000; allow more time, or ask for fewer epochs",
    ),
    "disk_low": (
        replace(HEALTHY, disk_free_bytes=1_900_000_000),
        "1.9 GB or 50.0% of the disk is free, less than 2.0 GB or 2%; delete runs that nobody needs, or move the data "
        "folder to a larger disk",
    ),
    "memory_high": (
        replace(HEALTHY, memory_bytes=14_400_000_000),
        "the trainer takes 14.4 GB of its 16.0 GB of memory, and is ended beyond that; lower batch_size",
    ),
    "gpu_memory_high": (
        replace(HEALTHY, gpu_memory_bytes=72 * GB),
        "the trainer takes 72.0 GB of its 80.0 GB of GPU memory, and is ended beyond that; lower batch_size",
    ),
    "finished": (
        ENDED,
        "the training ended after 10 min and 100 epochs: its policy passed validation and can be downloaded",
    ),
    "failed": (
        replace(HEALTHY, state=State.FAILED, error_message="walk.json: holds NaN"),
        "the training failed at epoch 100: walk.json: holds NaN; retry it when that is mended",
    ),
    "failed_validation": (
        replace(ENDED, passed=False, failed_checks=("falls", "foot_slip")),
        "the policy failed 2 checks (Falls; Slip of standing feet); train for more epochs, or inspect the motion",
    ),
}
"""A snapshot for each rule that it alone complains of, and what it says."""


@pytest.mark.parametrize("name", ALERT_RULES)
def test_every_rule_complains_of_its_own_trouble_only(name):
    snapshot, message = COMPLAINTS[name]
    said = {rule: entry.check(snapshot, CONFIG) for rule, entry in ALERT_RULES.items()}
    assert {rule: text for rule, text in said.items() if text} == {name: message}


@pytest.mark.parametrize("name", ALERT_RULES)
def test_no_rule_complains_of_a_healthy_session_or_of_one_that_nothing_is_known_of(name):
    check = ALERT_RULES[name].check
    assert check(HEALTHY, CONFIG) is None and check(HEALTHY, CONFIG.eased()) is None
    assert check(Snapshot(State.QUEUED), CONFIG) is None and check(Snapshot(State.RUNNING), CONFIG) is None


@pytest.mark.parametrize("name", ALERT_RULES)
def test_every_rule_has_one_sentence_of_help(name):
    assert ALERT_RULES[name].help.endswith(".") and ALERT_RULES[name].help.count(".") == 1


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"heartbeat_age_s": 20.0}, "worker_lost"),
        ({"elapsed_s": 3239.0}, "timeout_near"),
        ({"disk_free_bytes": 2 * GB, "disk_free_share": 0.02}, "disk_low"),
        ({"memory_bytes": 14_399_999_999}, "memory_high"),
        ({"gpu_memory_bytes": 72 * GB - 1}, "gpu_memory_high"),
    ],
)
def test_at_its_limit_a_rule_is_silent_and_lingers_within_the_margin(changes, name):
    snapshot, check = replace(HEALTHY, **changes), ALERT_RULES[name].check
    assert check(snapshot, CONFIG) is None
    assert check(snapshot, CONFIG.eased()) is not None


def test_the_margin_is_a_share_of_each_limit():
    eased = AlertConfig(heartbeat_s=20.0, timeout_share=0.9, disk_bytes=100, memory_share=0.8, margin=0.25).eased()
    assert (eased.heartbeat_s, eased.disk_bytes) == (15.0, 125.0)
    assert (eased.timeout_share, eased.memory_share) == pytest.approx((0.675, 0.6))


def test_a_small_share_of_a_large_disk_is_low_too():
    message = ALERT_RULES["disk_low"].check(replace(HEALTHY, disk_free_share=0.019), CONFIG)
    assert message and message.startswith("50.0 GB or 1.9% of the disk is free")


@pytest.mark.parametrize("rule", HEALTH_RULES)
def test_what_training_finds_unhealthy_is_passed_on_in_its_own_words(rule):
    said = {name: r.check(replace(HEALTHY, health={rule: "as it says"}), CONFIG) for name, r in ALERT_RULES.items()}
    told = {name: text for name, text in said.items() if text}
    assert set(told.values()) <= {"as it says"} and len(told) <= 1


def test_a_session_that_waits_after_its_worker_was_lost_says_so_until_another_takes_it():
    check = ALERT_RULES["worker_lost"].check
    waiting = Snapshot(State.QUEUED, workers_lost=2)
    assert "2 times so far" in (check(waiting, CONFIG) or "")
    assert check(replace(waiting, state=State.RUNNING, heartbeat_age_s=1.0), CONFIG) is None


@pytest.mark.parametrize("score", [None, float("nan")])
def test_a_trial_without_a_score_is_no_number(score):
    assert "score of the last trial" in (ALERT_RULES["nan"].check(replace(HEALTHY, scores=(0.2, score)), CONFIG) or "")
    assert ALERT_RULES["nan"].check(replace(HEALTHY, scores=(score, 0.2)), CONFIG) is None


def test_many_broken_metrics_are_counted():
    message = ALERT_RULES["nan"].check(replace(HEALTHY, metrics=dict.fromkeys("abcde")), CONFIG)
    assert message and "a, b, c and 2 more;" in message


def test_a_breakdown_that_says_what_helps_is_not_given_a_second_cure():
    message = ALERT_RULES["diverged"].check(replace(HEALTHY, diverged="loss is nan; warm up"), CONFIG)
    assert message == "learning broke down after epoch 100: loss is nan; warm up"


def test_a_breakdown_is_told_of_once_though_the_session_failed_by_it():
    snapshot = replace(HEALTHY, state=State.FAILED, diverged="loss is nan", error_message="loss is nan")
    assert [name for name, rule in ALERT_RULES.items() if rule.check(snapshot, CONFIG)] == ["diverged"]


def test_a_session_that_ran_out_of_time_says_how_to_go_on():
    message = ALERT_RULES["failed"].check(replace(HEALTHY, state=State.TIMED_OUT, elapsed_s=3600.0), CONFIG)
    assert message and "at its time limit, after 60 min at epoch 100 of 1000; retry it with more time" in message


def test_who_cancels_a_session_is_told_nothing():
    cancelled = replace(HEALTHY, state=State.CANCELLED, heartbeat_age_s=1e6)
    assert not [name for name, rule in ALERT_RULES.items() if rule.check(cancelled, CONFIG)]


def test_an_end_without_a_verdict_says_so():
    assert "no verdict was reached" in (ALERT_RULES["finished"].check(replace(ENDED, passed=None), CONFIG) or "")


def test_a_failed_validation_without_names_points_at_the_report():
    message = ALERT_RULES["failed_validation"].check(replace(ENDED, passed=False), CONFIG)
    assert message and message.startswith("the policy failed validation (see its report);")


NUMBERS = st.none() | st.floats()
COUNTS = st.none() | st.integers(0, 10**15)


@given(
    st.builds(
        Snapshot,
        state=st.sampled_from(State),
        elapsed_s=st.floats(0, 1e9),
        timeout_s=st.none() | st.floats(0, 1e9),
        heartbeat_age_s=st.none() | st.floats(-1e9, 1e9),
        disk_free_bytes=COUNTS,
        disk_free_share=st.none() | st.floats(0, 1),
        memory_bytes=COUNTS,
        memory_limit_bytes=COUNTS,
        metrics=st.dictionaries(st.text(max_size=5), NUMBERS, max_size=5),
        scores=st.lists(NUMBERS, max_size=3).map(tuple),
        passed=st.none() | st.booleans(),
        diverged=st.none() | st.text(max_size=9),
    )
)
def test_whatever_complains_complains_under_eased_limits_too(snapshot):
    for rule in ALERT_RULES.values():
        if rule.check(snapshot, CONFIG) is not None:
            assert rule.check(snapshot, CONFIG.eased()) is not None
