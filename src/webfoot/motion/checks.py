"""`CHECKS`: pure functions from a clip and a robot to findings about joints and time."""

import numpy as np
from numpy.typing import NDArray

from webfoot.motion.clip import Motion
from webfoot.motion.finding import Finding
from webfoot.motion.gaps import LARGEST_QUAT, fillable, longest_gap
from webfoot.motion.mapping import (
    LARGEST_M,
    LARGEST_RAD,
    bad_angles,
    bad_rotations,
    missing_joints,
    unknown_joints,
)
from webfoot.motion.subject import Check, Subject
from webfoot.motion.time_checks import interpolation_error

REPAIR = "motion repair"
"""How a cure names the command that does it."""
FEWEST_FRAMES = 8
SHORT_S = 0.2
"""A clip shorter than this holds no gait cycle of any robot of this size."""
OUTSIDE_RAD = 0.1
OUTSIDE_SHARE = 0.9
"""A leg joint this far out of its range on this share of the frames was recorded for another robot (or zero pose)."""
SEAM_RAD = 0.02
"""Kink at the seam that is let pass, beside two and a half times the largest within the clip."""
STILL_RAD = 0.01
"""Legs whose angles move less than this in all stand still."""


def steps(motion: Motion) -> NDArray[np.float64]:
    """Joint steps from frame t to t + 1; of a loop with the one back to frame 0, shape (T or T - 1, J)."""
    closed = [motion.joint_pos[:1]] if motion.loop else []
    return np.diff(np.concatenate([motion.joint_pos, *closed]), axis=0)


def broken_numbers(subject: Subject) -> list[Finding]:
    """NaN, infinity, or numbers that no angle, position or rotation can be."""
    motion, found = subject.motion, []
    bad = np.argwhere(bad_angles(motion))
    if len(bad):
        frame, joint = int(bad[0, 0]), motion.joint_names[bad[0, 1]]
        value = float(motion.joint_pos[tuple(bad[0])])
        angles = "1 joint angle is no number" if len(bad) == 1 else f"{len(bad)} joint angles are no numbers"
        what = f"{angles} within {LARGEST_RAD:g} rad, the first, {value:g}, at frame {frame} in joint '{joint}'"
        cure = _gap_cure(motion, motion.joint_pos, LARGEST_RAD)
        if np.isfinite(value) and REPAIR not in cure:
            cure = "angles are in radians: convert them if these are degrees"
        found.append(Finding("broken_number", "error", what, cure, frame, joint, value, LARGEST_RAD, "rad"))
    if motion.root_pos is not None and not (np.abs(motion.root_pos) <= LARGEST_M).all():
        frame = int(np.argwhere(~(np.abs(motion.root_pos) <= LARGEST_M))[0, 0])
        what = f"the root position of frame {frame} is no number within {LARGEST_M:g} m"
        cure = _gap_cure(motion, motion.root_pos, LARGEST_M)
        found.append(Finding("broken_number", "error", what, cure, frame, limit=LARGEST_M, unit="m"))
    if bad_rotations(motion).any():
        frame = int(np.argmax(bad_rotations(motion)))
        what = f"the root rotation of frame {frame} is no unit quaternion"
        cure = "store unit quaternions, wxyz"
        if motion.root_quat is not None and not np.isfinite(motion.root_quat[bad_rotations(motion)]).all():
            cure = _gap_cure(motion, motion.root_quat, LARGEST_QUAT)
        found.append(Finding("broken_number", "error", what, cure, frame, limit=1.0))
    return found


def _gap_cure(motion: Motion, values: NDArray[np.float64], largest: float) -> str:
    """What to do with columns of which some numbers are missing or impossible."""
    longest = longest_gap(motion.fps)
    if (fillable(values, largest, longest) == ~(np.abs(values) <= largest)).all():
        return f"{REPAIR} interpolates gaps of at most {longest} frames"
    return f"cut these frames: what happens in a gap of more than {longest} frames, or at an end, cannot be known"


