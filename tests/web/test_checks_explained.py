import pytest

from webfoot.config import TrainConfig, parse_config
from webfoot.evaluate.criteria import PassCriteria, judge, judge_runtime
from webfoot.evaluate.store import load_episodes
from webfoot.export.check import check_policy
from webfoot.learn.method import laid_over
from webfoot.web.results.amounts import Amount, amount
from webfoot.web.results.checks import CHECKS, Cure, about, title_of
from webfoot.web.results.cures import HEAVIER, OFFERS, offers
from webfoot.web.results.outcome import outcome_of


@pytest.fixture(scope="module")
def real_checks(trained):
    return trained.report.checks


def test_every_check_of_a_validation_is_explained_with_the_right_sign(real_checks):
    assert len(real_checks) > 20
    for check in real_checks:
        known = CHECKS[check.name]
        assert known.meaning.endswith("."), check.name
        assert known.at_least == (check.comparison == ">="), check.name
        assert title_of(check.name)


def test_every_criterion_and_file_check_is_known(trained):
    named = {check.name for check in judge(load_episodes(trained.run.rollout_file), PassCriteria())}
    named |= {check.name for check in judge_runtime(0.0, 1.0, 0.02)}
    named |= {check.name for check in check_policy(trained.run.policy_file)}
    assert named <= CHECKS.keys()


def test_a_check_that_is_not_known_is_shown_by_its_name():
    assert (about("new_thing").meaning, title_of("new_thing")) == ("", "New thing")


@pytest.mark.parametrize("cure", Cure)
def test_what_is_offered_is_a_training_that_can_be_started(cure):
    offer = OFFERS[cure](TrainConfig())
    assert offer is not None and offer.label
    if offer.edits is not None:
        assert parse_config(laid_over({}, offer.edits)) != TrainConfig()


def test_longer_is_twice_as_long_and_to_the_end():
    offer = OFFERS[Cure.LONGER](parse_config({"epochs": 300}))
    assert offer is not None
    assert offer.edits == {"epochs": 600, "stop_when_passed": False}
    assert OFFERS[Cure.LONGER](parse_config({"epochs": 100_000, "stop_when_passed": False})) is None


def test_a_weight_grows_from_what_it_was():
    offer = OFFERS[Cure.SPEED](parse_config({"task": {"reward": {"mean_velocity": 2.0}}}))
    assert offer is not None
    assert offer.edits == {"task": {"reward": {"mean_velocity": 2.0 * HEAVIER}}}


def test_nothing_is_offered_twice_and_not_more_than_three():
    many = offers([Cure.LONGER, Cure.SPEED, Cure.LONGER, Cure.FEET, Cure.POSE], TrainConfig())
    assert len(many) == len({offer.label for offer in many}) == 3


@pytest.mark.parametrize(
    ("name", "value", "unit", "shown"),
    [
        ("survival", 0.9531, "", "95.3 %"),
        ("mean_lift", 0.01813, "m", "18.1 mm"),
        ("yaw_drift", 5.169, "deg/10 s", "5.17° per 10 s"),
        ("latency_p99", 1234.0, "us", "1,234 µs"),
        ("parity", 3.58e-7, "", "3.6·10⁻⁷"),
        ("action_rate", 0.0061, "", "0.0061"),
        ("joint_rmse", None, "rad", "not measured"),
    ],
)
def test_amounts_are_read_with_their_units(name, value, unit, shown):
    assert str(amount(name, value, unit)) == shown


def test_the_unit_of_a_metric_is_its_own():
    assert amount("stride_frequency", 1.9124) == Amount("1.91", "Hz")


def test_a_failed_check_says_what_would_be_right():
    report = {"checks": [{"name": "survival", "value": 0.5, "limit": 0.95, "unit": "", "passed": False}]}
    outcome = outcome_of(report, TrainConfig())
    assert [check.sentence for check in outcome.failed] == ["Episodes that never fell: 50 %; at least 95 % is right."]
    assert [offer.label for offer in outcome.offers] == ["Train longer: 800 epochs"]
    unknown = {"checks": [{"name": "joint_rmse", "value": None, "limit": 0.1, "unit": "rad", "passed": False}]}
    assert outcome_of(unknown, TrainConfig()).failed[0].sentence == "Joint error, all joints could not be measured."


def test_latency_stands_against_its_limit():
    limit = {"name": "latency_p99", "value": 100.0, "limit": 1000.0, "unit": "us", "passed": True}
    outcome = outcome_of({"checks": [limit], "latency_us": {"p50": 50.0, "p99": 100.0}}, TrainConfig())
    assert [(one.name, str(one.value), one.share) for one in outcome.latencies] == [
        ("p50", "50 µs", 0.05),
        ("p99", "100 µs", 0.1),
    ]
    assert outcome.figures == (("Latency, 99th percentile", Amount("100", "µs")),)
