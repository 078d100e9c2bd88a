"""What every reader checks before it believes a file: size, numbers, names."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from webfoot.errors import MotionError

MAX_FILE_BYTES = 64 * 2**20
"""A motion file larger than this is refused unread; half an hour of 16 joints at 60 fps as JSON is about 60 MiB."""
MAX_FRAMES = 500_000
MAX_JOINTS = 200


def read_bytes(path: Path) -> bytes:
    """The whole file.

    Raises:
        MotionError: missing, unreadable, empty, or larger than `MAX_FILE_BYTES`.
    """
    try:
        if not path.exists():
            raise MotionError(f"motion '{path}' does not exist; give the path of a motion file or a folder of them")
        if not path.is_file():
            raise MotionError(f"motion '{path}' is not a file; give the path of a motion file or a folder of them")
        size = path.stat().st_size
        if size > MAX_FILE_BYTES:
            limit = MAX_FILE_BYTES // 2**20
            raise MotionError(f"{path.name}: {size / 2**20:.0f} MiB; motion files of at most {limit} MiB are read")
        content = path.read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise MotionError(f"{path.name}: cannot be read ({reason}); give a readable motion file") from None
    if not content:
        raise MotionError(f"{path.name}: the file is empty; a motion file holds frames")
    return content


def number(table: Mapping[Any, Any], key: str, label: str, low: float, high: float) -> float:
    """The number under `key`, within [low, high].

    Raises:
        MotionError: missing, not a number, or out of range.
    """
    value = table.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise MotionError(f"{label}: '{key}' is {_shown(value)}; expected a number from {low:g} to {high:g}")
    if not (low <= value <= high):
        raise MotionError(f"{label}: '{key}' is {_shown(value)}; expected {low:g} to {high:g}")
    return float(value)


def _shown(value: object) -> str:
    if value is None:
        return "missing"
    if isinstance(value, int) and value.bit_length() > 64:
        return "an integer too large to be one"
    text = repr(value) if isinstance(value, str | int | float | bool) else f"a {type(value).__name__}"
    return text if len(text) <= 40 else text[:37] + "..."
