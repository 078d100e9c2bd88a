"""Bring a clip's joints into a robot's order, by name."""

import numpy as np

from webfoot.errors import MotionError
from webfoot.motion.clip import Motion
from webfoot.robots.spec import Robot


def missing_joints(motion: Motion, robot: Robot) -> tuple[str, ...]:
    """Joints of the robot that the clip does not move, in the robot's order."""
    return tuple(name for name in robot.joint_names if name not in motion.joint_names)


def unknown_joints(motion: Motion, robot: Robot) -> tuple[str, ...]:
    """Joints of the clip that the robot does not have, in the clip's order."""
    return tuple(name for name in motion.joint_names if name not in robot.joint_names)


def check_finite(motion: Motion) -> None:
    """Refuse a clip that holds NaN or infinity.

    Raises:
        MotionError: names the first such frame and joint.
    """
    bad = np.argwhere(~np.isfinite(motion.joint_pos))
    if len(bad):
        frame, joint = bad[0]
        value = motion.joint_pos[frame, joint]
        where = f"frame {frame} of {motion.num_frames} holds {value} in joint '{motion.joint_names[joint]}'"
        raise MotionError(f"{motion.name}: {where}; every joint angle is a finite number")
    for label, values in (("root position", motion.root_pos), ("root rotation", motion.root_quat)):
        if values is not None and not np.isfinite(values).all():
            frame = int(np.argwhere(~np.isfinite(values))[0][0])
            raise MotionError(
                f"{motion.name}: frame {frame} of {motion.num_frames} holds a number that is not finite in its {label}"
            )


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
