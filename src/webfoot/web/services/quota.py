"""Quotas: what a user takes up, and the refusal of more."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select
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
    row, state = TrainingSession, TrainingSession.state
    is_unfinished = state.in_(UNFINISHED)
    running, unfinished, spent, reserved, runs = session.execute(
        select(
            func.count().filter(state == State.RUNNING),
            func.count().filter(is_unfinished),
            func.sum(row.robot_hours).filter(~is_unfinished, row.completed_at > now() - WEEK),
            func.sum(row.expected_robot_hours).filter(is_unfinished),
            func.sum(row.stored_bytes),
        ).where(row.owner_id == user_id)
    ).one()
    return Usage(
        running=running,
        unfinished=unfinished,
        robot_hours=float(spent or 0) + float(reserved or 0),
        storage_bytes=int(runs or 0) + _uploaded(session, user_id),
    )


def _uploaded(session: Session, user_id: int) -> int:
    motions = session.scalar(select(func.sum(MotionVersion.size)).join(Motion).where(Motion.owner_id == user_id))
    robots = session.scalar(select(func.sum(RobotVersion.size)).join(Robot).where(Robot.owner_id == user_id))
    return int(motions or 0) + int(robots or 0)


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
