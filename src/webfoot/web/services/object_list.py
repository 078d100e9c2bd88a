"""`matching`: the motions or robots that a list shows, filtered and in the order of a column of their last version."""

from typing import Any, TypeVar

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from webfoot.web.models.access import Share, ShareLink
from webfoot.web.models.objects import Motion, MotionVersion, Robot
from webfoot.web.models.training import TrainingSession
from webfoot.web.models.user import User
from webfoot.web.schemas.lists import MotionsAsked, RobotsAsked
from webfoot.web.services import access, objects
from webfoot.web.services.access import KIND_OF
from webfoot.web.services.objects import PARENT, TRAINED, VERSIONS

Thing = TypeVar("Thing", Motion, Robot)
OF_MOTIONS: dict[str, Any] = {
    "clips": MotionVersion.clip_count,
    "score": MotionVersion.score,
    "duration": MotionVersion.duration_s,
    "robot": MotionVersion.for_robot,
}
"""What only motions can be sorted by."""


def matching(user: User, model: type[Thing], asked: MotionsAsked | RobotsAsked) -> Select[Thing]:
    """A query for the motions or robots that a user may see and asks for."""
    versions = VERSIONS[model]
    parent = PARENT[versions]
    last = select(parent, func.max(versions.number).label("number")).group_by(parent).subquery()
    query = objects.listed(user, model, asked.search, mine=asked.mine, deleted=asked.deleted)
    query = query.join(versions, parent == model.id).join(
        last, (last.c[parent.key] == model.id) & (last.c.number == versions.number)
    )
    if asked.usable:
        query = query.where(versions.usable.is_(asked.usable == "yes"))
    if isinstance(asked, MotionsAsked) and asked.robot:
        of = MotionVersion.for_robot
        query = query.where(or_(of == asked.robot, of.startswith(f"{asked.robot}@", autoescape=True)))
    if asked.sort.endswith("owner"):
        query = query.join(User, User.id == model.owner_id)
    return query.order_by(*_order(model, versions, asked.sort))


def _order(model: type[Motion] | type[Robot], versions: Any, sort: str) -> tuple[Any, ...]:
    columns = {
        "created": model.id,
        "name": func.lower(model.name),
        "size": versions.size,
        "usable": versions.usable,
        "owner": func.lower(User.name),
    }
    column = (columns | OF_MOTIONS)[sort.removeprefix("-")]
    first = column.desc() if sort.startswith("-") else column.asc()
    return (first.nulls_last(), model.id.desc())


def shared_with(session: Session, model: type[Motion] | type[Robot], ids: list[int]) -> dict[int, int]:
    """With how many users and by how many links each is shared; those that are not shared are left out."""
    counts: dict[int, int] = {}
    for table in (Share, ShareLink):
        shown = select(table.object_id, func.count()).where(table.kind == KIND_OF[model], table.object_id.in_(ids))
        for number, count in session.execute(shown.group_by(table.object_id)):
            counts[number] = counts.get(number, 0) + count
    return counts


def trained_with(user: User, row: Motion | Robot) -> Select[TrainingSession]:
    """A query for the sessions that a user may see and that were trained with one, the newest first."""
    versions = VERSIONS[type(row)]
    mine = [version.id for version in row.versions]
    query = access.listed(user, TrainingSession).where(TRAINED[versions].in_(mine))
    return query.order_by(TrainingSession.id.desc())
