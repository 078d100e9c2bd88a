"""Bring a clip's joints into a robot's order, by name."""

import numpy as np
from numpy.typing import NDArray

from webfoot.errors import MotionError
from webfoot.motion.clip import Motion
from webfoot.robots.spec import Robot

LARGEST_RAD = 100.0
"""No joint turns sixteen times round; an angle beyond this is a broken number, or degrees."""
LARGEST_M = 1e5


def missing_joints(motion: Motion, robot: Robot) -> tuple[str, ...]:
    """Joints of the robot that the clip does not move, in the robot's order."""
    return tuple(name for name in robot.joint_names if name not in motion.joint_names)


def unknown_joints(motion: Motion, robot: Robot) -> tuple[str, ...]:
    """Joints of the clip that the robot does not have, in the clip's order."""
    return tuple(name for name in motion.joint_names if name not in robot.joint_names)


def check_numbers(motion: Motion) -> None:
    """Refuse a clip that holds NaN, infinity or numbers that no angle, position or rotation can be.

    Raises:
        MotionError: names the first such frame and joint.
    """
    total = motion.num_frames
    bad = np.argwhere(bad_angles(motion))
    if len(bad):
        frame, joint = bad[0]
        value = motion.joint_pos[frame, joint]
        where = f"frame {frame} of {total} holds {value:g} in joint '{motion.joint_names[joint]}'"
        raise MotionError(f"{motion.name}: {where}; a joint angle is a number within {LARGEST_RAD:g} rad")
    if motion.root_pos is not None and not (np.abs(motion.root_pos) <= LARGEST_M).all():
        frame = int(np.argwhere(~(np.abs(motion.root_pos) <= LARGEST_M))[0][0])
        raise MotionError(
            f"{motion.name}: frame {frame} of {total} holds a root position that is no number within {LARGEST_M:g} m"
        )
    if motion.root_quat is not None and (bad_rotations(motion)).any():
        frame = int(np.argmax(bad_rotations(motion)))
        raise MotionError(f"{motion.name}: frame {frame} of {total} holds a root rotation that is no unit quaternion")


def bad_angles(motion: Motion) -> NDArray[np.bool_]:
    """Joint angles that are NaN, infinite or beyond `LARGEST_RAD`, shape (T, J)."""
    return ~(np.abs(motion.joint_pos) <= LARGEST_RAD)


def bad_rotations(motion: Motion) -> NDArray[np.bool_]:
    """Frames whose quaternion is NaN or far from unit length, shape (T,); none where the clip has no rotation."""
    if motion.root_quat is None:
        return np.zeros(motion.num_frames, dtype=np.bool_)
    length = np.linalg.norm(np.clip(motion.root_quat, -10.0, 10.0), axis=1)
    return ~(np.abs(length - 1.0) <= 0.1)


def map_joints(motion: Motion, robot: Robot) -> Motion:
    """The clip with exactly the robot's joints, in its order.

    Joints that the robot does not have are dropped, joints that the clip does not have stand in the default pose;
    both are noted.

    Raises:
        MotionError: a name occurs twice, or none of the robot's leg joints is in the clip.
    """
    names = motion.joint_names
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise MotionError(f"{motion.name}: joint '{twice[0]}' stands for two columns; every column has its own name")
    legs = robot.leg_joint_names or robot.joint_names
    if not set(legs) & set(names):
        raise MotionError(
            f"{motion.name}: none of the leg joints of robot '{robot.name}' is in the clip; the clip moves "
            f"{', '.join(names[:20])}, the robot's legs are {', '.join(legs[:20])}"
        )
    missing, unknown = missing_joints(motion, robot), unknown_joints(motion, robot)
    joint_pos = np.tile(robot.default_pos, (motion.num_frames, 1))
    for column, name in enumerate(robot.joint_names):
        if name in names:
            joint_pos[:, column] = motion.joint_pos[:, names.index(name)]
    notes = list(motion.notes)
    if unknown:
        notes.append(f"dropped joints that robot '{robot.name}' does not have: {', '.join(unknown)}")
    if missing:
        notes.append(f"joints that the clip does not move stand in the default pose: {', '.join(missing)}")
    return Motion(
        name=motion.name,
        fps=motion.fps,
        joint_names=robot.joint_names,
        joint_pos=joint_pos,
        root_pos=motion.root_pos,
        root_quat=motion.root_quat,
        loop=motion.loop,
        command=motion.command,
        source=motion.source,
        notes=tuple(notes),
        stored_velocity=motion.stored_velocity,
    )
