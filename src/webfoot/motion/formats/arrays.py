"""Reader of a plain `.npy` array (T, J) of joint angles: no names, no rate; both are assumed aloud."""

import io
import tokenize
import warnings
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from webfoot.errors import MotionError
from webfoot.motion.clip import Motion
from webfoot.motion.formats.limits import MAX_FRAMES, MAX_JOINTS, read_bytes
from webfoot.robots.spec import Robot

ASSUMED_FPS = 50.0
"""An array states no rate; 50 Hz is the usual control rate of small legged robots."""
MALFORMED = (ValueError, TypeError, LookupError, SyntaxError, RecursionError, MemoryError, tokenize.TokenError)
"""What numpy raises on a header that is not one."""


def read(path: Path, robot: Robot | None) -> list[Motion]:
    """The one clip of the file; its columns are the robot's joints, or its leg joints, in the robot's order.

    Raises:
        MotionError: not a numeric array (T, J), or J is neither of the robot's numbers of joints.
    """
    values = _array(read_bytes(path), path.name)
    if robot is None:
        raise MotionError(f"{path.name}: {values.shape[1]} columns without names; name the robot whose joints they are")
    names, order = _names(values.shape[1], robot, path.name)
    return [
        Motion(
            name=path.stem,
            fps=ASSUMED_FPS,
            joint_names=names,
            joint_pos=values,
            loop=False,
            source=path.name,
            notes=(
                f"joint names assumed: the array has none, its {len(names)} columns are taken as {order} of robot "
                f"'{robot.name}' in its order: {', '.join(names)}",
                f"rate assumed: the array states none, {ASSUMED_FPS:g} frames per second are taken",
            ),
        )
    ]


def _names(columns: int, robot: Robot, label: str) -> tuple[tuple[str, ...], str]:
    if columns == robot.nu:
        return robot.joint_names, "the joints"
    if columns == len(robot.leg_joint_names):
        return robot.leg_joint_names, "the leg joints"
    raise MotionError(
        f"{label}: {columns} columns, but robot '{robot.name}' has {robot.nu} joints, "
        f"{len(robot.leg_joint_names)} of them in the legs; give an array with as many columns as one of the two"
    )


def _array(content: bytes, label: str) -> NDArray[np.float64]:
    """The array, read without numpy's own loader, which would claim any memory that a header names."""
    stream = io.BytesIO(content)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            version = np.lib.format.read_magic(stream)
            read_header = {
                (1, 0): np.lib.format.read_array_header_1_0,
                (2, 0): np.lib.format.read_array_header_2_0,
            }[version]
            shape, is_fortran, dtype = read_header(stream)
    except MALFORMED as error:
        reason = " ".join(str(error).split())[:120]
        raise MotionError(f"{label}: not a numpy array file ({reason}); save it with numpy.save") from None
    if dtype.kind not in "fiu" or dtype.itemsize > 8:
        raise MotionError(f"{label}: an array of {str(dtype)[:40]}; expected numbers (float32 or float64)")
    if len(shape) != 2 or not 2 <= shape[0] <= MAX_FRAMES or not 1 <= shape[1] <= MAX_JOINTS:
        raise MotionError(
            f"{label}: an array of shape {str(shape)[:60]}; expected (frames, joints) with 2 to {MAX_FRAMES} frames "
            f"and 1 to {MAX_JOINTS} joints"
        )
    body = content[stream.tell() :]
    if len(body) != shape[0] * shape[1] * dtype.itemsize:
        expected = shape[0] * shape[1] * dtype.itemsize
        raise MotionError(f"{label}: holds {len(body)} bytes of numbers, its header says {expected}; is it cut off?")
    with np.errstate(invalid="ignore"):
        values = np.frombuffer(body, dtype=dtype).astype(np.float64)
    return values.reshape(shape, order="F" if is_fortran else "C")
