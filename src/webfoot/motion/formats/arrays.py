"""Reader of a plain `.npy` array (T, W) of joint angles: names and rate are assumed aloud, or said by the user."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from webfoot.errors import MotionError
from webfoot.motion.clip import Motion
from webfoot.motion.formats.limits import MAX_FRAMES, MAX_JOINTS, read_bytes
from webfoot.motion.formats.npy import array_of
from webfoot.motion.formats.source import Source
from webfoot.motion.formats.table import ROOT_COLUMNS, clip_of_table
from webfoot.robots.spec import Robot

ASSUMED_FPS = 50.0
"""An array states no rate; 50 Hz is the usual control rate of small legged robots."""


def read(path: Path, robot: Robot | None) -> list[Motion]:
    """The one clip of the file; its columns are the robot's joints, or its leg joints, in the robot's order.

    Raises:
        MotionError: not a numeric array (T, W), or W fits none of the robot's numbers of joints.
    """
    return read_array(read_bytes(path), Source(path, robot))


def read_array(content: bytes, source: Source) -> list[Motion]:
    """The one clip of an array's bytes.

    Raises:
        MotionError: as `read`.
    """
    return [clip_of_table(_array(content, source.label), source, ASSUMED_FPS, "the array states none")]


def _array(content: bytes, label: str) -> NDArray[np.float64]:
    array = array_of(content, label)
    if array.dtype.kind not in "fiu" or array.dtype.itemsize > 8:
        raise MotionError(f"{label}: an array of {str(array.dtype)[:40]}; expected numbers (float32 or float64)")
    most = MAX_JOINTS + ROOT_COLUMNS
    if array.ndim != 2 or not 2 <= array.shape[0] <= MAX_FRAMES or not 1 <= array.shape[1] <= most:
        raise MotionError(
            f"{label}: an array of shape {str(array.shape)[:60]}; expected (frames, joints) with 2 to {MAX_FRAMES} "
            f"frames and 1 to {MAX_JOINTS} joints"
        )
    with np.errstate(invalid="ignore"):  # signalling NaN, left for the inspection to find
        return array.astype(np.float64)
