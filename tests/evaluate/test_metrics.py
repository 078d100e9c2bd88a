import numpy as np
import pytest

from webfoot.evaluate.metrics import METRICS, OF_REFERENCE, SHOWN, measure, measure_reference


@pytest.mark.parametrize("name", METRICS)
def test_every_metric_is_one_finite_number_even_after_a_fall(name, walker, fall):
    for episodes in (walker(), fall(walker(), 0, 1.2), fall(walker(1), 0, 0.02)):
        value = METRICS[name].measure(episodes)
        assert isinstance(value, float) and np.isfinite(value)


def test_measure_gives_all_of_them(walker):
    assert measure(walker()).keys() == METRICS.keys()


def test_the_reference_is_measured_with_the_same_ruler(walker):
    walk = walker(lift=0.015)  # the reference lifts 30 mm
    told = measure_reference(walk)
    assert set(told) == set(OF_REFERENCE)
    assert told["mean_lift"] == pytest.approx(2 * measure(walk)["mean_lift"], rel=0.05)
    assert told["stride_frequency"] == pytest.approx(2.0, rel=0.05)


def test_what_needs_the_robot_is_measured_where_it_is_known(walker, toy_robot):
    assert set(measure(walker())) == set(METRICS)
    assert set(measure(walker(), toy_robot)) == set(SHOWN)
