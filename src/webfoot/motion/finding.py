"""`Finding`: one thing that an inspection noticed in a clip."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True)
class Finding:
    """What is wrong, where, how far off, and what would mend it."""

    code: str
    """Short name of the kind of defect, such as 'joint_limit'."""
    severity: Severity
    """'error': the clip cannot be used; 'warning': preparation mends it, or it costs quality; 'info': to know."""
    message: str
    """One sentence with the numbers in it."""
    cure: str
    """What would mend it."""
    frame: int | None = None
    """First or worst frame, from 0."""
    joint: str | None = None
    value: float | None = None
    limit: float | None = None
    unit: str = ""
    """Of `value` and `limit`."""
