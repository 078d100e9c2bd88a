"""`amount`: a measured value as a person reads it, with its unit apart."""

import math
from typing import Any, NamedTuple

from webfoot.evaluate.metrics import SHOWN as METRICS
from webfoot.evaluate.page import PLAIN

SHARE = "share"
SHOWN = {
    SHARE: (100.0, "%"),
    "m": (1000.0, "mm"),
    "us": (1.0, "µs"),
    "deg": (1.0, "°"),
    "deg/10 s": (1.0, "° per 10 s"),
}
"""Factor and name of the unit that is shown for a unit of the report."""
SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


class Amount(NamedTuple):
    """A number with three digits, and its unit."""

    text: str
    unit: str

    def __str__(self) -> str:
        narrow = self.unit in ("", "°") or self.unit.startswith("° ")
        return f"{self.text}{self.unit}" if narrow else f"{self.text} {self.unit}"


def amount(name: str, value: Any, unit: str | None = None) -> Amount:
    """A value of a report.

    Args:
        name: of the check or metric: those of `METRICS` without a unit are shares.
        value: as the report has it; null is what was no number.
        unit: as the report has it; None: that of the metric.
    """
    factor, shown = scale_of(name, unit)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return Amount("not measured", "")
    return Amount(digits(factor * value), shown)


def scale_of(name: str, unit: str | None = None) -> tuple[float, str]:
    """By what a value of a report is multiplied to be shown, and the unit that it then has."""
    if unit is None:
        unit = METRICS[name].unit if name in METRICS else ""
    if not unit and name not in PLAIN and (name in METRICS or name == "disturbed_survival"):
        unit = SHARE
    return SHOWN.get(unit, (1.0, unit))


def digits(value: float) -> str:
    """Three digits: 12.3, 1,230, 4.6·10⁻⁷."""
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    if 0 < abs(value) < 1e-3:
        mantissa, exponent = f"{value:.1e}".split("e")
        return f"{mantissa}·10{str(int(exponent)).translate(SUPERSCRIPT)}"
    return f"{value:.3g}"
