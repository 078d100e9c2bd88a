"""What the doctor says of what the service needs around it: folder, locks, clock, database, broker."""

import os
import shutil
import stat
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from alembic.script import ScriptDirectory
from kombu.connection import Connection
from kombu.exceptions import OperationalError
from limits.errors import ConfigurationError
from limits.storage import storage_from_string
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from webfoot.counted import counted
from webfoot.errors import WebfootError
from webfoot.web.database import Database
from webfoot.web.migrate import SCRIPTS
from webfoot.web.models.base import now
from webfoot.web.models.notice import WorkerRow
from webfoot.web.models.training import TrainingSession
from webfoot.web.ops.dump import revision_of
from webfoot.web.ops.finding import Finding, ok, warning, wrong
from webfoot.web.ops.opened import connected, shown, unreachable
from webfoot.web.ops.private import InUse, held
from webfoot.web.settings import Settings
from webfoot.web.states import State

GB = 1e9
MOST_SKEW_S = 5.0
"""Clocks that differ more confuse people who read times; nothing of the queue depends on them."""
PATIENCE_S = 3
EARLIEST_S = 1.76e9
"""October 2025: a clock before it was never set."""
SEEN = timedelta(minutes=1)
ROOMY = 5
"""Times the least free disk space, below which a warning comes."""


def folder(settings: Settings) -> Finding:
    """Whether the data folder can be written, and who else can read the secret."""
    place = settings.data_dir
    if not place.exists():
        parent = next(parent for parent in place.parents if parent.exists())
        if os.access(parent, os.W_OK | os.X_OK):
            return ok("data folder", f"{place} is made when the service is first started")
        return wrong("data folder", f"{place} cannot be made in {parent}", "give another --data, or rights to write")
    try:
        with tempfile.NamedTemporaryFile(prefix=".doctor.", suffix=".tmp", dir=place) as file:
            file.write(b"webfoot")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        return wrong("data folder", f"{place} cannot be written to ({error.strerror})", "give the user rights to write")
    secret = place / "secret"
    if secret.is_file() and stat.S_IMODE(secret.stat().st_mode) & 0o077:
        return wrong("data folder", f"{secret} can be read by others", f"chmod 600 {secret}")
    return ok("data folder", f"{place} can be written to")


def disk(settings: Settings) -> Finding:
    """Free space where the data folder is."""
    place = next(path for path in (settings.data_dir, *settings.data_dir.parents) if path.exists())
    free, least = shutil.disk_usage(place).free / GB, settings.least_free_gb
    told = f"{free:.1f} GB are free"
    if free < least:
        return wrong("disk", f"{told}, and no training begins below {least:g} GB", "make room: webfoot prune")
    if free < ROOMY * least:
        return warning("disk", told, "make room soon: webfoot prune --dry-run tells what would go")
    return ok("disk", told)


def locks(settings: Settings) -> Finding:
    """Whether locks on files keep two processes apart, as they must where the folder is on a network."""
    if not settings.data_dir.exists():
        return ok("file locks", "are looked at once there is a data folder")
    with tempfile.TemporaryDirectory(prefix=".doctor.", suffix=".tmp", dir=settings.data_dir) as scratch:
        path = Path(scratch, "lock")
        try:
            with held(path, "the doctor"), held(path, "the doctor"):
                pass
        except InUse:
            return ok("file locks", "hold")
        except OSError as error:
            return wrong("file locks", f"fail ({error.strerror})", "use a file system with locks, such as NFS 4")
    return wrong("file locks", "do not keep a second one out", "use a file system with locks, such as NFS 4")


def clock(settings: Settings) -> Finding:
    """Whether this machine's clock was set, and agrees with that of the file server."""
    if time.time() < EARLIEST_S:
        return wrong("clock", f"says {time.strftime('%Y-%m-%d')}", "set it, and run an NTP client")
    if not settings.data_dir.exists():
        return ok("clock", time.strftime("%Y-%m-%d %H:%M:%S %z"))
    with tempfile.NamedTemporaryFile(prefix=".doctor.", suffix=".tmp", dir=settings.data_dir) as file:
        skew_s = os.fstat(file.fileno()).st_mtime - time.time()
    return _agrees("clock", skew_s, f"{time.strftime('%Y-%m-%d %H:%M:%S %z')}, as that of the data folder")


