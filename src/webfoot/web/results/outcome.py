"""`outcome_of`: the verdict on a policy as a page shows it: in words, with figures, and with what to try."""

from dataclasses import dataclass
from typing import Any

from webfoot.config import TrainConfig
from webfoot.web.results.amounts import Amount, amount
from webfoot.web.results.checks import about, title_of
from webfoot.web.results.cures import Offer, offers

FIGURES = (
    "survival",
    "speed_error",
    "velocity_x",
    "yaw_drift",
    "moving_joint_rmse",
    "stride_frequency",
    "duty_factor",
    "mean_lift",
)
"""Metrics that are shown first, before the latency."""


@dataclass(frozen=True)
class Checked:
    """One check."""

    name: str
    title: str
    meaning: str
    value: Amount
    limit: Amount
    at_least: bool
    passed: bool

    @property
    def sign(self) -> str:
        """How the value must stand to the limit."""
        return "≥" if self.at_least else "≤"

    @property
    def sentence(self) -> str:
        """What is wrong, with the value and what would be right."""
        if not self.value.unit and self.value.text == "not measured":
            return f"{self.title} could not be measured."
        wanted = "at least" if self.at_least else "at most"
        return f"{self.title}: {self.value}; {wanted} {self.limit} is right."


@dataclass(frozen=True)
class Latency:
    """How long one inference takes, against what it may take."""

    name: str
    value: Amount
    share: float
    """Of the limit, 0 to 1 and above."""


@dataclass(frozen=True)
class Outcome:
    """What a report says."""

    passed: bool
    checks: tuple[Checked, ...]
    figures: tuple[tuple[str, Amount], ...]
    metrics: tuple[tuple[str, Amount], ...]
    """All of them."""
    latencies: tuple[Latency, ...]
    latency_limit: Amount | None
    training: dict[str, Any] | None
    """`wall_s`, `env_steps`, `steps_per_s`, `epochs`."""
    offers: tuple[Offer, ...]

    @property
    def failed(self) -> tuple[Checked, ...]:
        """The checks that did not pass."""
        return tuple(check for check in self.checks if not check.passed)


def outcome_of(report: dict[str, Any], config: TrainConfig) -> Outcome:
    """What `report.json` says, for people.

    Args:
        report: of `webfoot.web.results.report.read_report`.
        config: of the training, for what could be tried instead.
    """
    checks = tuple(_checked(check) for check in report.get("checks", ()))
    metrics = {name: amount(name, value) for name, value in report.get("metrics", {}).items()}
    latency: dict[str, float] = report.get("latency_us", {})
    limit = next((check["limit"] for check in report.get("checks", ()) if check["name"] == "latency_p99"), None)
    shown = [(title_of(name), metrics[name]) for name in FIGURES if name in metrics]
    if "p99" in latency:
        shown.append(("Latency, 99th percentile", amount("", latency["p99"], "us")))
    cures = [cure for check in checks if not check.passed for cure in about(check.name).cures]
    return Outcome(
        passed=bool(report.get("passed")),
        checks=checks,
        figures=tuple(shown),
        metrics=tuple((title_of(name), value) for name, value in metrics.items()),
        latencies=tuple(
            Latency(name, amount("", value, "us"), value / limit if limit else 0.0)
            for name, value in latency.items()
            if value is not None
        ),
        latency_limit=amount("", limit, "us") if limit else None,
        training=report.get("training"),
        offers=tuple(offers(cures, config)),
    )


def _checked(check: dict[str, Any]) -> Checked:
    name, unit = check["name"], check.get("unit", "")
    known = about(name)
    return Checked(
        name=name,
        title=title_of(name),
        meaning=known.meaning,
        value=amount(name, check.get("value"), unit),
        limit=amount(name, check.get("limit"), unit),
        at_least=known.at_least,
        passed=bool(check.get("passed")),
    )
