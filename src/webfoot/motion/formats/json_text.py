"""JSON motion files as a table: parsed within bounds, and their `Frames` as numbers."""

import json
from typing import Any

import numpy as np
from numpy.typing import NDArray

from webfoot.errors import MotionError
from webfoot.motion.formats.limits import MAX_FRAMES

MAX_BRACKETS = 2 * MAX_FRAMES
"""Lists and objects that a file may open; each costs far more memory than text."""
MAX_VALUES = 2**22
"""Commas in a file: numbers as Python objects cost far more memory than text."""

Table = dict[str, Any]


def parse(content: bytes, label: str) -> Table:
    """The object that the file holds.

    Raises:
        MotionError: not JSON, not an object, or far more of it than a motion needs.
    """
    if content.count(b"[") + content.count(b"{") > MAX_BRACKETS:
        raise MotionError(f"{label}: opens more than {MAX_BRACKETS} lists; a motion has one list a frame")
    if content.count(b",") > MAX_VALUES:
        raise MotionError(f"{label}: holds more than {MAX_VALUES} values; cut the clip, or convert it to .npz")
    try:
        table = json.loads(content)
    except RecursionError:
        raise MotionError(f"{label}: lists nested too deeply; a motion has a list of frames, each a list") from None
    except ValueError as error:
        reason = " ".join(str(error).split())[:120]
        raise MotionError(f"{label}: not JSON ({reason}); is the file cut off, or of another format?") from None
    if not isinstance(table, dict):
        raise MotionError(f"{label}: the JSON holds a {type(table).__name__}; expected an object with 'Frames'")
    return table


def frames_of(table: Table, label: str) -> NDArray[np.float64]:
    """`Frames` as numbers, shape (T, W).

    Raises:
        MotionError: no list of equally long lists of numbers.
    """
    frames = table.get("Frames")
    if not isinstance(frames, list) or len(frames) < 2:
        raise MotionError(f"{label}: 'Frames' is not a list of at least 2 frames")
    if len(frames) > MAX_FRAMES:
        raise MotionError(f"{label}: {len(frames)} frames; at most {MAX_FRAMES} are read")
    width = len(frames[0]) if isinstance(frames[0], list) else 0
    for t, row in enumerate(frames):
        if not isinstance(row, list) or len(row) != width or width == 0:
            shown = f"{len(row)} numbers" if isinstance(row, list) else f"a {type(row).__name__}"
            raise MotionError(
                f"{label}: frame {t} of {len(frames)} is {shown}; expected a list of {width} as in frame 0"
            )
        if not {type(value) for value in row} <= {int, float}:
            raise MotionError(f"{label}: frame {t} of {len(frames)} holds something that is not a number")
    try:
        return np.array(frames, dtype=np.float64)
    except OverflowError:
        raise MotionError(f"{label}: 'Frames' holds an integer too large to be an angle or a position") from None
