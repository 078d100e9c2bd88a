"""`ValidationReport`: the verdict on a policy and all it rests on."""

import json
import math
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from webfoot.export.atomic import write_atomically
from webfoot.export.check import Check


@dataclass(frozen=True)
class TrainingSummary:
    """What the training took."""

    wall_s: float
    env_steps: int
    steps_per_s: float
    epochs: int


@dataclass(frozen=True)
class ValidationReport:
    """Every check with its limit, the metrics, the latency, the parity, and what it took."""

    checks: tuple[Check, ...]
    metrics: dict[str, float]
    """As `webfoot.evaluate.metrics.measure` gives them."""
    latency_us: dict[str, float]
    """'p50', 'p95', 'p99' of one inference on one thread [µs]; empty where it was not measured."""
    parity: float | None
    """Largest difference between ONNX and torch; None where there was no torch model to compare with."""
    training: TrainingSummary | None
    """None where a bare ONNX file was validated."""
    seeds: tuple[int, ...]
    """Seeds of the rollouts."""
    conditions: dict[str, float] = field(default_factory=dict)
    """Ranges of `RandomizeConfig` that were met beside the plain model, by name; empty where none were."""
    reference: dict[str, float] = field(default_factory=dict)
    """What of the metrics the reference has, as `webfoot.evaluate.metrics.measure_reference` gives it."""
    policy: str = "policy"
    robot: str = ""
    motion: str = ""
    """Names for the title of the page; not part of report.json."""
    latency_samples_us: tuple[float, ...] = ()
    """For the histogram [µs]; not part of report.json."""

    @property
    def passed(self) -> bool:
        """Whether there are checks and all of them passed."""
        return bool(self.checks) and all(check.passed for check in self.checks)

    @property
    def failed(self) -> tuple[Check, ...]:
        """The checks that did not pass."""
        return tuple(check for check in self.checks if not check.passed)

    def to_dict(self) -> dict[str, Any]:
        """The document report.json; a number that is not finite is null."""
        keys = ("name", "value", "limit", "unit", "passed")
        return {
            "passed": self.passed,
            "checks": [{key: _plain(getattr(check, key)) for key in keys} for check in self.checks],
            "metrics": {name: _plain(value) for name, value in self.metrics.items()},
            "latency_us": {name: _plain(value) for name, value in self.latency_us.items()},
            "parity": _plain(self.parity),
            "training": asdict(self.training) if self.training else None,
            "seeds": list(self.seeds),
            "conditions": self.conditions,
            "reference": {name: _plain(value) for name, value in self.reference.items()},
        }


def write_json(report: ValidationReport, path: str | Path) -> None:
    """Write report.json; it appears whole or not at all."""
    text = json.dumps(report.to_dict(), indent=2, allow_nan=False, ensure_ascii=False)
    write_atomically(Path(path), (text + "\n").encode())


def _plain(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value
