"""What can be done with motions and robots: find, rename, delete, take back; adding them is `receiving`'s."""

from collections.abc import Collection
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from webfoot.counted import counted
from webfoot.web.models.base import now
from webfoot.web.models.objects import Motion, MotionVersion, Robot, RobotVersion
from webfoot.web.models.training import TrainingSession
from webfoot.web.models.user import User
from webfoot.web.paging import contains
from webfoot.web.services import access, audit, sharing
from webfoot.web.services.access import KIND_OF, NotFound
from webfoot.web.states import WrongState

Thing = TypeVar("Thing", Motion, Robot)
VERSIONS: dict[type[Any], type[Any]] = {Motion: MotionVersion, Robot: RobotVersion}
PARENT: dict[type[Any], InstrumentedAttribute[int]] = {
    MotionVersion: MotionVersion.motion_id,
    RobotVersion: RobotVersion.robot_id,
}
"""The column that says whose version it is."""
TRAINED: dict[type[Any], InstrumentedAttribute[int | None]] = {
    MotionVersion: TrainingSession.motion_version_id,
    RobotVersion: TrainingSession.robot_version_id,
}
"""The column that says which version a session was trained with."""


def listed(user: User, model: type[Thing], search: str, *, mine: bool = False, deleted: bool = False) -> Select[Thing]:
    """A query for what a user may see, or, of what was deleted, may take back."""
    query = access.listed(user, model).where(model.deleted_at.is_not(None) if deleted else model.deleted_at.is_(None))
    if mine or (deleted and not access.is_administrator(user)):
        query = query.where(model.owner_id == user.id)
    return query.where(contains(model.name, search)) if search else query


def present(session: Session, user: User, model: type[Thing], object_id: int) -> Thing:
    """One that a user may see and that was not deleted.

    Raises:
        NotFound: there is none.
    """
    return _kept(access.seen(session, user, model, object_id))


def own(session: Session, user: User, model: type[Thing], object_id: int) -> Thing:
    """One that a user may change and that was not deleted.

    Raises:
        NotFound: there is none that the user may see.
        Forbidden: it is somebody else's.
    """
    return _kept(access.owned(session, user, model, object_id))


def _kept(row: Thing) -> Thing:
    if row.deleted_at is not None:
        raise NotFound(f"there is no {KIND_OF[type(row)]} {row.id}")
    return row


def version_of(row: Motion | Robot, number: int) -> MotionVersion | RobotVersion:
    """One version.

    Raises:
        NotFound: there is none of this number.
    """
    for version in row.versions:
        if version.number == number:
            return version
    last = len(row.versions)
    there = f"versions 1 to {last}" if last > 1 else "version 1 only"
    raise NotFound(f"{KIND_OF[type(row)]} {row.id} has no version {number}; it has {there}")


def rename(session: Session, user: User, row: Motion | Robot, name: str) -> None:
    """Give it another name."""
    kind = KIND_OF[type(row)]
    audit.note(session, user, f"{kind}.rename", kind, row.id, before=row.name, name=name)
    row.name = name


def delete(session: Session, user: User, row: Motion | Robot) -> None:
    """Hide it from everybody. Sessions that it was trained with go on; `restore` takes it back."""
    kind = KIND_OF[type(row)]
    row.deleted_at = now()
    audit.note(session, user, f"{kind}.delete", kind, row.id, name=row.name)


def restore(session: Session, user: User, model: type[Thing], object_id: int) -> Thing:
    """Take back what was deleted; what was not stays as it is.

    Raises:
        NotFound: there is none that the user may see.
        Forbidden: it is somebody else's.
    """
    row = access.owned(session, user, model, object_id)
    if row.deleted_at is not None:
        row.deleted_at = None
        audit.note(session, user, f"{KIND_OF[model]}.restore", KIND_OF[model], row.id)
    return row


def remove(session: Session, user: User, model: type[Thing], object_id: int) -> None:
    """Delete it for good, so that it takes no room of its owner's any more; its files go with the next `webfoot prune`.

    Raises:
        NotFound: there is none that the user may see.
        Forbidden: it is somebody else's.
        WrongState: sessions were trained with it.
    """
    row, kind = access.owned(session, user, model, object_id), KIND_OF[model]
    versions = VERSIONS[model]
    mine = select(versions.id).where(PARENT[versions] == row.id)
    used = _trained_with(session, versions, mine)
    if used:
        raise WrongState(
            f"{counted(used, 'session')} {'was' if used == 1 else 'were'} trained with {kind} {row.id}; delete "
            f"{'it' if used == 1 else 'them'} first, or only hide the {kind}"
        )
    audit.note(session, user, f"{kind}.remove", kind, row.id, name=row.name)
    sharing.forget(session, kind, row.id)
    for version in row.versions:
        session.delete(version)
    session.flush()
    session.delete(row)
    session.flush()


def remove_version(session: Session, user: User, model: type[Thing], object_id: int, number: int) -> None:
    """Take back the latest version of one; its files go with the next `webfoot prune`.

    Raises:
        NotFound: there is none that the user may see, or none of this number.
        Forbidden: it is somebody else's.
        WrongState: it is not the latest, the only one, or sessions were trained with it.
    """
    row, kind = own(session, user, model, object_id), KIND_OF[model]
    version, what = version_of(row, number), f"version {number} of {kind} {row.id}"
    if version is not row.versions[-1]:
        raise WrongState(f"{what} is not the latest; only version {row.versions[-1].number} can be taken back")
    if len(row.versions) == 1:
        raise WrongState(f"{what} is its only one; delete the {kind} instead")
    if _trained_with(session, type(version), (version.id,)):
        raise WrongState(f"{what} was trained with; add the content that you want as another version instead")
    audit.note(session, user, f"{kind}.version_removed", kind, row.id, number=number, sha256=version.sha256)
    session.delete(version)
    session.flush()


def _trained_with(session: Session, versions: type[Any], ids: Any) -> int:
    """How many sessions were trained with some versions."""
    return session.scalar(select(func.count()).where(TRAINED[versions].in_(ids))) or 0


def in_order(
    model: type[Motion] | type[Robot], sort: str
) -> tuple[ColumnElement[Any] | InstrumentedAttribute[Any], ...]:
    """What a list is sorted by: newest, oldest or name."""
    orders = {"newest": (model.id.desc(),), "oldest": (model.id,), "name": (func.lower(model.name), model.id)}
    return orders[sort]


def contents(session: Session, without: Collection[Motion | Robot] = ()) -> set[str]:
    """Ids in the store of all that a version refers to, deleted ones too, but for what is left out."""
    motions = [row.id for row in without if isinstance(row, Motion)]
    robots = [row.id for row in without if isinstance(row, Robot)]
    return {
        *session.scalars(select(MotionVersion.sha256).where(MotionVersion.motion_id.not_in(motions))),
        *session.scalars(select(RobotVersion.sha256).where(RobotVersion.robot_id.not_in(robots))),
    }
