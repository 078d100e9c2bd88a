"""Cures of joint columns: degrees, and, only where asked for, signs, sides, order and zero positions."""

import numpy as np

from webfoot.counted import counted
from webfoot.errors import MotionError
from webfoot.motion.clip import Motion
from webfoot.motion.joint_checks import degree_joints
from webfoot.motion.mapping import check_numbers, map_joints, missing_joints
from webfoot.motion.misread import best_explanation
from webfoot.robots.spec import Robot


def to_radians(motion: Motion, robot: Robot) -> Motion:
    """Columns that only degrees can be become radians; where most are, all are."""
    known = [j for j, name in enumerate(motion.joint_names) if name in robot.joint_names]
    if not known or not np.isfinite(motion.joint_pos).all():
        return motion
    order = [robot.joint_names.index(motion.joint_names[j]) for j in known]
    in_degrees = np.array(known)[degree_joints(motion.joint_pos[:, known], robot.lower[order], robot.upper[order])]
    if not len(in_degrees):
        return motion
    for foot in robot.feet:  # a leg comes from one source: where most of its columns are degrees, all are
        leg = [j for j in known if motion.joint_names[j] in foot.joints]
        if 2 * np.isin(leg, in_degrees).sum() > len(leg):
            in_degrees = np.union1d(in_degrees, leg)
    moving = [j for j in known if np.abs(motion.joint_pos[:, j]).max() > 1e-3]
    columns = np.arange(len(motion.joint_names)) if 2 * len(in_degrees) > len(moving) else in_degrees
    joints = motion.joint_pos.copy()
    joints[:, columns] *= np.pi / 180
    count = "all joints" if len(columns) == len(motion.joint_names) else counted(len(columns), "joint")
    return motion.noted(f"repaired: {count} from degrees to radians", joint_pos=joints)


def reread(motion: Motion, robot: Robot) -> Motion:
    """Undo the one mistake in the columns that explains the clip best: a sign, a side, an order, a zero position."""
    try:
        check_numbers(motion)
        mapped = map_joints(motion, robot)
    except MotionError:
        return motion
    best = None if missing_joints(motion, robot) else best_explanation(mapped, robot)
    if best is None:
        return motion
    return mapped.noted(f"repaired, as asked: {best.what}; undone", joint_pos=best.undo(mapped.joint_pos))