def joints_of_robot(subject: Subject) -> list[Finding]:
    """Joints that the robot does not have, and joints that the clip does not move."""
    motion, robot = subject.motion, subject.robot
    missing, unknown = missing_joints(motion, robot), unknown_joints(motion, robot)
    legs_missing = [name for name in missing if name in robot.leg_joint_names]
    found = []
    if unknown:
        what = f"robot '{robot.name}' has no joint {', '.join(unknown)}"
        found.append(Finding("unknown_joint", "info", what, "none needed: these columns are dropped", joint=unknown[0]))
    if legs_missing:
        severity = "error" if len(legs_missing) == len(robot.leg_joint_names) else "warning"
        joints = "joint" if len(legs_missing) == 1 else "joints"
        what = f"the clip does not move the leg {joints} {', '.join(legs_missing)} of robot '{robot.name}'"
        cure = "rename the clip's joints to the robot's names, or choose the robot it was made for"
        found.append(Finding("missing_leg_joint", severity, what, cure, joint=legs_missing[0]))
    others = [name for name in missing if name not in legs_missing]
    if others:
        what = f"the clip does not move {', '.join(others)}"
        found.append(Finding("missing_joint", "info", what, "none needed: they keep the default pose", joint=others[0]))
    return found


def joint_limits(subject: Subject) -> list[Finding]:
    """Angles beyond a joint's range; nearly always beyond it means that the clip is another robot's."""
    if subject.mapped is None:
        return []
    robot, angles, found = subject.robot, subject.mapped.joint_pos, []
    beyond = np.maximum(angles - robot.upper, robot.lower - angles)  # (T, nu), > 0 outside
    for j in np.flatnonzero(beyond.max(axis=0) > 1e-6):
        frame, name = int(beyond[:, j].argmax()), robot.joint_names[j]
        value = float(angles[frame, j])
        limit = float(robot.upper[j] if value > robot.upper[j] else robot.lower[j])
        share = float((beyond[:, j] > 0).mean())
        what = f"joint '{name}' is at {value:.3f} rad in frame {frame}, its limit is {limit:.3f} rad"
        what += f"; {100 * share:.0f} % of the frames lie outside"
        cure = "preparation clips it to the limit; a smaller step or a higher base keeps the shape of the motion"
        is_alien = name in robot.leg_joint_names and (beyond[:, j] > OUTSIDE_RAD).mean() >= OUTSIDE_SHARE
        if is_alien:
            cure = "the clip means another zero pose or sign: retarget it, or choose the robot it was made for"
        severity = "error" if is_alien else "warning"
        found.append(Finding("joint_limit", severity, what, cure, frame, name, value, limit, "rad"))
    return found


def servo_speed(subject: Subject) -> list[Finding]:
    """Joints that turn faster than their servo can."""
    if subject.mapped is None:
        return []
    robot, found = subject.robot, []
    speed = np.abs(steps(subject.mapped)) * subject.mapped.fps
    for j in np.flatnonzero(speed.max(axis=0) > robot.velocity_limit):
        frame, name, limit = int(speed[:, j].argmax()), robot.joint_names[j], float(robot.velocity_limit[j])
        value, share = float(speed[frame, j]), float((speed[:, j] > limit).mean())
        what = f"joint '{name}' turns at {value:.1f} rad/s in frame {frame}, its servo at {limit:.1f} rad/s at most"
        what += f"; {100 * share:.0f} % of the frames are too fast"
        cure = "slow the clip down (motion augment --speed), or let preparation shrink it (clip_speed)"
        found.append(Finding("servo_speed", "warning", what, cure, frame, name, value, limit, "rad/s"))
    return found


