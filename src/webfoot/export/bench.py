"""`Bench`: everything that is measured of a policy file, as one document."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from webfoot.errors import UnknownName
from webfoot.export.footprint import Footprint, measure_footprint
from webfoot.export.jitter import Jitter, measure_jitter
from webfoot.export.latency import Latency, measure_latency, measure_step, summarise, time_inference
from webfoot.export.quantized import Accuracy, QuantizedPolicy, accuracy
from webfoot.export.targets import HERE, TARGETS, Estimate, estimate
from webfoot_runtime.policy import OnnxPolicy

MOST_OBSERVATIONS = 500
"""Observations that float32 and int8 are compared on."""


@dataclass(frozen=True)
class Int8:
    """The same policy with weights of eight bits."""

    latency: Latency
    accuracy: Accuracy
    size_kb: float


@dataclass(frozen=True)
class Bench:
    """What was measured on this machine, and what is estimated for another."""

    policy: str
    latency: Latency
    """Of single inferences."""
    step: Latency
    """Of whole control steps of the runtime."""
    footprint: Footprint
    int8: Int8
    jitter: Jitter | None
    """None where it was not asked for."""
    estimates: tuple[Estimate, ...]
    """For every target."""
    target: str | None
    """The one that the verdict is about."""

    @property
    def passed(self) -> bool:
        """Whether a step stays within the budget of the target that was asked for; True where none was."""
        return all(one.check.passed for one in self.estimates if one.target == self.target)

    def to_dict(self) -> dict[str, Any]:
        """As one JSON document."""
        return {
            "policy": self.policy,
            "control_dt_s": self.latency.control_dt,
            "latency_us": self.latency.figures_us,
            "step_us": self.step.figures_us,
            "limit_us": self.latency.check.limit,
            **self.footprint.to_dict(),
            "int8": {
                "latency_us": self.int8.latency.figures_us,
                "file_kb": self.int8.size_kb,
                **asdict(self.int8.accuracy),
            },
            "jitter_us": None if self.jitter is None else {**self.jitter.figures_us, "missed": self.jitter.missed},
            "targets": {
                one.target: {
                    "factor": one.factor,
                    "step_p50_us": one.p50_us,
                    "step_p99_us": one.p99_us,
                    "budget_us": one.check.limit,
                    "passed": one.check.passed,
                    "source": TARGETS[one.target].source,
                }
                for one in self.estimates
            },
            "target": self.target,
            "passed": self.passed,
        }


def measure(
    policy_file: Path | str,
    target: str | None = None,
    score_here: float = HERE,
    jitter_s: float = 4.0,
    recorded: NDArray[np.float32] | None = None,
) -> Bench:
    """Measure a policy on this machine.

    Args:
        policy_file: the ONNX file.
        target: a name in `TARGETS` whose budget has to be kept; None: none.
        score_here: Geekbench 6 single-core score of this machine.
        jitter_s: how long the loop beside busy processes runs [s]; 0: not at all.
        recorded: observations of a walk, (M, n); None: the golden ones with noise.

    Raises:
        UnknownName: no such target.
        PolicyError: the file is not a policy that can be run.
    """
    if target is not None and target not in TARGETS:
        raise UnknownName("target", target, TARGETS)
    path = Path(policy_file)
    policy = OnnxPolicy(path)
    latency, step = measure_latency(path, policy.layout.control_dt), measure_step(path)
    return Bench(
        policy=path.name,
        latency=latency,
        step=step,
        footprint=measure_footprint(path),
        int8=_int8(policy, path, _observations(policy, recorded)),
        jitter=measure_jitter(path, jitter_s) if jitter_s else None,
        estimates=tuple(estimate(step, name, score_here) for name in TARGETS),
        target=target,
    )


def _int8(policy: OnnxPolicy, path: Path, observations: NDArray[np.float32]) -> Int8:
    quantized = QuantizedPolicy(path)
    samples = time_inference(quantized)
    timed = summarise(samples, policy.layout.control_dt)
    return Int8(timed, accuracy(policy, quantized, observations), len(quantized.data) / 1e3)


def _observations(policy: OnnxPolicy, recorded: NDArray[np.float32] | None) -> NDArray[np.float32]:
    if recorded is None or recorded.shape[1] != policy.layout.obs_size:
        golden = policy.layout.golden_obs
        rows = golden[np.arange(MOST_OBSERVATIONS) % len(golden)]
        noise = 0.1 * np.random.default_rng(0).normal(size=rows.shape)
        return (rows + noise).astype(np.float32)
    places = np.linspace(0, len(recorded) - 1, min(MOST_OBSERVATIONS, len(recorded))).round().astype(int)
    return np.concatenate([policy.layout.golden_obs, recorded[places].astype(np.float32)])
