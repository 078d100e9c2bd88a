"""`Pace`: how fast trainings of this service go and how soon they pass, out of the rows of those that ran."""

import re
import statistics
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from webfoot.web.models.objects import MotionVersion
from webfoot.web.models.training import TrainingSession
from webfoot.web.states import State

NEWEST = 60
"""Trainings that are looked at: a machine that was replaced a while ago says nothing."""
ELSEWHERE_STEPS_PER_S = (2_000.0, 5_000.0, 10_000.0)
"""Where none has run: two shared cores give 4,352 steps/s beside a service and 7,315 without (docs/performance.md)."""
ELSEWHERE_HOURS_TO_PASS = (0.1, 0.6)
"""The duckling passes after 20,000 to 230,000 control steps of 1/50 s (docs/performance.md): 0.1 to 1.3 h."""
ELSEWHERE_OVERHEAD_S = 30.0
"""Start of the process, export, validation and report: an estimate; 88 s were measured with much else on two cores."""
LEAST_HOURS = 0.05
"""A training of fewer robot hours, some 9,000 control steps, tells more of its start than of its pace."""

EARLY = 0.999
"""A training that used less than this share of its robot hours ended because it passed."""


@dataclass(frozen=True)
class Pace:
    """How fast it goes."""

    steps_per_s: tuple[float, float, float]
    """Control steps of all robots: slowest, median, fastest."""
    hours_to_pass: tuple[float, float]
    """Robot hours until the policy of a single clip passed: least, median."""
    overhead_s: float
    """Before and after the training itself [s]."""
    sessions: int
    """Trainings that this rests on; 0: those of another machine."""


def pace(session: Session, robot: str, device: str) -> Pace:
    """The pace of trainings like this one: of the same robot where there are any, else of all.

    Args:
        session: of the database.
        robot: as it is asked for; any version of it counts.
        device: cpu or cuda.
    """
    has_pace = TrainingSession.steps_per_s.is_not(None), TrainingSession.robot_hours > LEAST_HOURS
    ran = select(TrainingSession).where(*has_pace)
    rows = [
        row
        for row in session.scalars(ran.order_by(TrainingSession.id.desc()).limit(NEWEST))
        if row.parameters.get("device", "cpu") == device
    ]
    alike = [row for row in rows if _unversioned(row.robot) == _unversioned(robot)] or rows
    speeds = [row.steps_per_s for row in alike if row.steps_per_s]
    libraries = _libraries(session, alike)
    passed = [
        row.robot_hours
        for row in alike
        if row.passed and row.robot_hours < EARLY * row.expected_robot_hours and row.id not in libraries
    ]
    overheads = [extra for row in rows if (extra := _overhead_s(row)) is not None]
    return Pace(
        (min(speeds), statistics.median(speeds), max(speeds)) if speeds else ELSEWHERE_STEPS_PER_S,
        (min(passed), statistics.median(passed)) if passed else ELSEWHERE_HOURS_TO_PASS,
        statistics.median(overheads) if overheads else ELSEWHERE_OVERHEAD_S,
        len(speeds),
    )


def _libraries(session: Session, rows: list[TrainingSession]) -> set[int]:
    """Ids of those that learnt more than one clip."""
    whole = {row.id: row.motion_version_id for row in rows if row.motion_version_id and "#" not in row.reference_motion}
    many = select(MotionVersion.id).where(MotionVersion.id.in_(whole.values()), MotionVersion.clip_count > 1)
    versions = set(session.scalars(many)) if whole else set()
    return {row_id for row_id, version in whole.items() if version in versions}


def _overhead_s(row: TrainingSession) -> float | None:
    """Time of a session that was no training; None where it did not run through at once."""
    if row.status is not State.COMPLETED or row.attempt != 1 or row.started_at is None or row.completed_at is None:
        return None
    return max(0.0, (row.completed_at - row.started_at).total_seconds() - row.elapsed_s)


def _unversioned(robot: str) -> str:
    return re.sub(r"@\d+", "", robot)
