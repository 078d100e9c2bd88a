"""Motions and robots that are uploaded: laid out on the disk, inspected, and only then written down.

An inspection takes seconds, and a transaction that writes keeps every other one waiting on SQLite. So what needs the
database comes before, in a transaction that is ended, or behind, in the one that the request commits. Whatever is
refused leaves nothing on the disk.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

import yaml
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webfoot.counted import counted
from webfoot.motion.formats.columns import FOLDER_SIDECAR, ColumnMap
from webfoot.web.models.objects import Motion, MotionVersion, Robot, RobotVersion
from webfoot.web.models.user import User
from webfoot.web.services import audit
from webfoot.web.services.access import KIND_OF
from webfoot.web.services.motion_summary import summary
from webfoot.web.services.objects import PARENT, VERSIONS, own
from webfoot.web.services.quota import check_storage
from webfoot.web.services.sources import FOR_ROBOT, find_robot, model_path
from webfoot.web.settings import Settings
from webfoot.web.uploads.archive import ArchiveLimits
from webfoot.web.uploads.arrive import library_folder, receive_motion
from webfoot.web.uploads.error import TooLarge, UploadError
from webfoot.web.uploads.robot_arrive import receive_robot
from webfoot.web.uploads.staging import Sent, Staged, stage_each, stage_together
from webfoot.web.uploads.store import ContentStore
from webfoot.web.uploads.turns import turn
from webfoot.web.uploads.unkept import Unkept, kept_of

MB = 1_000_000
MOST_AT_ONCE = 50
"""Motions that one request makes; each is inspected for a second or more."""
MOST_NAME = 120
USUAL = "duckling"
"""The robot that a motion is inspected for where none is named."""

Thing = TypeVar("Thing", Motion, Robot)
Row = TypeVar("Row", Motion, Robot, MotionVersion, RobotVersion)


@dataclass(frozen=True)
class Upload:
    """What a request sends."""

    sent: Sequence[Sent]
    name: str = ""
    """What it is to be called; empty: as its file."""
    together: bool = False
    """Many files are one library, not one motion each."""


@dataclass(frozen=True)
class MotionAsked:
    """What is said of an uploaded motion."""

    robot: str
    """A bundled robot, or `robot:ID`, that it is inspected for; empty: the one of the version before, or `USUAL`."""
    columns: ColumnMap


@dataclass(frozen=True)
class Inspected:
    """What an inspection made of one thing that was staged."""

    report: dict[str, Any]
    usable: bool
    model: str = ""
    """Of a robot: its model file."""
    unkept: tuple[Unkept, ...] = ()
    """Files of a library that were thrown out."""


@dataclass(frozen=True)
class Kept:
    """Something in the store that no row refers to yet."""

    sha256: str
    size: int
    filename: str
    found: Inspected


@dataclass(frozen=True)
class Taken(Generic[Row]):
    """What one thing of an upload became."""

    row: Row
    is_new: bool
    """False: the same content was there already, and the row is that one's."""


@dataclass(frozen=True)
class Received(Generic[Row]):
    """What came of an upload."""

    taken: tuple[Taken[Row], ...]
    unkept: tuple[Unkept, ...] = ()

    @property
    def is_new(self) -> bool:
        """Whether anything was added."""
        return any(one.is_new for one in self.taken)


Inspect = Callable[[Staged], Inspected]


