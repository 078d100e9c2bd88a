import numpy as np
import pytest

from webfoot.evaluate.metrics import METRICS, measure


@pytest.mark.parametrize("name", METRICS)
def test_every_metric_is_one_finite_number_even_after_a_fall(name, walker, fall):
    for episodes in (walker(), fall(walker(), 0, 1.2), fall(walker(1), 0, 0.02)):
        value = METRICS[name].measure(episodes)
        assert isinstance(value, float) and np.isfinite(value)


def test_measure_gives_all_of_them(walker):
    assert measure(walker()).keys() == METRICS.keys()
