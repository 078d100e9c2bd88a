"""Quotas: what a user takes up, and the refusal of more."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session

from webfoot.counted import counted
from webfoot.errors import WebfootError
from webfoot.web.models.base import now
from webfoot.web.models.objects import Motion, MotionVersion, Robot, RobotVersion
from webfoot.web.models.training import TrainingSession
from webfoot.web.queue import locked_owner
from webfoot.web.settings import Quota
from webfoot.web.states import UNFINISHED, State

GB = 1e9
WEEK = timedelta(days=7)


class OverQuota(WebfootError):
    """A user asks for more than they may take up."""


@dataclass(frozen=True)
class Usage:
    """What a user takes up now."""

    running: int
    unfinished: int
    robot_hours: float
    """Simulated within seven days, and asked for by sessions that are not finished [h]."""
    storage_bytes: int


def usage(session: Session, user_id: int) -> Usage:
    """What a user takes up now."""
    taken = session.execute(_TAKEN, {"user": user_id, "since": now() - WEEK}).one()
    return Usage(
        running=taken.running,
        unfinished=taken.unfinished,
        robot_hours=float(taken.spent or 0) + float(taken.reserved or 0),
        storage_bytes=int(taken.runs or 0) + int(taken.motions or 0) + int(taken.robots or 0),
    )


def _taken() -> Select[*tuple[Any, ...]]:
    """The question of `usage`, in one, and put together once: it is asked with every page."""
    row, user = TrainingSession, bindparam("user")
    is_unfinished = row.state.in_(UNFINISHED)
    motions = select(func.sum(MotionVersion.size)).join(Motion).where(Motion.owner_id == user)
    robots = select(func.sum(RobotVersion.size)).join(Robot).where(Robot.owner_id == user)
    return select(
        func.count().filter(row.state == State.RUNNING).label("running"),
        func.count().filter(is_unfinished).label("unfinished"),
        func.sum(row.robot_hours).filter(~is_unfinished, row.completed_at > bindparam("since")).label("spent"),
        func.sum(row.expected_robot_hours).filter(is_unfinished).label("reserved"),
        func.sum(row.stored_bytes).label("runs"),
        motions.scalar_subquery().label("motions"),
        robots.scalar_subquery().label("robots"),
    ).where(row.owner_id == user)


_TAKEN = _taken()


def check_session(session: Session, user_id: int, usual: Quota, robot_hours: float) -> None:
    """Refuse one session more where that would be too many. The user's row stays locked until the transaction ends.

    Raises:
        OverQuota: with the number, and what would be possible.
    """
    user = locked_owner(session, user_id)
    quota, taken = user.quota_over(usual), usage(session, user_id)
    if taken.unfinished >= quota.unfinished:
        raise OverQuota(
            f"you have {counted(taken.unfinished, 'unfinished session')}, and may have {quota.unfinished}; "
            "cancel one, or wait until one has ended"
        )
    if taken.robot_hours + robot_hours > quota.robot_hours:
        left = max(0.0, quota.robot_hours - taken.robot_hours)
        raise OverQuota(
            f"this training may take {robot_hours:.4g} robot hours, and you have {left:.4g} left "
            f"of your {quota.robot_hours:g} in seven days; lower epochs or batch_size"
        )
    check_storage(session, user_id, usual, 0)


def check_storage(session: Session, user_id: int, usual: Quota, more_bytes: int) -> None:
    """Refuse to keep more than a user may.

    Raises:
        OverQuota: with the number, and what would make room.
    """
    user = locked_owner(session, user_id)
    quota, taken = user.quota_over(usual), usage(session, user_id).storage_bytes
    if taken + more_bytes > quota.storage_gb * GB:
        raise OverQuota(
            f"your uploads and runs would take {(taken + more_bytes) / GB:.3g} GB, and may take {quota.storage_gb:g} "
            "GB; delete a motion, a robot or a session"
        )
