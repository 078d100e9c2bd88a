"""`document`: what inspections of one motion's clips found, as one JSON document."""

from typing import Any

from webfoot.motion.coverage import Coverage, commands_of, coverage
from webfoot.motion.inspect import MotionReport


def library_of(reports: list[MotionReport]) -> Coverage | None:
    """Coverage of two clips or more that can be prepared."""
    commands = commands_of([report.metrics for report in reports])
    return coverage(commands) if len(commands) > 1 else None


def document(motion: str, reports: list[MotionReport]) -> dict[str, Any]:
    """The one JSON document.

    Args:
        motion: what the motion is called.
        reports: of its clips, at least one.
    """
    library = library_of(reports)
    return {
        "motion": motion,
        "robot": reports[0].robot,
        "usable": all(report.usable for report in reports),
        "coverage": None if library is None else library.to_dict(),
        "clips": [report.to_dict() for report in reports],
    }
