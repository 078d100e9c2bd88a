"""`prune`: removes what nobody needs any more; never what is unfinished or shared.

What would go is found first, with its size, and told; then each thing is looked at again in the transaction that
removes it, since a session may be retried or shared in between.
"""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import ColumnElement, CursorResult, Select, and_, delete, exists, func, or_, select
from sqlalchemy.orm import Session

from webfoot.counted import counted
from webfoot.web.database import Database
from webfoot.web.models.access import AuditEntry, Share, ShareLink
from webfoot.web.models.base import now
from webfoot.web.models.notice import AlertNotice
from webfoot.web.models.objects import Motion, MotionVersion, Robot, RobotVersion
from webfoot.web.models.training import TrainingSession
from webfoot.web.ops.backup import LOCK
from webfoot.web.ops.opened import opened
from webfoot.web.ops.private import held
from webfoot.web.services import audit, sharing
from webfoot.web.services.objects import contents
from webfoot.web.settings import Settings
from webfoot.web.states import UNFINISHED
from webfoot.web.uploads.store import GRACE_S, SHA256, ContentStore
from webfoot.web.viewer.cache import DrawingCache

KEPT = ("config.yaml", "motions", "checkpoints", "policy.onnx", "report.json")
"""Of a run folder, where checkpoints are kept: what a training goes on from, its policy and the verdict."""


@dataclass(frozen=True)
class Pruned:
    """One thing that goes, or would."""

    what: str
    size: int
    """Bytes on the disk."""


@dataclass(frozen=True)
class Limits:
    """Times before which things are old."""

    runs: datetime
    alerts: datetime
    audit: datetime
    keep_checkpoints: bool = False

    @staticmethod
    def of(settings: Settings, days: float | None, keep_checkpoints: bool) -> "Limits":
        """Those of the settings; `days`, where given, goes first for all but the audit log."""
        kept, time_now = settings.retention, now()
        runs, alerts = (given if days is None else days for given in (kept.runs_days, kept.alerts_days))
        first, second, third = (time_now - timedelta(days=span) for span in (runs, alerts, kept.audit_days))
        return Limits(first, second, third, keep_checkpoints)


def prune(settings: Settings, days: float | None, keep_checkpoints: bool, dry_run: bool) -> Iterator[Pruned]:
    """Remove what is old, or only tell what would be, one after the other.

    Raises:
        WebfootError: the database does not answer, or a backup is being made.
    """
    database, limits = opened(settings), Limits.of(settings, days, keep_checkpoints)
    try:
        with held(settings.data_dir / LOCK, "a backup or prune"):
            yield from _runs(database, settings, limits, dry_run)
            yield from _strays(database, settings, limits, dry_run)
            yield from _objects(database, settings, limits, dry_run)
            yield from _views(settings, dry_run)
            yield from _lines(database, limits, dry_run)
    finally:
        database.engine.dispose()


def _is_shared(kind: str, model: type[TrainingSession] | type[Motion] | type[Robot]) -> ColumnElement[bool]:
    """Whether somebody else may see a row: by a share, or by a link whose time is not over."""
    valid = or_(ShareLink.expires_at.is_(None), ShareLink.expires_at > now())
    return or_(
        exists().where(Share.kind == kind, Share.object_id == model.id),
        exists().where(ShareLink.kind == kind, ShareLink.object_id == model.id, valid),
    )


def _old_sessions(limits: Limits) -> Select[TrainingSession]:
    ended = and_(TrainingSession.state.not_in(UNFINISHED), TrainingSession.completed_at < limits.runs)
    return select(TrainingSession).where(ended, ~_is_shared("session", TrainingSession)).order_by(TrainingSession.id)


def _runs(database: Database, settings: Settings, limits: Limits, dry_run: bool) -> Iterator[Pruned]:
    with database.reading() as session:
        old = [(row.id, row.name) for row in session.scalars(_old_sessions(limits))]
    for id, name in old:
        folder = settings.runs_dir / str(id)
        going = _going(folder, limits)
        size = sum(size_of(path) for path in going)
        if going and (dry_run or _remove_run(database, settings, limits, id)):
            yield Pruned(
                f"{'parts of ' if limits.keep_checkpoints else ''}the run folder of session {id} '{name}'", size
            )


def _going(folder: Path, limits: Limits) -> list[Path]:
    """What goes of a run folder."""
    if not folder.is_dir():
        return []
    return [path for path in folder.iterdir() if path.name not in KEPT] if limits.keep_checkpoints else [folder]


def _remove_run(database: Database, settings: Settings, limits: Limits, id: int) -> bool:
    """Take the files out of sight in the transaction that finds the session still old, then remove them."""
    folder, bin = settings.runs_dir / str(id), settings.runs_dir / f".{id}.pruned.tmp"
    with database.writing() as session:
        still = _old_sessions(limits).where(TrainingSession.id == id).with_for_update(of=TrainingSession)
        row = session.scalars(still).first()
        if row is None:
            return False
        bin.mkdir(exist_ok=True)
        for number, path in enumerate(_going(folder, limits)):
            path.rename(bin / f"{number}-{os.urandom(4).hex()}")
        row.stored_bytes = size_of(folder)
        audit.note(session, None, "session.prune", "session", id, keep_checkpoints=limits.keep_checkpoints)
    shutil.rmtree(bin)
    return True


