"""How long one inference takes on one thread, against the control period."""

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from webfoot.export.check import Check, at_most
from webfoot_runtime.policy import OnnxPolicy

MAX_SHARE = 0.05
"""Share of the control period that the 99th percentile may take."""


@dataclass(frozen=True)
class Latency:
    """Durations of single inferences, batch 1, one thread [us]."""

    p50_us: float
    p95_us: float
    p99_us: float
    max_us: float
    samples_us: tuple[float, ...]
    """Every sample in the order taken."""
    control_dt: float
    """Control period that it is held against [s]."""

    @property
    def check(self) -> Check:
        """p99 against 5 % of the control period [us]."""
        share = (
            f"p99 takes {self.p99_us / (1e6 * self.control_dt):.2%} of the {1e3 * self.control_dt:g} ms control period"
        )
        return at_most("latency_p99", self.p99_us, MAX_SHARE * 1e6 * self.control_dt, "us", share)


def measure_latency(policy_path: Path | str, control_dt: float, samples: int = 2000, warmup: int = 200) -> Latency:
    """Time `session.run` on a prepared observation, again and again.

    The clock is that of the thread, which computes alone and waits for nothing: what other programs take from the
    machine meanwhile is no property of the policy.

    Args:
        policy_path: the ONNX file.
        control_dt: control period [s].
        samples: inferences timed.
        warmup: inferences before those, not timed.

    Raises:
        PolicyError: the file is not a policy that can be run.
    """
    policy = OnnxPolicy(policy_path, threads=1)
    session, feed = policy.session, {"obs": policy.layout.golden_obs[:1].copy()}
    for _ in range(warmup):
        session.run(None, feed)
    durations_ns = np.empty(samples)
    for i in range(samples):
        start = time.thread_time_ns()
        session.run(None, feed)
        durations_ns[i] = time.thread_time_ns() - start
    return summarise(durations_ns / 1e3, control_dt)


def summarise(samples_us: np.ndarray, control_dt: float) -> Latency:
    """Percentiles of measured durations [us], (S,)."""
    p50, p95, p99 = (float(value) for value in np.percentile(samples_us, [50, 95, 99]))
    return Latency(p50, p95, p99, float(samples_us.max()), tuple(samples_us.tolist()), control_dt)
