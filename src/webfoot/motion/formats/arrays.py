"""Reader of a plain `.npy` array (T, J) of joint angles: no names, no rate; both are assumed aloud."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from webfoot.errors import MotionError
from webfoot.motion.clip import Motion
from webfoot.motion.formats.limits import MAX_FRAMES, MAX_JOINTS, read_bytes
from webfoot.motion.formats.npy import array_of
from webfoot.robots.spec import Robot

ASSUMED_FPS = 50.0
"""An array states no rate; 50 Hz is the usual control rate of small legged robots."""


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
    array = array_of(content, label)
    if array.dtype.kind not in "fiu" or array.dtype.itemsize > 8:
        raise MotionError(f"{label}: an array of {str(array.dtype)[:40]}; expected numbers (float32 or float64)")
    if array.ndim != 2 or not 2 <= array.shape[0] <= MAX_FRAMES or not 1 <= array.shape[1] <= MAX_JOINTS:
        raise MotionError(
            f"{label}: an array of shape {str(array.shape)[:60]}; expected (frames, joints) with 2 to {MAX_FRAMES} "
            f"frames and 1 to {MAX_JOINTS} joints"
        )
    with np.errstate(invalid="ignore"):  # signalling NaN, left for the inspection to find
        return array.astype(np.float64)