def servo_torque(subject: Subject) -> list[Finding]:
    """Joints that need more torque than their servo has on average (RMS): short peaks only let a joint lag."""
    if subject.torque is None:
        return []
    found, robot = [], subject.robot
    need = np.sqrt(np.square(subject.torque).mean(axis=0))
    for j in np.flatnonzero(need > robot.torque_limit):
        value, limit, name = float(need[j]), float(robot.torque_limit[j]), robot.joint_names[j]
        what = f"joint '{name}' needs {value:.2f} Nm (RMS), its servo gives {limit:.2f} Nm"
        cure = "smaller or slower steps, a higher base, or a stronger servo"
        found.append(Finding("servo_torque", "warning", what, cure, None, name, value, limit, "Nm"))
    return found


def seam(subject: Subject) -> list[Finding]:
    """A loop whose step from the last frame to the first is larger than its other steps."""
    motion = subject.mapped
    if motion is None or not motion.loop:
        return []
    error = np.abs(interpolation_error(motion.joint_pos, loop=True))  # (T, nu)
    at_seam, within = error[[-2, -1, 0, 1]].max(axis=0), error[2:-2].max(axis=0, initial=0.0)
    j = int((at_seam - 2.5 * within).argmax())
    value, limit = float(at_seam[j]), float(2.5 * within[j] + SEAM_RAD)
    if value <= limit:
        return []
    name, last = subject.robot.joint_names[j], motion.num_frames - 1
    what = f"joint '{name}' kinks by {value:.3f} rad where the last frame goes over into the first, "
    what += f"{within[j]:.3f} rad at most within"
    cure = "preparation closes the seam with a Fourier series"
    return [Finding("seam", "warning", what, cure, last, name, value, limit, "rad")]


def warm_up(subject: Subject) -> list[Finding]:
    """Frames before the gait is steady."""
    cycle, motion = subject.cycle, subject.motion
    if cycle is None or cycle.steady_from < 1:
        return []
    value = cycle.steady_from / motion.fps
    what = f"the first {value:.2f} s ({cycle.steady_from} frames) do not repeat: the clip starts from rest"
    cure = "preparation cuts them"
    return [Finding("warm_up", "warning", what, cure, cycle.steady_from, value=value, limit=0.0, unit="s")]


def length(subject: Subject) -> list[Finding]:
    """Clips too short for a cycle, clips without a cycle, and clips in which nothing moves."""
    motion, found = subject.motion, []
    if motion.num_frames < FEWEST_FRAMES or motion.duration_s < SHORT_S:
        what = f"{motion.num_frames} frames, {motion.duration_s:.3f} s; a gait cycle takes {FEWEST_FRAMES} frames and"
        what += f" {SHORT_S:g} s at least"
        cure = "give one whole gait cycle or more"
        found.append(Finding("too_short", "error", what, cure, 0, None, motion.duration_s, SHORT_S, "s"))
    if subject.mapped is None:
        return found
    legs = subject.mapped.joint_pos[:, subject.robot.leg_ids]
    moved = float(np.ptp(legs, axis=0).max()) if legs.size else 0.0
    if moved < STILL_RAD:
        what = f"the legs stand still: no leg joint moves more than {moved:.4f} rad"
        cure = "nothing walks in this clip; give one that does"
        found.append(Finding("still", "warning", what, cure, None, None, moved, STILL_RAD, "rad"))
    elif subject.cycle is None:
        what = "no gait period: the joint angles do not repeat"
        cure = "preparation keeps the clip whole and blends its seam; for a walk, give a clip of two cycles or more"
        found.append(Finding("no_period", "warning", what, cure))
    return found


def unprepared(subject: Subject) -> list[Finding]:
    """What else keeps `prepare` from its work."""
    known = broken_numbers(subject) or any(f.severity == "error" for f in joints_of_robot(subject))
    if not subject.failure or known:
        return []
    return [Finding("not_preparable", "error", subject.failure, "mend what the message names")]


CHECKS: dict[str, Check] = {
    check.__name__: check
    for check in (
        broken_numbers,
        joints_of_robot,
        joint_limits,
        servo_speed,
        servo_torque,
        seam,
        warm_up,
        length,
        unprepared,
    )
}
"""Checks of joints and time by name; those of root and feet stand in `root_checks`."""
