"""`walked_on`: a prepared cycle, walked several times over."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from webfoot.motion.clip import Motion


def walked_on(motion: Motion, cycles: int) -> Motion:
    """A clip in which each cycle begins where the one before has ended, and heads where that one headed.

    Args:
        motion: a closed cycle out of `prepare`.
        cycles: how often it is walked.
    """
    assert motion.root_pos is not None and motion.root_quat is not None and motion.command is not None
    turn, step = motion.command[2] * motion.duration_s, _step_of_cycle(motion)
    number = np.arange(cycles)
    headings = Rotation.from_euler("z", turn * number[:, None])
    begins = np.concatenate([np.zeros((1, 3)), np.cumsum(headings.apply(step), axis=0)[:-1]])
    origin, rotation = motion.root_pos[0] * [1.0, 1.0, 0.0], Rotation.from_quat(motion.root_quat, scalar_first=True)
    position = [origin + begin + heading.apply(motion.root_pos - origin) for heading, begin in _each(headings, begins)]
    turned = [(heading * rotation).as_quat(scalar_first=True) for heading in headings]
    return replace(
        motion,
        joint_pos=np.tile(motion.joint_pos, (cycles, 1)),
        root_pos=np.concatenate(position),
        root_quat=np.concatenate(turned),
        loop=False,
        stored_velocity=None,
    )


def _each(headings: Rotation, begins: NDArray[np.float64]) -> list[tuple[Rotation, NDArray[np.float64]]]:
    return [(headings[k], begins[k]) for k in range(len(begins))]


def _step_of_cycle(motion: Motion) -> NDArray[np.float64]:
    """From the first frame to the one behind the last [m], (3,).

    The command is the mean of the velocities in the heading frame, so the last velocity, from the last frame to the
    first, is N command - sum of the others.
    """
    assert motion.root_pos is not None and motion.root_quat is not None and motion.command is not None
    forward = Rotation.from_quat(motion.root_quat, scalar_first=True).as_matrix()[:, :, 0]
    heading = Rotation.from_euler("z", np.arctan2(forward[:, 1], forward[:, 0])[:, None])
    steps = np.diff(motion.root_pos, axis=0) * [1.0, 1.0, 0.0]
    whole = np.array([*motion.command[:2], 0.0]) * motion.duration_s
    last = whole - heading[:-1].inv().apply(steps).sum(axis=0)
    return steps.sum(axis=0) + heading[-1].apply(last)
