"""Cures of single numbers: gaps, whole turns, degrees, quaternions, outliers, shaking."""

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline
from scipy.signal import butter, sosfiltfilt

from webfoot.counted import counted
from webfoot.motion.clip import Motion
from webfoot.motion.frame_checks import ROOT_JITTER_MM, root_jitter_mm
from webfoot.motion.gaps import LARGEST_QUAT, fillable, longest_gap
from webfoot.motion.jump_checks import WRAP_RAD, spikes
from webfoot.motion.mapping import LARGEST_M, LARGEST_RAD
from webfoot.motion.time_checks import CUTOFF_HZ, JITTER_RAD, can_be_calmed, interpolation_error, jitter_rad
from webfoot.robots.spec import Robot


def fill_gaps(motion: Motion, robot: Robot) -> Motion:
    """NaN and infinity in gaps up to `LONGEST_GAP_S` become the cubic spline through their neighbours."""
    longest = longest_gap(motion.fps)
    joints, filled = _filled(motion.joint_pos, LARGEST_RAD, longest)
    changes: dict[str, object] = {"joint_pos": joints}
    for name, largest in (("root_pos", LARGEST_M), ("root_quat", LARGEST_QUAT)):
        values = getattr(motion, name)
        if values is not None:
            changes[name], count = _filled(values, largest, longest)
            filled += count
    if not filled:
        return motion
    return motion.noted(
        f"repaired: {counted(filled, 'number')} in gaps of at most {longest} frames interpolated", **changes
    )


def _filled(values: NDArray[np.float64], largest: float, longest: int) -> tuple[NDArray[np.float64], int]:
    """Columns with their short gaps filled, and how many numbers that were."""
    result, gaps = values.copy(), fillable(values, largest, longest)
    for column in np.flatnonzero(gaps.any(axis=0)):
        frames = np.flatnonzero(gaps[:, column])
        good = np.flatnonzero(np.abs(values[:, column]) <= largest)
        result[frames, column] = CubicSpline(good, values[good, column], extrapolate=False)(frames)
    return result, int(gaps.sum())


def unwrap(motion: Motion, robot: Robot) -> Motion:
    """Jumps by a whole turn are taken out of the joint angles."""
    jumps = np.abs(np.diff(motion.joint_pos, axis=0)) > WRAP_RAD
    columns = np.flatnonzero(jumps.any(axis=0))
    if not len(columns) or not np.isfinite(motion.joint_pos).all():
        return motion
    joints = motion.joint_pos.copy()
    joints[:, columns] = np.unwrap(joints[:, columns], axis=0)
    joints[:, columns] -= 2 * np.pi * np.round(np.median(joints[:, columns], axis=0) / (2 * np.pi))
    names = ", ".join(motion.joint_names[j] for j in columns)
    return motion.noted(f"repaired: whole turns taken out of {names}", joint_pos=joints)


def mend_quaternions(motion: Motion, robot: Robot) -> Motion:
    """Unit length, and no change of sign from frame to frame."""
    if motion.root_quat is None or not np.isfinite(motion.root_quat).all():
        return motion
    length = np.linalg.norm(motion.root_quat, axis=1, keepdims=True)
    if length.min() < 1e-6:
        return motion
    quat = motion.root_quat / length
    sign = np.cumprod(np.concatenate([[1.0], np.where((quat[1:] * quat[:-1]).sum(axis=1) < 0, -1.0, 1.0)]))
    said = []
    if np.abs(length - 1.0).max() > 1e-3:
        said.append("brought to unit length")
    if (sign < 0).any():
        said.append("kept at one sign")
    if not said:
        return motion
    return motion.noted(f"repaired: root quaternions {' and '.join(said)}", root_quat=quat * sign[:, None])


def remove_spikes(motion: Motion, robot: Robot) -> Motion:
    """Single wrong frames of a joint become the cubic through their neighbours."""
    wrong = spikes(motion)
    if not wrong.any():
        return motion
    joints = motion.joint_pos - np.where(wrong, interpolation_error(motion.joint_pos, motion.loop), 0.0)
    names = ", ".join(motion.joint_names[j] for j in np.flatnonzero(wrong.any(axis=0)))
    return motion.noted(
        f"repaired: {counted(int(wrong.sum()), 'single wrong frame')} replaced in {names}", joint_pos=joints
    )


def calm(motion: Motion, robot: Robot) -> Motion:
    """Shaking joints and a shaking root are low-passed at `CUTOFF_HZ` without delay."""
    if not can_be_calmed(motion) or not np.isfinite(motion.joint_pos).all():
        return motion
    shaking = np.flatnonzero(jitter_rad(motion) > JITTER_RAD)
    if len(shaking):
        joints = motion.joint_pos.copy()
        joints[:, shaking] = _low_passed(joints[:, shaking], motion)
        names = ", ".join(motion.joint_names[j] for j in shaking)
        motion = motion.noted(f"repaired: shaking low-passed at {CUTOFF_HZ:g} Hz in {names}", joint_pos=joints)
    if motion.root_pos is not None and 1e4 > root_jitter_mm(motion.root_pos) > ROOT_JITTER_MM and not motion.loop:
        position = _low_passed(motion.root_pos, motion)
        motion = motion.noted(f"repaired: shaking root low-passed at {CUTOFF_HZ:g} Hz", root_pos=position)
    return motion


def _low_passed(values: NDArray[np.float64], motion: Motion) -> NDArray[np.float64]:
    filter_ = butter(2, CUTOFF_HZ, fs=motion.fps, output="sos")
    if not motion.loop:
        return sosfiltfilt(filter_, values, axis=0)
    count = len(values)
    return sosfiltfilt(filter_, np.tile(values, (3, 1)), axis=0)[count : 2 * count]
