"""`Check`: one thing that was held against a limit."""

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
