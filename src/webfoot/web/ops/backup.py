"""`backup`: database, runs, uploads and the secret in one file, while the service and its trainings go on.

Rows first, files second: whatever a row of the snapshot names was there when the snapshot was taken and is only added
to, so the files are never behind the rows. Within a run folder the files are taken in the opposite order of their
making: a log is never behind its checkpoint, which is how a run looks that was killed, and from that it can be resumed.
What was deleted meanwhile is looked for at the end and told in the manifest.
"""

import json
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from webfoot import __version__
from webfoot.web.database import Database
from webfoot.web.models.training import TrainingSession
from webfoot.web.ops.archive import BackupError, Writer, written
from webfoot.web.ops.dump import Dumped, dump
from webfoot.web.ops.opened import Unreachable, connected, unreachable
from webfoot.web.ops.private import held
from webfoot.web.settings import Settings

FORMAT = 1
LOCK = "maintenance.lock"
"""Held while files are copied or removed, by one process at a time."""
FIRST_MADE = ("config.yaml", "motions", "events.jsonl", "tensorboard", "checkpoints")
"""Of a run folder, in the order of their making; all else comes after them."""


@dataclass(frozen=True)
class Backup:
    """What was written."""

    path: Path
    size: int
    rows: dict[str, int]
    files: int
    missing: list[str]
    """What the rows name and is not there, though nobody deleted it: lost before."""


def backup(settings: Settings, path: Path) -> Backup:
    """Write a backup, and read it again to see that it is whole.

    Raises:
        WebfootError: there is nothing to keep, the database does not answer, or the place cannot be written to.
    """
    if not (settings.data_dir / "secret").is_file():
        raise BackupError(f"{settings.data_dir}: holds no service; give the folder of one as --data")
    database = connected(settings)
    try:
        with held(settings.data_dir / LOCK, "a backup or prune"):
            return _written(settings, database, path)
    except DBAPIError as error:
        raise Unreachable(unreachable(settings, error)) from None
    finally:
        database.engine.dispose()


def _written(settings: Settings, database: Database, path: Path) -> Backup:
    facts: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix=".backup.", suffix=".tmp", dir=settings.data_dir) as scratch:
        with written(path, lambda: facts) as writer:
            dumped = dump(database, Path(scratch))
            for table in sorted(Path(scratch).iterdir()):
                writer.add_file(f"database/{table.name}", table)
            writer.add_file("secret", settings.data_dir / "secret")
            for name, file in (*_uploads(settings), *_runs(settings)):
                writer.add_file(name, file)
            gone, missing = _compared(database, Path(scratch), writer)
            facts |= _facts(settings, database, dumped) | {"gone": gone, "missing": missing}
        return Backup(path, path.stat().st_size, dumped.rows, len(writer.files) - 1, missing)


def _facts(settings: Settings, database: Database, dumped: Dumped) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "webfoot": __version__,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "database": database.engine.dialect.name,
        "revision": dumped.revision,
        "rows": dumped.rows,
        "uploads_dir": str(settings.uploads_dir.resolve()),
    }


def _uploads(settings: Settings) -> Iterator[tuple[str, Path]]:
    for path in _files(settings.uploads_dir):
        name = path.relative_to(settings.uploads_dir)
        if not name.parts[0].startswith("."):  # a draft
            yield f"uploads/{name.as_posix()}", path


def _runs(settings: Settings) -> Iterator[tuple[str, Path]]:
    folders = [entry for entry in settings.runs_dir.iterdir() if entry.is_dir()] if settings.runs_dir.is_dir() else []
    for folder in sorted(entry for entry in folders if not entry.name.startswith(".")):
        for path in sorted(_files(folder), key=lambda path: _made(path.relative_to(folder)), reverse=True):
            if not path.name.endswith(".tmp"):  # half written
                yield f"runs/{path.relative_to(settings.runs_dir).as_posix()}", path


def _made(name: Path) -> int:
    """Place in the order in which a run's files are made."""
    return FIRST_MADE.index(name.parts[0]) if name.parts[0] in FIRST_MADE else len(FIRST_MADE)


def _files(folder: Path) -> Iterator[Path]:
    """Ordinary files below a folder; links are not followed."""
    for place, _, names in os.walk(folder):
        for name in sorted(names):
            path = Path(place, name)
            if path.is_file() and not path.is_symlink():
                yield path


def _compared(database: Database, scratch: Path, writer: Writer) -> tuple[list[int], list[str]]:
    """Sessions that were deleted since the rows were read, and files that rows name and that are not there."""
    with database.reading() as session:
        left = {id: size for id, size in session.execute(select(TrainingSession.id, TrainingSession.stored_bytes))}
    rows = _told(scratch / "training_sessions.jsonl")
    gone = [row["id"] for row in rows if row["id"] not in left]
    runs = {name.split("/")[1] for name in writer.files if name.startswith("runs/")}
    uploads = {name.split("/")[2] for name in writer.files if name.startswith("uploads/")}
    missing = [f"the run folder of session {id}" for id, size in left.items() if size and str(id) not in runs]
    for kind in ("motion", "robot"):
        named = _told(scratch / f"{kind}_versions.jsonl")
        missing += [f"the upload of {kind} {row[f'{kind}_id']}" for row in named if row["sha256"] not in uploads]
    return gone, missing


def _told(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.is_file() else []
