"""`restore`: a service out of a backup, in a folder of its own; trainings that ran go on from their checkpoints."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from alembic.util import CommandError
from sqlalchemy import delete, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from webfoot.export.atomic import write_atomically
from webfoot.web.database import Database
from webfoot.web.migrate import migrate
from webfoot.web.models.notice import WorkerRow
from webfoot.web.models.training import TrainingSession
from webfoot.web.ops.archive import BackupError, extract
from webfoot.web.ops.backup import FORMAT
from webfoot.web.ops.dump import is_empty, load
from webfoot.web.ops.opened import Unreachable, connected, shown, unreachable
from webfoot.web.ops.private import make_private_folder
from webfoot.web.settings import Settings
from webfoot.web.states import State
from webfoot.yaml_table import read_yaml

PARTS = ("runs", "uploads", "secret")


@dataclass(frozen=True)
class Restored:
    """What there is again."""

    made_at: str
    rows: dict[str, int]
    queued: list[int]
    """Sessions that were running then; they wait for a worker."""


def restore(settings: Settings, path: Path) -> Restored:
    """Restore a backup into an empty data folder and an empty database; they stay empty where that fails.

    Raises:
        WebfootError: one of them is not empty, or the file is no whole backup of a version that is known.
    """
    if not path.is_file():
        raise BackupError(f"{path}: is no file; give a backup that 'webfoot backup' wrote")
    with _empty_folder(settings.data_dir) as staging:
        database = connected(settings)
        try:
            return _filled(settings, database, path, staging)
        except DBAPIError as error:
            raise Unreachable(unreachable(settings, error)) from None
        finally:
            database.engine.dispose()


def _filled(settings: Settings, database: Database, path: Path, staging: Path) -> Restored:
    manifest = extract(path, staging)
    if manifest.get("format") != FORMAT:
        raise BackupError(f"{path.name}: has the format {manifest.get('format')!r}, and this webfoot reads {FORMAT}")
    if not is_empty(database):
        raise BackupError(f"the database {shown(settings)} is not empty; give the settings of one that is")
    _move_paths(staging / "runs", manifest["uploads_dir"], str(settings.uploads_dir.resolve()))
    try:
        with database.writing() as session:
            rows = load(database, session.connection(), staging / "database", manifest["revision"])
    except CommandError as error:
        raise BackupError(f"{path.name}: was made by a newer webfoot ({error}); install that one") from None
    migrate(database)
    with database.writing() as session:
        queued = _awaken(session, manifest["gone"])
    for part in PARTS:
        if (staging / part).exists():
            os.replace(staging / part, settings.data_dir / part)
    return Restored(manifest["made_at"], rows, queued)


@contextmanager
def _empty_folder(folder: Path) -> Iterator[Path]:
    """A folder to fill, inside one that is empty and stays so unless all goes well."""
    if folder.exists() and any(folder.iterdir()):
        raise BackupError(f"{folder}: is not empty; give a new folder as --data")
    make_private_folder(folder)
    try:
        with tempfile.TemporaryDirectory(prefix=".restore.", suffix=".tmp", dir=folder) as staging:
            yield Path(staging)
    except BaseException:
        for left in folder.iterdir():
            shutil.rmtree(left) if left.is_dir() else left.unlink()
        raise


def _awaken(session: Session, gone: list[int]) -> list[int]:
    """Give sessions whose workers are far away back to the queue, and forget what was deleted during the backup."""
    session.execute(delete(WorkerRow))
    session.execute(delete(TrainingSession).where(TrainingSession.id.in_(gone)))
    running = select(TrainingSession).where(TrainingSession.state == State.RUNNING).order_by(TrainingSession.id)
    queued = []
    for row in session.scalars(running).all():
        row.move_to(State(row.wanted) if row.wanted else State.QUEUED)
        queued += [row.id] if row.status is State.QUEUED else []
    return queued


def _move_paths(runs: Path, before: str, after: str) -> None:
    """A run's config names its uploaded robot by where it lay; it lies elsewhere now."""
    for file in runs.glob("*/config.yaml"):
        document: dict[str, Any] = read_yaml(file)
        moved = {
            name: after + value.removeprefix(before)
            for name, value in document.items()
            if isinstance(value, str) and value.startswith(before + os.sep)
        }
        if moved:
            write_atomically(file, yaml.safe_dump({**document, **moved}, sort_keys=False).encode())
