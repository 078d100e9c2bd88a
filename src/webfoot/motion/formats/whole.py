"""Write a file whole or not at all."""

import os
import tempfile
from pathlib import Path

from webfoot.errors import MotionError


def write_whole(path: Path, content: bytes) -> None:
    """Write through a temporary file and a rename, so that nobody ever reads a half.

    Raises:
        MotionError: the folder does not exist, or cannot be written to.
    """
    if not path.parent.is_dir():
        raise MotionError(f"cannot write '{path}': '{path.parent}' is not a folder; create it first")
    try:
        _replace(path, content)
    except OSError as error:
        raise MotionError(f"{path}: cannot be written ({error.strerror}); make room, or give another path") from None


def _replace(path: Path, content: bytes) -> None:
    descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
