import pytest

from webfoot.learn.events import Alert, Evaluated, Finished, Metrics, as_json
from webfoot.learn.ppo import PpoConfig
from webfoot.monitor.watch import Watch
from webfoot.monitor.window import HealthConfig

CONFIG = HealthConfig(window=2, calm=3, plateau_trials=2)


def follow(watch, values, name="action_std", first=1):
    """One iteration for each value; the alerts that were told."""
    told = [watch(Metrics(first + number, {name: value})) for number, value in enumerate(values)]
    return [(alert.iteration, alert.rule, alert.cleared) for alerts in told for alert in alerts]


@pytest.fixture
def watch():
    return Watch(CONFIG, PpoConfig(initial_std=0.15, final_std=0.1))


def test_an_alert_is_raised_once_however_long_it_lasts(watch):
    assert follow(watch, [0.1, 0.1] + [0.01] * 50) == [(4, "exploration_died", False)]


def test_an_alert_is_cleared_after_a_calm_while_and_may_come_again(watch):
    told = follow(watch, [0.01] * 4 + [0.1] * 10 + [0.01] * 4)
    assert told == [(2, "exploration_died", False), (7, "exploration_died", True), (16, "exploration_died", False)]


def test_a_metric_that_flutters_about_its_limit_gives_one_alert(watch):
    assert follow(watch, [0.02, 0.02, 0.05] * 20) == [(2, "exploration_died", False)]


def test_an_alert_says_what_was_wrong_when_it_is_cleared(watch):
    follow(watch, [0.01, 0.01, 0.1, 0.1])
    (alert,) = watch(Metrics(5, {"action_std": 0.1})) or watch(Metrics(6, {"action_std": 0.1}))
    assert alert.cleared and alert.severity == "warning" and "deviate by 0.01 only" in alert.message


def test_trials_raise_alerts_too(watch):
    told = [alert for number in range(1, 6) for alert in watch(Evaluated(5 * number, False, 0.3, {}))]
    assert [(alert.rule, alert.iteration) for alert in told] == [("plateau", 15)]


def test_other_events_and_alerts_themselves_raise_nothing(watch):
    assert watch(Finished(3, "passed", 1.0)) == []
    assert watch(Alert(3, "plateau", "warning", "learning stands still")) == []


def test_a_resumed_training_does_not_repeat_its_alerts(watch):
    told = [as_json(Metrics(n, {"action_std": 0.01, "entropy": float("nan")})) for n in range(1, 9)]
    told[0]["values"]["entropy"] = None  # as a log writes what is no number
    watch.recall([*told, as_json(Evaluated(4, False, 0.3, {})), as_json(Finished(8, "interrupted", 1.0))], 6)
    assert follow(watch, [0.01] * 9, first=7) == []
    assert follow(watch, [0.1] * 9, first=16) == [(18, "exploration_died", True)]


def test_what_a_run_told_beyond_its_checkpoint_is_not_recalled(watch):
    watch.recall([as_json(Metrics(n, {"action_std": 0.01})) for n in range(1, 9)], 1)
    assert follow(watch, [0.01], first=2) == [(2, "exploration_died", False)]
