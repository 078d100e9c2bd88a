import psutil
import pytest

from webfoot.errors import PolicyError
from webfoot.export.jitter import Jitter, measure_jitter


def test_a_loop_steps_at_the_rate_of_the_policy_and_leaves_nobody_behind(policy_path):
    jitter = measure_jitter(policy_path, seconds=0.2, busy=1)
    assert len(jitter.step_us) == len(jitter.lateness_us) == 10  # 0.2 s at 50 Hz
    assert min(jitter.lateness_us) >= 0 and min(jitter.step_us) > 0
    assert jitter.busy == 1 and 0 <= jitter.missed <= 10
    assert not psutil.Process().children()


def test_figures_are_percentiles():
    lateness, steps = tuple(float(i) for i in range(101)), (5.0,) * 101
    figures = Jitter(0.02, lateness, steps, missed=0, busy=2).figures_us
    assert figures["lateness"] == {"p50": 50.0, "p99": 99.0, "max": 100.0}
    assert figures["step"] == {"p50": 5.0, "p99": 5.0, "max": 5.0}


def test_a_file_that_is_no_policy_starts_no_loop(tmp_path):
    with pytest.raises(PolicyError, match="is not a file"):
        measure_jitter(tmp_path / "policy.onnx")
