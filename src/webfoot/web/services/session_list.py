"""`matching`: the sessions that a list shows, filtered and in the order of a column."""

from typing import Any

from sqlalchemy import Select, func, or_
from sqlalchemy.orm import InstrumentedAttribute, Session

from webfoot.web.models.training import TrainingSession
from webfoot.web.models.user import User
from webfoot.web.paging import contains
from webfoot.web.schemas.lists import SessionsAsked
from webfoot.web.services.access import listed
from webfoot.web.states import UNFINISHED

MOST_CHOICES = 200
"""Motions, and robots, that a list offers to filter by."""
_PART_DONE = TrainingSession.current_epoch * 1.0 / TrainingSession.total_epochs
COLUMNS: dict[str, Any] = {
    "created": TrainingSession.id,
    "name": func.lower(TrainingSession.name),
    "state": TrainingSession.state,
    "motion": TrainingSession.reference_motion,
    "robot": TrainingSession.robot,
    "progress": _PART_DONE,
    "passed": TrainingSession.passed,
    "owner": func.lower(User.name),
}
"""What a list can be sorted by."""


def matching(user: User, asked: SessionsAsked) -> Select[TrainingSession]:
    """A query for the sessions that a user may see and asks for."""
    query = listed(user, TrainingSession)
    if asked.search:
        query = query.where(contains(TrainingSession.name, asked.search))
    if asked.state == "unfinished":
        query = query.where(TrainingSession.state.in_(UNFINISHED))
    elif asked.state:
        query = query.where(TrainingSession.state == asked.state)
    if asked.passed:
        query = query.where(TrainingSession.passed.is_(asked.passed == "yes"))
    if asked.motion:
        query = query.where(_is(TrainingSession.reference_motion, asked.motion))
    if asked.robot:
        query = query.where(_is(TrainingSession.robot, asked.robot))
    if asked.mine:
        query = query.where(TrainingSession.owner_id == user.id)
    if asked.sort.endswith("owner"):
        query = query.join(User, User.id == TrainingSession.owner_id)
    return query.order_by(*_order(asked.sort))


def _is(column: InstrumentedAttribute[str], reference: str) -> Any:
    """A motion or robot, whichever version and clip of it."""
    return or_(column == reference, column.startswith(f"{reference}@", autoescape=True))


def _order(sort: str) -> tuple[Any, ...]:
    column = COLUMNS[sort.removeprefix("-")]
    first = column.desc() if sort.startswith("-") else column.asc()
    return (first.nulls_last(), TrainingSession.id.desc())


def choices(session: Session, user: User, column: InstrumentedAttribute[str]) -> list[str]:
    """The motions, or robots, of a user's sessions, without their versions; those that come with the program first."""
    found = session.scalars(listed(user, TrainingSession).with_only_columns(column).distinct().limit(MOST_CHOICES))
    return sorted({reference.partition("@")[0] for reference in found}, key=lambda name: (":" in name, name))
