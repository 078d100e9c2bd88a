"""Cures of the base: its unit, frame and height."""

import numpy as np

from webfoot.errors import MotionError
from webfoot.motion.clip import Motion
from webfoot.motion.foot_checks import clearance_mm
from webfoot.motion.frame_checks import UNITS_PER_M, better_reading, unit_of_root
from webfoot.motion.mapping import check_numbers, map_joints
from webfoot.motion.root_checks import LOST_HEIGHT_M, SOLE_TILT_DEG
from webfoot.motion.traces import Traces, trace
from webfoot.robots.spec import Robot

GROUNDED_MM = 5.0
"""A clip whose median clearance is below this stands on the ground."""


def _traces(motion: Motion, robot: Robot) -> Traces | None:
    """Kinematics of a clip that has a root and legs that this robot knows."""
    if motion.root_pos is None or not robot.feet:
        return None
    try:
        check_numbers(motion)
        return trace(map_joints(motion, robot), robot)
    except MotionError:
        return None


def to_metres(motion: Motion, robot: Robot) -> Motion:
    """A root position in another unit is divided into metres."""
    traces = _traces(motion, robot)
    unit = None if traces is None else unit_of_root(traces)
    if unit is None or motion.root_pos is None:
        return motion
    return motion.noted(f"repaired: root position from {unit} to metres", root_pos=motion.root_pos / UNITS_PER_M[unit])


def to_our_frame(motion: Motion, robot: Robot) -> Motion:
    """Quaternions are reordered to wxyz, and a world with y up is turned, where only that fits the legs."""
    traces = _traces(motion, robot)
    reading = None if traces is None else better_reading(traces)
    if reading is None:
        return motion
    return reading.apply(motion).noted(f"repaired: {reading.what}; read that way", stored_velocity=None)


def ground(motion: Motion, robot: Robot) -> Motion:
    """The clip is shifted so that its lowest sole stands on the floor; a lost height is taken from the feet."""
    traces = _traces(motion, robot)
    if traces is None or motion.root_pos is None:
        return motion
    height = motion.root_pos[:, 2]
    if np.abs(height).max() < LOST_HEIGHT_M:
        position = np.column_stack([motion.root_pos[:, :2], -traces.heights.min(axis=1)])
        return motion.noted("repaired: the lost root height taken from the standing feet", root_pos=position)
    clearance = float(np.median(clearance_mm(traces)))
    if traces.sole_tilt_deg > SOLE_TILT_DEG:  # legs that make no sense do not say where the floor is
        return motion
    if abs(clearance) < GROUNDED_MM or abs(clearance) > 500.0 * robot.base_height:
        return motion
    position = motion.root_pos - [0.0, 0.0, clearance / 1000.0]
    return motion.noted(
        f"repaired: shifted by {-clearance:+.0f} mm so that the feet stand on the floor", root_pos=position
    )
