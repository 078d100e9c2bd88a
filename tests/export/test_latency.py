import numpy as np
import pytest

from webfoot.errors import PolicyError
from webfoot.export.latency import measure_latency, summarise


def test_percentiles_are_those_of_the_samples():
    latency = summarise(np.arange(101.0), control_dt=0.02)
    assert (latency.p50_us, latency.p95_us, latency.p99_us, latency.max_us) == (50.0, 95.0, 99.0, 100.0)
    assert latency.samples_us[:3] == (0.0, 1.0, 2.0)


def test_the_99th_percentile_is_held_against_five_percent_of_the_control_period():
    quick, slow = summarise(np.full(10, 999.0), control_dt=0.02), summarise(np.full(10, 1001.0), control_dt=0.02)
    assert quick.check.passed and quick.check.limit == pytest.approx(1000.0) and quick.check.unit == "us"
    assert not slow.check.passed and slow.check.detail == "p99 takes 5.00% of the 20 ms control period"


def test_a_policy_is_measured_as_often_as_asked(policy_path):
    latency = measure_latency(policy_path, control_dt=0.02, samples=50, warmup=5)
    assert len(latency.samples_us) == 50
    assert 0 < latency.p50_us <= latency.p95_us <= latency.p99_us <= latency.max_us


def test_a_file_that_is_no_policy_is_not_measured(tmp_path):
    with pytest.raises(PolicyError, match="is not a file"):
        measure_latency(tmp_path / "policy.onnx", control_dt=0.02)
