"""Files in the data folder that are this process's own: settings for its children, and locks."""

import fcntl
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from webfoot.errors import WebfootError


class InUse(WebfootError):
    """Another process does this already."""


def make_private_folder(folder: Path) -> None:
    """A folder that only its owner can look into, where it is not there yet."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)


@contextmanager
def private_file(folder: Path, name: str) -> Iterator[Path]:
    """A file that only its owner can read, as long as this is entered."""
    make_private_folder(folder)
    handle, made = tempfile.mkstemp(prefix=f".{name}.", suffix=".tmp", dir=folder)
    os.close(handle)
    try:
        yield Path(made)
    finally:
        Path(made).unlink(missing_ok=True)


@contextmanager
def held(path: Path, what: str, **told: Any) -> Iterator[None]:
    """A lock that one process holds at a time and that ends with it, and a few words for whoever finds it held.

    Raises:
        InUse: another process holds it.
    """
    make_private_folder(path.parent)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InUse(_sentence(path, what)) from None
        os.truncate(handle, 0)
        os.pwrite(handle, json.dumps({"pid": os.getpid(), **told}).encode(), 0)
        yield
        os.truncate(handle, 0)
    finally:
        os.close(handle)


def told_by(path: Path) -> dict[str, Any]:
    """What the holder of a lock said; nothing where nobody did."""
    try:
        return json.loads(path.read_bytes())
    except (FileNotFoundError, json.JSONDecodeError):
        return {}


def _sentence(path: Path, what: str) -> str:
    told = told_by(path)
    where = f" at {told['address']}" if "address" in told else ""
    return (
        f"{what} is running already for {path.parent} (process {told.get('pid', 'unknown')}{where}); wait, or stop it"
    )
