"""`one_frame_around`: a closed cycle with the frame before its first and the one after its last."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from webfoot.motion.clip import Motion


@dataclass(frozen=True)
class Padded:
    """Poses of frames -1 to T of a closed cycle, so that velocity and acceleration exist on every frame of it."""

    joint_pos: NDArray[np.float64]
    """[rad], shape (T + 2, J)."""
    root_pos: NDArray[np.float64]
    """[m], shape (T + 2, 3)."""
    root_quat: NDArray[np.float64]
    """wxyz, shape (T + 2, 4)."""


def one_frame_around(motion: Motion) -> Padded:
    """Continue a closed cycle by one frame at either end.

    Where a cycle goes on follows from the mean of its first and last step in the heading frame.

    Args:
        motion: closed, with root.
    """
    assert motion.root_pos is not None and motion.root_quat is not None
    position, rotation = motion.root_pos, Rotation.from_quat(motion.root_quat, scalar_first=True)
    forward = rotation.as_matrix()[:, :, 0]
    heading = np.unwrap(np.arctan2(forward[:, 1], forward[:, 0]))
    step = [_turned(position[t + 1] - position[t], -heading[t]) for t in (0, len(position) - 2)]
    turn = 0.5 * (heading[1] - heading[0] + heading[-1] - heading[-2])
    there = position[-1] + _turned(0.5 * (step[0] + step[1]), heading[-1])
    yaw = heading[-1] + turn - heading[0]  # of frame T against frame 0
    shift = there - _turned(position[0], yaw)
    after = np.array([*(shift + _turned(position[0], yaw))[:2], position[0, 2]])
    before = np.array([*_turned(position[-1] - shift, -yaw)[:2], position[-1, 2]])
    spin = Rotation.from_rotvec([0.0, 0.0, yaw])
    around = Rotation.concatenate([spin.inv() * rotation[-1], rotation, spin * rotation[0]])
    return Padded(
        np.concatenate([motion.joint_pos[-1:], motion.joint_pos, motion.joint_pos[:1]]),
        np.concatenate([before[None], position, after[None]]),
        around.as_quat(scalar_first=True),
    )


def _turned(vector: NDArray[np.float64], yaw: float) -> NDArray[np.float64]:
    cos, sin = np.cos(yaw), np.sin(yaw)
    return np.array([cos * vector[0] - sin * vector[1], sin * vector[0] + cos * vector[1], vector[2]])