def _agrees(name: str, skew_s: float, told: str) -> Finding:
    if abs(skew_s) > MOST_SKEW_S:
        return warning(name, f"differs by {abs(skew_s):.0f} s from this machine's clock", "run an NTP client on both")
    return ok(name, told)


def database(settings: Settings) -> list[Finding]:
    """Whether the database answers, which version it is, and who works on its queue."""
    if not settings.database_url and not (settings.data_dir / "webfoot.sqlite3").is_file():
        return [ok("database", "SQLite; it is made when the service is first started")]
    try:
        base = connected(settings)
    except WebfootError as error:
        return [wrong("database", str(error), "mend the setting 'database_url'")]
    try:
        with base.reading() as session:
            return _looked_at(settings, base, session)
    except DBAPIError as error:
        return [wrong("database", unreachable(settings, error), "start it, or mend the setting 'database_url'")]
    finally:
        base.engine.dispose()


def _looked_at(settings: Settings, base: Database, session: Session) -> list[Finding]:
    version = ".".join(map(str, session.connection().dialect.server_version_info or ()))
    told = f"{base.engine.dialect.name} {version}, {shown(settings)}"
    if base.is_sqlite and (damage := session.scalar(text("PRAGMA quick_check(1)"))) != "ok":
        return [wrong("database", f"{told}: is damaged ({damage})", "restore a backup")]
    revision, newest = revision_of(session.connection()), ScriptDirectory(str(SCRIPTS)).get_current_head()
    if revision != newest:
        cure = "'webfoot serve' and 'webfoot worker' bring it up to date when they start; make a backup before"
        return [warning("database", f"{told}; its tables are of version {revision or 'none'}, not {newest}", cure)]
    found = [ok("database", f"{told}; its tables are up to date ({revision})"), _workers(session)]
    if not base.is_sqlite:
        skew_s = (session.scalars(select(func.clock_timestamp())).one() - now()).total_seconds()
        found.append(_agrees("database clock", skew_s, "agrees with this machine's"))
    return found


def _workers(session: Session) -> Finding:
    alive = session.scalar(select(func.count()).where(WorkerRow.seen_at > now() - SEEN)) or 0
    waiting = session.scalar(select(func.count()).where(TrainingSession.state == State.QUEUED)) or 0
    told = f"{counted(alive, 'worker')} heard of within a minute, {counted(waiting, 'session')} waiting"
    if waiting and not alive:
        return warning("workers", told, "start one: webfoot worker")
    return ok("workers", told)


def broker(settings: Settings) -> Finding:
    """Whether the broker answers."""
    if not settings.broker_url:
        return ok("broker", "none, and none is needed: workers look at the queue by themselves")
    with Connection(settings.broker_url, connect_timeout=PATIENCE_S) as connection:
        told = connection.as_uri()  # without its password
        try:
            connection.ensure_connection(max_retries=1, interval_start=0, timeout=PATIENCE_S)
        except (OperationalError, OSError) as error:
            reason = " ".join(str(error).split())[:200]
            cure = "start it, or mend the setting 'broker_url'; until then workers find sessions a little later"
            return warning("broker", f"{told} does not answer ({reason})", cure)
        except (ImportError, KeyError) as error:
            return wrong(
                "broker", f"{told} cannot be used ({error})", "pip install 'webfoot[scale]', or mend broker_url"
            )
    return ok("broker", f"{told} answers")


def limits(settings: Settings) -> Finding:
    """Whether rate limits can be counted."""
    kind = settings.limiter_url.partition("://")[0]
    try:
        answers = storage_from_string(settings.limiter_url).check()
    except (ConfigurationError, ValueError, ImportError):
        cure = "pip install 'webfoot[scale]', or mend the setting 'limiter_url'"
        return wrong("rate limits", f"cannot be counted in {kind[:20]}", cure)
    if not answers:
        return wrong("rate limits", f"cannot be counted: {kind} does not answer", "start it, or mend 'limiter_url'")
    return ok("rate limits", f"are counted in {kind}")
