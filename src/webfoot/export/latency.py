"""How long one inference takes on one thread, against the control period."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from webfoot.export.measured import Check, at_most
from webfoot_runtime.policy import ControlLoop, OnnxPolicy

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
    def figures_us(self) -> dict[str, float]:
        """The percentiles and the longest [us]."""
        return {"p50": self.p50_us, "p95": self.p95_us, "p99": self.p99_us, "max": self.max_us}

    @property
    def check(self) -> Check:
        """p99 against 5 % of the control period [us]."""
        share = (
            f"p99 takes {self.p99_us / (1e6 * self.control_dt):.2%} of the {1e3 * self.control_dt:g} ms control period"
        )
        return at_most("latency_p99", self.p99_us, MAX_SHARE * 1e6 * self.control_dt, "us", share)


def measure_latency(policy_path: Path | str, control_dt: float, samples: int = 2000, warmup: int = 200) -> Latency:
    """Time inferences of one robot as `OnnxPolicy.run` does them, on a prepared observation, again and again.

    The clock is that of the thread, which computes alone and waits for nothing: what other programs take from the
    machine meanwhile is no property of the policy. What reading the clock costs is taken off.

    Args:
        policy_path: the ONNX file.
        control_dt: control period [s].
        samples: inferences timed.
        warmup: inferences before those, not timed.

    Raises:
        PolicyError: the file is not a policy that can be run.
    """
    policy = OnnxPolicy(policy_path, threads=1)
    return summarise(time_inference(policy, samples, warmup), control_dt)


def measure_step(policy_path: Path | str, samples: int = 1000, warmup: int = 100) -> Latency:
    """Time whole control steps of the runtime: sensors to observation, inference, targets.

    Raises:
        PolicyError: the file is not a policy that can be run.
    """
    policy = OnnxPolicy(policy_path, threads=1)
    sensed = resting_sensors(policy)
    return summarise(time_calls(lambda: policy.step(*sensed), samples, warmup), policy.layout.control_dt)


def resting_sensors(policy: ControlLoop) -> tuple[NDArray[np.float64], ...]:
    """What a robot senses that stands in its default pose, in the order in which `step` takes it."""
    layout, still = policy.layout, np.zeros((1, 3))
    upright = np.array([[0.0, 0.0, -1.0]])
    return still, upright, layout.default_pos[None], np.zeros((1, layout.nu)), layout.command_default[None]


def time_inference(policy: ControlLoop, samples: int = 2000, warmup: int = 200) -> NDArray[np.float64]:
    """Durations of inferences for one robot [us], (samples,)."""
    obs = policy.layout.golden_obs[:1].copy()
    return time_calls(lambda: policy.run(obs), samples, warmup)


def time_calls(call: Callable[[], object], samples: int, warmup: int) -> NDArray[np.float64]:
    """Durations of calls [us] by the clock of the thread, less what reading it costs, (samples,)."""
    for _ in range(warmup):
        call()
    return np.maximum(_durations_us(call, samples) - np.median(_durations_us(lambda: None, samples)), 0.0)


def _durations_us(call: Callable[[], object], samples: int) -> NDArray[np.float64]:
    durations_ns = np.empty(samples)
    for i in range(samples):
        start = time.thread_time_ns()
        call()
        durations_ns[i] = time.thread_time_ns() - start
    return durations_ns / 1e3


def summarise(samples_us: np.ndarray, control_dt: float) -> Latency:
    """Percentiles of measured durations [us], (S,)."""
    p50, p95, p99 = (float(value) for value in np.percentile(samples_us, [50, 95, 99]))
    return Latency(p50, p95, p99, float(samples_us.max()), tuple(samples_us.tolist()), control_dt)
