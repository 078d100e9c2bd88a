"""`Check`: a measured value and the limit it was held against."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Check:
    """A measured value, the limit it was held against, and whether it passed."""

    name: str
    value: float
    limit: float
    unit: str
    """Empty for a share or a ratio."""
    passed: bool
    comparison: Literal["<=", ">="]
    """How the value must stand to the limit."""
    detail: str = ""
    """What to know or to try, one sentence."""


def at_most(name: str, value: float, limit: float, unit: str = "", detail: str = "") -> Check:
    """Check that passes when value <= limit; NaN does not pass."""
    return Check(name, float(value), float(limit), unit, bool(value <= limit), "<=", detail)


def at_least(name: str, value: float, limit: float, unit: str = "", detail: str = "") -> Check:
    """Check that passes when value >= limit; NaN does not pass."""
    return Check(name, float(value), float(limit), unit, bool(value >= limit), ">=", detail)
