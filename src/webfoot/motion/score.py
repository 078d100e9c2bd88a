"""`score`: one number that says how well a clip can be trained on, and the parts it is made of."""

import math
from dataclasses import dataclass

from webfoot.motion.finding import Finding


@dataclass(frozen=True)
class ScorePart:
    """One reason why a training may go well or badly."""

    name: str
    value: float
    """1: nothing against it; towards 0: it alone spoils the training."""
    why: str
    """One sentence with the number it rests on."""


@dataclass(frozen=True)
class Score:
    """Predicted trainability."""

    value: float
    """In [0, 1]: the product of the parts; 0 for a clip that cannot be used."""
    parts: tuple[ScorePart, ...]

    @property
    def weakest(self) -> ScorePart:
        """The part that costs most."""
        return min(self.parts, key=lambda part: part.value)


@dataclass(frozen=True)
class _Measure:
    """How one number of an inspection counts."""

    number: str
    good: float
    """Up to here nothing is lost."""
    scale: float
    """Beyond `good` by so much the part is 1/e (below it, where negative)."""
    why: str
    """With the number in it."""

    def part(self, name: str, value: float) -> ScorePart:
        excess = max(0.0, (value - self.good) / self.scale)
        return ScorePart(name, math.exp(-excess), self.why.format(value))


MEASURES: dict[str, _Measure] = {
    "servo speed": _Measure("servo_speed_share", 0.9, 1.0, "the fastest joint turns at {:.2f} of its servo's speed"),
    "servo torque": _Measure("servo_torque_share", 0.7, 1.0, "the busiest servo gives {:.2f} of its torque (RMS)"),
    "flat soles": _Measure("prepared_sole_tilt_deg", 3.0, 15.0, "standing soles are tilted by {:.0f} degrees"),
    "no slip": _Measure(
        "prepared_skating_mms", 15.0, 80.0, "standing feet slide at {:.0f} mm/s where the base fits best"
    ),
    "foot lift": _Measure("least_lift_m", 0.008, -0.006, "the lower foot rises {:.3f} m"),
    "balance": _Measure("balance_mm", 45.0, 60.0, "gravity and inertia act {:.0f} mm outside the support on average"),
    "joint limits": _Measure("clipped_rad", 0.02, 0.3, "joints lie up to {:.2f} rad beyond their limits"),
    "repeats": _Measure("cycle_spread_rad", 0.03, 0.2, "cycles stray {:.3f} rad from their mean"),
}
"""Parts of the score and what they rest on. Numbers that a clip does not have count for nothing."""


def score(findings: tuple[Finding, ...], measures: dict[str, float]) -> Score:
    """Predicted trainability of an inspected clip, by its numbers after preparation.

    Trainings follow the prepared clip, so damage that preparation mends costs little.
    """
    errors = [finding for finding in findings if finding.severity == "error"]
    if errors:
        return Score(0.0, (ScorePart("usable", 0.0, errors[0].message),))
    parts = tuple(rule.part(name, measures[rule.number]) for name, rule in MEASURES.items() if rule.number in measures)
    return Score(math.prod(part.value for part in parts), parts)
