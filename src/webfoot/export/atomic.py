"""`write_atomically`: a file that is there whole or not at all."""

import os
import tempfile
from pathlib import Path

from webfoot.errors import WebfootError


def write_atomically(path: Path, data: bytes) -> None:
    """Replace the file at `path` by `data`, wholly or not at all.

    Raises:
        WebfootError: the place cannot be written to.
    """
    try:
        _replace(path, data)
    except OSError as error:
        raise WebfootError(f"{path}: cannot be written ({error.strerror}); make room, or give another path") from None


def _replace(path: Path, data: bytes) -> None:
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o644)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
