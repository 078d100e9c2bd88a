"""`ROOT_CHECKS`: pure functions to findings about the base, the feet and the velocities that a file states."""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from webfoot.motion.finding import Finding, Severity
from webfoot.motion.subject import Check, Subject

LOST_HEIGHT_M = 1e-4
VELOCITY_OFF_MS = 0.03
YAW_RATE_OFF_RADS = 0.1
PLAUSIBLE_VELOCITY = 1e6
"""Stored velocities that hold NaN or more than this [m/s, rad/s] are not compared at all."""
SOLE_TILT_DEG = 25.0
"""Standing soles steeper than this on average belong to another robot."""
HEIGHT_OFF_M = 0.03

READER_NOTES: dict[str, tuple[str, Severity, str]] = {
    "foot positions are written": ("foot_frame", "info", "none needed: feet are computed from the joints"),
    "root lies": ("root_shifted", "warning", "preparation moves the base as the stance feet imply"),
    "joint names assumed": ("names_assumed", "info", "check that the columns are in this order; a named file is safer"),
    "rate assumed": ("rate_assumed", "info", "store the rate with the clip (motion convert to .npz)"),
}
"""How a reader's note begins: the code, severity and cure of the finding it becomes."""


def reader_notes(subject: Subject) -> list[Finding]:
    """What the reader noticed or assumed."""
    found = []
    for note in subject.motion.notes:
        known = [entry for begin, entry in READER_NOTES.items() if note.startswith(begin)]
        code, severity, cure = known[0] if known else ("note", "info", "none needed")
        found.append(Finding(code, severity, note, cure))
    return found


def root_height(subject: Subject) -> list[Finding]:
    """A root height that was lost (0.0 throughout), or does not carry the robot's soles on the ground."""
    motion, prepared = subject.motion, subject.prepared
    if motion.root_pos is None or subject.mapped is None:
        return []
    height = motion.root_pos[:, 2]
    cure = "preparation puts the lowest sole on the ground"
    if np.abs(height).max() < LOST_HEIGHT_M:
        what = "the root height is 0.0 on every frame: it was lost"
        return [Finding("root_height_lost", "warning", what, cure, 0, None, 0.0, subject.robot.base_height, "m")]
    if prepared is None or prepared.root_pos is None:
        return []
    value, right = float(height.mean()), float(prepared.root_pos[:, 2].mean())
    if abs(value - right) < HEIGHT_OFF_M:
        return []
    what = f"the root is {value:.3f} m high on average, but soles on the ground would put it at {right:.3f} m"
    return [Finding("root_height", "warning", what, cure, 0, None, value, right, "m")]


def root_speed(subject: Subject) -> list[Finding]:
    """A root that moves at another speed than the feet that stand: the feet slip."""
    own = _mean_root_velocity(subject)
    if own is None or subject.stance is None:
        return []
    right = subject.stance.velocity[_first_steady(subject) : -1].mean(axis=0)
    found = []
    off = float(np.linalg.norm(own[:2] - right[:2]))
    cure = "preparation takes the command from the stance feet"
    if off > max(VELOCITY_OFF_MS, 0.2 * float(np.linalg.norm(right[:2]))):
        what = (
            f"the root moves at ({own[0]:.3f}, {own[1]:.3f}) m/s, the stance feet say ({right[0]:.3f}, {right[1]:.3f})"
        )
        found.append(Finding("feet_slip", "warning", what, cure, None, None, off, VELOCITY_OFF_MS, "m/s"))
    turn = abs(float(own[2] - right[2]))
    if turn > max(YAW_RATE_OFF_RADS, 0.2 * abs(float(right[2]))):
        what = f"the root turns at {own[2]:.3f} rad/s, the stance feet say {right[2]:.3f} rad/s"
        found.append(Finding("feet_slip", "warning", what, cure, None, None, float(own[2]), float(right[2]), "rad/s"))
    return found


def stored_velocity(subject: Subject) -> list[Finding]:
    """Velocities in the file that its own poses (or, without a root, its stance feet) contradict."""
    stored = subject.motion.stored_velocity
    if stored is None or len(stored) < 3 or not (np.abs(stored) < PLAUSIBLE_VELOCITY).all():
        return []
    found, cure = [], "none needed: velocities are recomputed from poses"
    if not stored[0].any() and stored[1:].any():
        what = "all stored velocities of frame 0 are 0 while the clip moves"
        found.append(Finding("first_velocity_zero", "info", what, cure, 0, None, 0.0))
    right = _mean_root_velocity(subject, world=True)
    by = "its poses say"
    if right is None and subject.prepared is not None and subject.prepared.command is not None:
        right, by = np.array(subject.prepared.command), "its stance feet say"
    if right is None:
        return found
    speed, expected = (float(np.linalg.norm(v)) for v in (stored[1:, :2].mean(axis=0), right[:2]))
    if abs(speed - expected) > max(VELOCITY_OFF_MS, 0.2 * expected):
        what = f"the file states {speed:.3f} m/s on average, {by} {expected:.3f} m/s"
        found.append(Finding("stored_velocity", "warning", what, cure, None, None, speed, expected, "m/s"))
    rate, turn = float(stored[1:, 5].mean()), float(right[2])
    if abs(rate - turn) > max(YAW_RATE_OFF_RADS, 0.2 * abs(turn)):
        what = f"the file states a yaw rate of {rate:.3f} rad/s, {by} {turn:.3f} rad/s"
        found.append(Finding("stored_velocity", "warning", what, cure, None, None, rate, turn, "rad/s"))
    return found


def soles_flat(subject: Subject) -> list[Finding]:
    """Standing soles that are far from flat: joint zeros or signs of another robot."""
    if subject.traces is None or not subject.robot.feet:
        return []
    tilt = subject.traces.sole_tilt_deg
    if tilt <= SOLE_TILT_DEG:
        return []
    what = f"the soles that stand are tilted by {tilt:.0f} degrees on average"
    cure = (
        "the joint angles mean another robot, zero pose or sign: retarget the clip, or choose the robot it was made for"
    )
    return [Finding("soles_tilted", "warning", what, cure, None, None, tilt, SOLE_TILT_DEG, "deg")]


def _first_steady(subject: Subject) -> int:
    return 0 if subject.cycle is None else min(subject.cycle.steady_from, subject.motion.num_frames - 2)


def _mean_root_velocity(subject: Subject, world: bool = False) -> NDArray[np.float64] | None:
    """Mean (vx, vy, wz) of the clip's own root in its heading frame (or the world), after the warm-up."""
    motion = subject.motion
    if motion.root_pos is None or motion.root_quat is None or subject.mapped is None:
        return None
    first = 0 if world else _first_steady(subject)
    rotation = Rotation.from_quat(motion.root_quat[first:], scalar_first=True)
    forward = rotation.as_matrix()[:, :, 0]
    heading = np.unwrap(np.arctan2(forward[:, 1], forward[:, 0]))
    step = np.diff(motion.root_pos[first:, :2], axis=0) * motion.fps
    cos, sin = (np.cos(heading[:-1]), np.sin(heading[:-1])) if not world else (1.0, 0.0)
    vx, vy = cos * step[:, 0] + sin * step[:, 1], cos * step[:, 1] - sin * step[:, 0]
    return np.array([vx.mean(), vy.mean(), (np.diff(heading) * motion.fps).mean()])


ROOT_CHECKS: dict[str, Check] = {
    check.__name__: check for check in (reader_notes, root_height, root_speed, stored_velocity, soles_flat)
}
"""Checks of root, feet and stored velocities by name."""