def _strays(database: Database, settings: Settings, limits: Limits, dry_run: bool) -> Iterator[Pruned]:
    """Run folders without a session, and what a killed prune left."""
    if not settings.runs_dir.is_dir():
        return
    folders = list(settings.runs_dir.iterdir())  # before the rows: a row is written before its folder is made
    with database.reading() as session:
        known = {str(id) for id in session.scalars(select(TrainingSession.id))}
    for folder in sorted(folders):
        left = folder.name.endswith(".pruned.tmp")
        stray = folder.name.isdecimal() and folder.name not in known
        if left or (stray and folder.stat().st_mtime < limits.runs.timestamp()):
            size = size_of(folder)
            if not dry_run:
                shutil.rmtree(folder)
            yield Pruned(f"the folder {folder.name}, which no session has", size)


def _old_objects(session: Session, limits: Limits) -> list[Motion | Robot]:
    """Motions and robots that were deleted long ago and that no session was trained with."""
    trained_motion = TrainingSession.motion_version_id == MotionVersion.id
    trained_robot = TrainingSession.robot_version_id == RobotVersion.id
    motions = select(Motion).where(
        Motion.deleted_at < limits.runs,
        ~exists().where(trained_motion, MotionVersion.motion_id == Motion.id),
        ~_is_shared("motion", Motion),
    )
    robots = select(Robot).where(
        Robot.deleted_at < limits.runs,
        ~exists().where(trained_robot, RobotVersion.robot_id == Robot.id),
        ~_is_shared("robot", Robot),
    )
    return [*session.scalars(motions.order_by(Motion.id)), *session.scalars(robots.order_by(Robot.id))]


def _objects(database: Database, settings: Settings, limits: Limits, dry_run: bool) -> Iterator[Pruned]:
    """Rows of what was deleted long ago, then files that no row refers to."""
    with database.writing() as session:
        old = _old_objects(session, limits)
        kept = contents(session, without=old)
        for row in [] if dry_run else old:
            kind = type(row).__name__.lower()
            audit.note(session, None, f"{kind}.prune", kind, row.id, name=row.name)
            sharing.forget(session, kind, row.id)  # links whose time is over
            session.execute(delete(type(row)).where(type(row).id == row.id))
    yield from (Pruned(f"the deleted {type(row).__name__.lower()} {row.id} '{row.name}'", 0) for row in old)
    yield from _uploads(settings, kept, dry_run)


def _uploads(settings: Settings, kept: set[str], dry_run: bool) -> Iterator[Pruned]:
    """Files that no version refers to; a day of grace is theirs, since the row may not be written yet."""
    store = ContentStore(settings.uploads_dir.resolve())
    entries = [place for place in store.root.glob("[0-9a-f][0-9a-f]/*") if SHA256.fullmatch(place.name)]
    latest_s = now().timestamp() - GRACE_S
    old = [place for place in entries if place.name not in kept and place.stat().st_mtime <= latest_s]
    told = [
        Pruned(f"the upload {place.name[:12]}..., which nothing refers to", size_of(place)) for place in sorted(old)
    ]
    if store.root.is_dir() and not dry_run:
        store.sweep(kept)
    yield from told


def _views(settings: Settings, dry_run: bool) -> Iterator[Pruned]:
    """Documents of the 3D viewer that nobody asked for in a week; they are drawn again when somebody does."""
    left = DrawingCache(settings.views_dir).leftovers()
    size = sum(path.stat().st_size for path in left if path.is_file())
    for path in [] if dry_run else left:
        path.unlink(missing_ok=True)
    if left:
        yield Pruned(f"{counted(len(left), 'drawing')} of the 3D viewer", size)


def _lines(database: Database, limits: Limits, dry_run: bool) -> Iterator[Pruned]:
    unfinished = select(TrainingSession.id).where(TrainingSession.state.in_(UNFINISHED))
    of_ended = or_(AlertNotice.session_id.is_(None), AlertNotice.session_id.not_in(unfinished))
    old = {
        "alerts": (AlertNotice, and_(AlertNotice.created_at < limits.alerts, of_ended)),
        "lines of the audit log": (AuditEntry, AuditEntry.at < limits.audit),
    }
    for what, (model, is_old) in old.items():
        count = _removed(database, model, is_old, dry_run)
        if count:
            yield Pruned(f"{count} {what}", 0)


def _removed(
    database: Database, model: type[AlertNotice] | type[AuditEntry], is_old: ColumnElement[bool], dry_run: bool
) -> int:
    if dry_run:
        with database.reading() as session:
            return session.scalar(select(func.count()).select_from(model).where(is_old)) or 0
    with database.writing() as session:
        return _deleted(session, model, is_old)


def _deleted(session: Session, model: type[AlertNotice] | type[AuditEntry], is_old: ColumnElement[bool]) -> int:
    done = session.execute(delete(model).where(is_old))
    assert isinstance(done, CursorResult)
    return done.rowcount


def size_of(path: Path) -> int:
    """Bytes of a file, or of all files below a folder."""
    if path.is_file():
        return path.stat().st_size
    return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
