import numpy as np
import pytest

from webfoot.export.latency import summarise
from webfoot.export.targets import HERE, TARGETS, estimate


def test_a_step_is_scaled_by_the_ratio_of_the_scores():
    step = summarise(np.arange(101.0), control_dt=0.02)
    one = estimate(step, "raspberry-pi-5", score_here=1520)
    assert (one.factor, one.p50_us, one.p99_us) == (2.0, 100.0, 198.0)


def test_a_quarter_of_the_control_period_is_the_budget():
    slow, quick = summarise(np.full(9, 501.0), control_dt=0.002), summarise(np.full(9, 499.0), control_dt=0.002)
    assert not estimate(slow, "desktop").check.passed
    check = estimate(quick, "desktop").check
    assert check.passed and check.limit == pytest.approx(500.0) and "an estimate" in check.detail


@pytest.mark.parametrize("name", TARGETS)
def test_every_target_says_where_its_score_comes_from(name):
    target = TARGETS[name]
    assert target.what and len(target.source) > 20 and 0 < target.score <= HERE
