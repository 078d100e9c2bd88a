"""Policies side by side: what each run's report and robustness map say, and which is best at what."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from webfoot.errors import RunError
from webfoot.evaluate.metrics import SHOWN

LESS_IS_BETTER = (
    *("speed_error", "sideways_error", "standing_drift", "velocity_x_rmse", "velocity_y_rmse", "velocity_yaw_rmse"),
    *("turning_error", "standing_steps", "joint_rmse", "moving_joint_rmse", "yaw_drift", "worst_yaw_drift", "tilt_p95"),
    *("stride_error", "duty_error", "asymmetry", "action_rate", "action_jerk", "target_jitter", "torque_use"),
    *("torque_saturation", "speed_use", "speed_saturation", "foot_slip", "cost_of_transport", "latency_p99"),
)
MORE_IS_BETTER = ("survival", "lifted_cycles", "alternation", "disturbed_survival")


@dataclass(frozen=True)
class Line:
    """One figure of every run."""

    name: str
    title: str
    unit: str
    """Empty for a share, a ratio or a plain number."""
    values: tuple[float | None, ...]
    """None where a run does not have it."""
    best: frozenset[int]
    """Which runs are best, where there is a better and a worse and they differ."""


@dataclass(frozen=True)
class Comparison:
    """Some runs, line by line."""

    names: tuple[str, ...]
    passed: tuple[bool, ...]
    lines: tuple[Line, ...]

    def to_dict(self) -> dict[str, Any]:
        """As one JSON document."""
        runs = [{"run": name, "passed": passed} for name, passed in zip(self.names, self.passed, strict=True)]
        figures = [
            {
                "name": line.name,
                "title": line.title,
                "unit": line.unit,
                "values": list(line.values),
                "best": sorted(line.best),
            }
            for line in self.lines
        ]
        return {"runs": runs, "figures": figures}


def compare(folders: Sequence[Path]) -> Comparison:
    """Set runs side by side.

    Args:
        folders: run folders; where one holds robustness/robustness.json its margins are compared too.

    Raises:
        RunError: a folder without a report, or one that cannot be read.
    """
    reports = [_read(folder / "report.json", "validate it first: let the training finish") for folder in folders]
    metrics = [_figures(report) for report in reports]
    names = [name for name in (*SHOWN, "disturbed_survival", "latency_p99") if any(name in m for m in metrics)]
    lines = [_line(name, tuple(m.get(name) for m in metrics)) for name in names]
    return Comparison(
        names=tuple(folder.resolve().name for folder in folders),
        passed=tuple(bool(report["passed"]) for report in reports),
        lines=(*lines, *_margins(folders)),
    )


def _read(path: Path, cure: str) -> dict[str, Any]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise RunError(f"{path.parent}: holds no {path.name}; {cure}") from None
    except (OSError, ValueError) as error:
        raise RunError(f"{path}: cannot be read as JSON ({error}); validate the run again") from None
    if not isinstance(document, dict):
        raise RunError(f"{path}: is no document that validation writes; validate the run again")
    return document


def _figures(report: dict[str, Any]) -> dict[str, float]:
    checks = {check["name"]: check["value"] for check in report.get("checks", [])}
    beside = {name: checks[name] for name in ("disturbed_survival", "latency_p99") if name in checks}
    found = {**report.get("metrics", {}), **beside}
    return {name: float(value) for name, value in found.items() if value is not None}


def _line(name: str, values: tuple[float | None, ...]) -> Line:
    metric = SHOWN.get(name)
    title = metric.title if metric else name.replace("_", " ").capitalize()
    unit = metric.unit if metric else "us" if name == "latency_p99" else ""
    known = [value for value in values if value is not None]
    best: frozenset[int] = frozenset()
    if len(set(known)) > 1 and name in (*LESS_IS_BETTER, *MORE_IS_BETTER):
        winner = (min if name in LESS_IS_BETTER else max)(known)
        best = frozenset(number for number, value in enumerate(values) if value == winner)
    return Line(name, title, unit, values, best)


def _margins(folders: Sequence[Path]) -> list[Line]:
    """The margins of every scenario that some run was tried in; one that was never reached counts as the hardest."""
    maps = [_tried(folder / "robustness" / "robustness.json") for folder in folders]
    titles = {name: (title, unit) for found in maps for name, (title, unit, _) in found.items()}
    lines = []
    for name, (title, unit) in titles.items():
        values = tuple(found[name][2] if name in found else None for found in maps)
        known = [value for value in values if value is not None]
        best = [n for n, value in enumerate(values) if value == max(known)] if len(set(known)) > 1 else []
        lines.append(Line(f"margin_{name}", f"Margin: {title.lower()}", unit, values, frozenset(best)))
    return lines


def _tried(path: Path) -> dict[str, tuple[str, str, float]]:
    if not path.is_file():
        return {}
    rows = [row for row in _read(path, "")["scenarios"] if row["unit"]]
    return {
        row["name"]: (
            row["title"],
            row["unit"],
            row["levels"][-1]["level"] if row["margin"] is None else row["margin"],
        )
        for row in rows
    }