class Receiver:
    """Takes uploads of one user."""

    def __init__(self, session: Session, user: User, settings: Settings):
        self.session, self.user, self.settings = session, user, settings
        self.store = ContentStore(settings.uploads_dir.resolve())

    def add_motions(self, upload: Upload, asked: MotionAsked) -> Received[Motion]:
        """New motions: one of each file or zip, or one library of all; what a user has already is not made again.

        Raises:
            WebfootError: no file that can be used; a quota that is used up; no turn.
        """
        inspect = self._motion_inspection(asked)
        kept, unkept = self._keep(upload, self.user.id, inspect, each=not upload.together)
        names = [upload.name] if upload.name and len(kept) == 1 else [_name(one.filename) for one in kept]
        taken = tuple(self._add(Motion, name, one) for name, one in zip(names, kept, strict=True))
        return Received(taken, tuple(unkept))

    def add_robot(self, upload: Upload, model: str) -> Received[Robot]:
        """A new robot, unless the user has it already.

        Raises:
            WebfootError: as `add_motions`.
        """
        (kept,), unkept = self._keep(upload, self.user.id, self._robot_inspection(model), each=False)
        return Received((self._add(Robot, upload.name or kept.found.report["name"], kept),), tuple(unkept))

    def add_motion_version(self, motion_id: int, upload: Upload, asked: MotionAsked) -> Received[MotionVersion]:
        """Another content of a motion; the same content is the same version.

        Raises:
            WebfootError: as `add_motions`, or no such motion of this user's.
        """
        row = own(self.session, self.user, Motion, motion_id)
        inspect = self._motion_inspection(asked, row.versions[-1].report.get(FOR_ROBOT, USUAL))
        (kept,), unkept = self._keep(upload, row.owner_id, inspect, each=False)
        return Received((self._add_version(Motion, motion_id, kept),), tuple(unkept))

    def add_robot_version(self, robot_id: int, upload: Upload, model: str) -> Received[RobotVersion]:
        """Another content of a robot; the same content is the same version.

        Raises:
            WebfootError: as `add_motions`, or no such robot of this user's.
        """
        owner_id = own(self.session, self.user, Robot, robot_id).owner_id
        (kept,), unkept = self._keep(upload, owner_id, self._robot_inspection(model), each=False)
        return Received((self._add_version(Robot, robot_id, kept),), tuple(unkept))

    def _motion_inspection(self, asked: MotionAsked, usual: str = USUAL) -> Inspect:
        """How a motion is inspected; the robot is looked for now, while there is a transaction."""
        body = find_robot(self.session, self.user, asked.robot or usual)
        id = body.version_id
        robot = body.reference if id is None else model_path(self.session, id, self.settings)

        def inspect(staged: Staged) -> Inspected:
            place = staged.file or staged.folder
            if asked.columns.model_fields_set:
                place = _say_columns(staged, asked.columns)
            with turn(self.settings.inspection_wait_s):
                arrived = receive_motion(place, staged.filename, robot)
            for one in arrived.unkept:
                (library_folder(staged.folder) / one.file).unlink()
            return Inspected(arrived.report | {FOR_ROBOT: body.reference}, arrived.usable, unkept=arrived.unkept)

        return inspect

    def _robot_inspection(self, model: str) -> Inspect:
        def inspect(staged: Staged) -> Inspected:
            with turn(self.settings.inspection_wait_s):
                arrived = receive_robot(staged.folder, model)
            return Inspected(arrived.report, arrived.usable, arrived.model)

        return inspect

    def _keep(self, upload: Upload, owner_id: int, inspect: Inspect, *, each: bool) -> tuple[list[Kept], list[Unkept]]:
        """Have what was sent in the store, inspected, and what of it is not kept; no transaction is open meanwhile.

        It is in the store before its row is written, and whatever the store holds without a row goes after a day.
        """
        self._check(upload, each)
        self._check_room(owner_id, 0)
        with self.store.draft() as draft:
            staged, unkept = self._stage(upload, draft, each)
            self._check_room(owner_id, sum(one.size for one in staged))
            found, refused = kept_of(staged, lambda one: (one, inspect(one)), lambda one: one.filename)
            self._check_room(owner_id, sum(one.size for one, _ in found))
            kept = [self._put(one, seen) for one, seen in found]
        check_storage(self.session, owner_id, self.settings.quota, sum(one.size for one in kept))
        return kept, [*unkept, *refused, *(gone for one in kept for gone in one.found.unkept)]

    def _put(self, staged: Staged, found: Inspected) -> Kept:
        stored = self.store.put_tree(staged.folder)
        return Kept(stored.sha256, stored.size, staged.filename, found)

    def _check(self, upload: Upload, each: bool) -> None:
        most = MOST_AT_ONCE if each else self.settings.most_upload_files
        if len(upload.sent) > most:
            cure = "send them as a zip, or with library=true" if each else "send fewer"
            raise TooLarge(
                f"{counted(len(upload.sent), 'file')} were sent, and at most {most} may be sent at once; {cure}"
            )
        if each and upload.name and len(upload.sent) > 1:
            raise UploadError(
                f"one name, '{upload.name[:80]}', for {len(upload.sent)} motions; leave it out, or say library=true"
            )

    def _check_room(self, owner_id: int, more_bytes: int) -> None:
        """Refuse what the quota does not allow, in a transaction that is ended."""
        check_storage(self.session, owner_id, self.settings.quota, more_bytes)
        self.session.commit()

    def _stage(self, upload: Upload, draft: Path, each: bool) -> tuple[list[Staged], list[Unkept]]:
        limits = ArchiveLimits(self.settings.most_upload_files, self.settings.most_unpacked_mb * MB)
        if each:
            return stage_each(upload.sent, draft, limits)
        staged, unkept = stage_together(upload.sent, draft, limits, upload.name)
        return [staged], unkept

    def _add(self, model: type[Thing], name: str, kept: Kept) -> Taken[Thing]:
        """The owner's row is locked since the quota was checked, so nobody adds the same meanwhile."""
        same = self._same(model, kept)
        if same is not None:
            return Taken(same, False)
        row = model(owner=self.user, name=name[:MOST_NAME])
        row.versions.append(_version(model, 1, kept))
        self.session.add(row)
        self.session.flush()
        audit.note(self.session, self.user, f"{KIND_OF[model]}.upload", KIND_OF[model], row.id, sha256=kept.sha256)
        return Taken(row, True)

    def _same(self, model: type[Thing], kept: Kept) -> Thing | None:
        """What the user has with this very content as its latest, inspected for the same robot."""
        versions = VERSIONS[model]
        found = select(model).join(versions).where(model.owner_id == self.user.id, versions.sha256 == kept.sha256)
        rows = self.session.scalars(found.where(model.deleted_at.is_(None)).order_by(model.id)).unique()
        told = _told(model, kept)
        return next((row for row in rows if _is_same(row.versions[-1], kept.sha256, told)), None)

    def _add_version(self, model: type[Thing], object_id: int, kept: Kept) -> Taken[Any]:
        """The owner's row is locked since the quota was checked, so numbers are given one at a time."""
        row = own(self.session, self.user, model, object_id)
        versions = VERSIONS[model]
        mine = PARENT[versions] == row.id
        same = self.session.scalars(select(versions).where(mine, versions.sha256 == kept.sha256)).first()
        if same is not None:
            return Taken(same, False)
        last = self.session.scalar(select(func.max(versions.number)).where(mine)) or 0
        version = _version(model, last + 1, kept)
        row.versions.append(version)
        self.session.flush()
        noted = {"number": version.number, "sha256": kept.sha256}
        audit.note(self.session, self.user, f"{KIND_OF[model]}.version", KIND_OF[model], row.id, **noted)
        return Taken(version, True)


