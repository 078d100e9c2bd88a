"""Cures of whole frames: doubled, missing, before the gait, and an open seam."""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation, Slerp

from webfoot.counted import counted
from webfoot.errors import MotionError
from webfoot.motion.checks import seam
from webfoot.motion.clip import Motion
from webfoot.motion.mapping import check_numbers, map_joints
from webfoot.motion.prepare import find_cycle
from webfoot.motion.subject import Subject
from webfoot.motion.time_checks import grid_rad, interpolation_error, missing_frames, repeated_frames
from webfoot.robots.spec import Robot

SHORTEST_WARM_UP_S = 0.1
"""What repeats after less than this needs no cut [s]."""


def at_times(motion: Motion, times: NDArray[np.float64], note: str) -> Motion:
    """The clip at other frames: joints and position linearly, rotations by slerp; stored velocities are dropped."""
    frames = np.arange(motion.num_frames)
    changes: dict[str, object] = {"stored_velocity": None}
    changes["joint_pos"] = np.column_stack([np.interp(times, frames, column) for column in motion.joint_pos.T])
    if motion.root_pos is not None:
        changes["root_pos"] = np.column_stack([np.interp(times, frames, column) for column in motion.root_pos.T])
    if motion.root_quat is not None:
        path = Slerp(frames, Rotation.from_quat(motion.root_quat, scalar_first=True))
        changes["root_quat"] = path(times).as_quat(scalar_first=True)
    return motion.noted(note, **changes)


def mend_repeats(motion: Motion, robot: Robot) -> Motion:
    """Frames that stand twice are removed; where the robot went on meanwhile they are interpolated."""
    repeats = repeated_frames(motion)
    if not len(repeats) or not _is_sound(motion) or any(grid_rad(column) for column in motion.joint_pos.T):
        return motion
    keep = np.setdiff1d(np.arange(motion.num_frames), repeats)
    removed = _only(motion, keep)
    places = np.interp(np.arange(motion.num_frames, dtype=np.float64), keep, np.arange(len(keep), dtype=np.float64))
    filled = at_times(removed, np.asarray(places, dtype=np.float64), "")
    if _roughness(filled) < _roughness(removed):  # the robot went on while the recorder held the frame
        return motion.noted(f"repaired: {counted(len(repeats), 'held frame')} interpolated", **_poses(filled))
    return motion.noted(f"repaired: {counted(len(repeats), 'doubled frame')} removed", **_poses(removed))


def _roughness(motion: Motion) -> float:
    return float(np.square(interpolation_error(motion.joint_pos, motion.loop)).sum())


def fill_missing(motion: Motion, robot: Robot) -> Motion:
    """A frame is put in the middle of every step in which one is missing."""
    if not _is_sound(motion) or motion.num_frames < 12:
        return motion
    legs = np.array([j for j, name in enumerate(motion.joint_names) if name in robot.leg_joint_names], dtype=np.int64)
    gaps = missing_frames(motion, legs)
    if not len(gaps):
        return motion
    times = np.sort(np.concatenate([np.arange(motion.num_frames), gaps + 0.5]))
    times = np.asarray(times, dtype=np.float64)
    return at_times(motion, times, f"repaired: {counted(len(gaps), 'missing frame')} put between their neighbours")


def cut_warm_up(motion: Motion, robot: Robot) -> Motion:
    """What comes before the gait is steady is cut off."""
    try:
        check_numbers(motion)
        cycle = find_cycle(map_joints(motion, robot), robot)
    except MotionError:
        return motion
    if cycle is None or motion.loop or cycle.steady_from < SHORTEST_WARM_UP_S * motion.fps:
        return motion
    first = cycle.steady_from
    if motion.num_frames - first < 2 * cycle.period_frames:
        return motion
    note = f"repaired: the first {first / motion.fps:.2f} s before the gait cut off"
    return motion.noted(note, **_poses(_only(motion, np.arange(first, motion.num_frames))))


def close_seam(motion: Motion, robot: Robot) -> Motion:
    """What a loop lacks to its start is spread evenly over its frames."""
    if not motion.loop or not _is_sound(motion):
        return motion
    mapped = map_joints(motion, robot)
    if not seam(Subject(motion, robot, mapped, None, None, "")):
        return motion
    error = interpolation_error(motion.joint_pos, loop=True)
    kink = np.abs(error[[-2, -1, 0, 1]]).max(axis=0) > 2.5 * np.abs(error[2:-2]).max(axis=0) + 0.02
    angles = motion.joint_pos.copy()
    ahead = 2 * angles[-1] - angles[-2]  # where frame T would be without a seam
    back = 2 * angles[0] - angles[1]
    lacks = 0.5 * ((angles[0] - ahead) + (back - angles[-1])) * kink
    angles += (np.arange(len(angles)) / len(angles) - 0.5)[:, None] * lacks
    names = ", ".join(motion.joint_names[j] for j in np.flatnonzero(kink))
    return motion.noted(f"repaired: the seam of the loop closed in {names}", joint_pos=angles)


def _is_sound(motion: Motion) -> bool:
    try:
        check_numbers(motion)
    except MotionError:
        return False
    return True


def _only(motion: Motion, keep: NDArray[np.int64]) -> Motion:
    return at_times(motion, keep.astype(np.float64), "")


def _poses(motion: Motion) -> dict[str, object]:
    names = ("joint_pos", "root_pos", "root_quat", "stored_velocity")
    return {name: getattr(motion, name) for name in names}
