"""`mend`: a motion's own cures, which make another version of it; the one before stays."""

import io
import json
import tempfile
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from webfoot.errors import MotionError
from webfoot.motion.formats.columns import ColumnMap
from webfoot.robots.limited import Limits
from webfoot.robots.table import ROBOTS
from webfoot.web.models.objects import Motion, MotionVersion
from webfoot.web.models.user import User
from webfoot.web.schemas.mending import MendRequest
from webfoot.web.services.objects import own, version_of
from webfoot.web.services.receiving import USUAL, MotionAsked, Receiver, Upload
from webfoot.web.services.sources import FOR_ROBOT, Source, find_robot, model_path, motion_place, tree_of
from webfoot.web.settings import Settings
from webfoot.web.uploads.elsewhere import Work, run_elsewhere
from webfoot.web.uploads.turns import turn

LIMITS = Limits(cpu_s=120, memory_bytes=3 * 2**30, wall_s=300.0)
"""As an inspection, which takes as long."""
WORK = Work("webfoot.web.uploads.mend_process", "mending", MotionError, LIMITS)


@dataclass(frozen=True)
class MendedFile:
    """A clip that was written, as if it were sent; it is opened when it is read."""

    path: Path

    @property
    def filename(self) -> str:
        """What it is called."""
        return self.path.name

    @property
    def stream(self) -> io.BytesIO:
        """Its content."""
        return io.BytesIO(self.path.read_bytes())


@dataclass(frozen=True)
class Mended:
    """What came of it."""

    version: MotionVersion
    is_new: bool
    """False: nothing was there to mend, or it was mended so before."""
    done: tuple[str, ...]
    """One sentence for each clip and change."""


def mend(session: Session, user: User, settings: Settings, motion_id: int, asked: MendRequest) -> Mended:
    """Mend a version of a motion and keep what comes of it as the next one, inspected.

    Raises:
        WebfootError: no such motion of this user's, a clip that does not allow it, a quota that is used up, no turn.
    """
    row = own(session, user, Motion, motion_id)
    version = row.versions[-1] if asked.version is None else version_of(row, asked.version)
    assert isinstance(version, MotionVersion)
    reference = asked.robot or version.report.get(FOR_ROBOT, USUAL)
    model = _model(session, find_robot(session, user, reference), settings)
    tree = tree_of(version, settings)
    inner = motion_place(version, settings).relative_to(tree).as_posix()
    stem = Path(version.filename).stem
    session.commit()  # mending takes seconds: no transaction stays open meanwhile
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        out.mkdir()
        links = {"source": tree, "robot": model.parent, "out": out}
        arguments = [f"source/{inner}", f"robot/{model.name}", "out", asked.model_dump_json()]
        with turn(settings.inspection_wait_s):
            said = json.loads(run_elsewhere(WORK, stem, links, arguments))
        upload = Upload(_named(out, stem), stem, together=True)
        asked_of_it = MotionAsked(reference, ColumnMap())
        (kept,) = Receiver(session, user, settings).add_motion_version(motion_id, upload, asked_of_it).taken
    return Mended(kept.row, kept.is_new, tuple(said["done"]))


def _model(session: Session, body: Source, settings: Settings) -> Path:
    if body.version_id is None:
        return ROBOTS[body.reference].resolve()
    return model_path(session, body.version_id, settings).resolve()


def _named(out: Path, stem: str) -> list[MendedFile]:
    """The clips; a single one is called as its file was, so that it stays the same clip in reports."""
    files = sorted(out.iterdir())
    return (
        [MendedFile(path) for path in files] if len(files) > 1 else [MendedFile(files[0].rename(out / f"{stem}.npz"))]
    )