def _told(model: type[Motion] | type[Robot], kept: Kept) -> dict[str, Any]:
    """What else a version tells, by kind."""
    return {"model": kept.found.model} if model is Robot else summary(kept.found.report)


def _is_same(version: MotionVersion | RobotVersion, sha256: str, told: dict[str, Any]) -> bool:
    which = "model" if isinstance(version, RobotVersion) else "for_robot"
    return version.sha256 == sha256 and getattr(version, which) == told[which]


def _version(model: type[Motion] | type[Robot], number: int, kept: Kept) -> Any:
    return VERSIONS[model](
        number=number,
        sha256=kept.sha256,
        size=kept.size,
        filename=kept.filename,
        report=kept.found.report,
        usable=kept.found.usable,
        **_told(model, kept),
    )


def _say_columns(staged: Staged, columns: ColumnMap) -> Path:
    """Put what was said of the columns beside the clips, where every later reader finds it; the folder of both."""
    folder = staged.folder if staged.file is not None else library_folder(staged.folder)
    said = columns.model_dump(mode="json", exclude_unset=True)
    (folder / FOLDER_SIDECAR).write_text(yaml.safe_dump(said, allow_unicode=True), encoding="utf-8")
    return folder


def _name(filename: str) -> str:
    return Path(filename).stem
