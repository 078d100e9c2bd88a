"""How late a control loop wakes and how long its steps take while every core of this machine is busy."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from webfoot.export.latency import resting_sensors
from webfoot_runtime.policy import OnnxPolicy

BUSY = "x = 0\nwhile True: x = (x * 1103515245 + 12345) % 2147483648"


@dataclass(frozen=True)
class Jitter:
    """A real loop at the policy's control rate; a property of this machine as much as of the policy."""

    control_dt: float
    """[s]."""
    lateness_us: tuple[float, ...]
    """How late each step began [us]."""
    step_us: tuple[float, ...]
    """How long each step took by the clock on the wall [us]."""
    missed: int
    """Steps that ended after the next should have begun."""
    busy: int
    """Processes that kept the cores busy."""

    @property
    def figures_us(self) -> dict[str, dict[str, float]]:
        """p50, p99 and the longest of both [us]."""
        return {name: _figures(getattr(self, f"{name}_us")) for name in ("lateness", "step")}


def _figures(values: tuple[float, ...]) -> dict[str, float]:
    p50, p99 = (float(value) for value in np.percentile(values, [50, 99]))
    return {"p50": p50, "p99": p99, "max": max(values)}


def measure_jitter(policy_path: Path | str, seconds: float = 4.0, busy: int | None = None) -> Jitter:
    """Run a policy in a loop of its own rate beside busy processes.

    Args:
        policy_path: the ONNX file.
        seconds: how long [s].
        busy: processes that compute beside; None: one for every core.

    Raises:
        PolicyError: the file is not a policy that can be run.
    """
    policy = OnnxPolicy(policy_path, threads=1)
    sensed, period = resting_sensors(policy), policy.layout.control_dt
    busy = (os.cpu_count() or 1) if busy is None else busy
    lateness, taken, missed = [], [], 0
    policy.step(*sensed)
    with _busy(busy):
        begun = time.perf_counter()
        for number in range(1, max(2, round(seconds / period) + 1)):
            due = begun + number * period
            time.sleep(max(0.0, due - time.perf_counter()))
            woken = time.perf_counter()
            policy.step(*sensed)
            ended = time.perf_counter()
            lateness.append(1e6 * max(0.0, woken - due))
            taken.append(1e6 * (ended - woken))
            missed += ended > due + period
    return Jitter(period, tuple(lateness), tuple(taken), missed, busy)


@contextmanager
def _busy(count: int) -> Iterator[None]:
    processes = [subprocess.Popen([sys.executable, "-c", BUSY]) for _ in range(count)]
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()
