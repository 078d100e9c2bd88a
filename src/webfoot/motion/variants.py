"""Other clips out of one: its left-right mirror image, the same walk faster or slower, or turned in the world."""

import numpy as np
from scipy.spatial.transform import Rotation

from webfoot.errors import MotionError
from webfoot.motion.clip import Motion
from webfoot.motion.mapping import map_joints
from webfoot.robots.spec import Robot

SLOWEST, FASTEST = 0.1, 10.0
SERVO_SHARE = 0.95
"""A clip is made no faster than this share of its servos; between its frames a joint may be a little faster."""
LEAST_GAIN = 1.01
"""A clip that the servos allow to be less than so many times as fast is refused: it would be the same clip."""


def mirror(motion: Motion, robot: Robot) -> Motion:
    """The clip seen in a mirror: left is right, it goes and turns to the other side.

    Positions (x, y, z) become (x, -y, z); a rotation vector is a pseudo-vector, so (x, y, z) becomes (-x, y, -z).

    Raises:
        MotionError: the robot has no mirror map, or the clip no joint in common with its legs.
    """
    if robot.mirror is None:
        raise MotionError(
            f"{motion.name}: robot '{robot.name}' has no left-right mirror map, so no clip can be mirrored"
        )
    mapped = map_joints(motion, robot)
    root_pos, root_quat, command = mapped.root_pos, mapped.root_quat, mapped.command
    if root_pos is not None:
        root_pos = root_pos * [1.0, -1.0, 1.0]
    if root_quat is not None:
        root_quat = root_quat * [1.0, -1.0, 1.0, -1.0]  # w, -x, y, -z
    if command is not None:
        command = (command[0], -command[1] + 0.0, -command[2] + 0.0)
    return mapped.noted(
        "mirrored left to right",
        name=f"{motion.name}_mirrored",
        joint_pos=robot.mirror(mapped.joint_pos),
        root_pos=root_pos,
        root_quat=root_quat,
        command=command,
        stored_velocity=None,
    )


def change_speed(motion: Motion, robot: Robot, factor: float) -> Motion:
    """The same poses in 1 / factor of the time: the command and every velocity grow by the factor.

    A factor above 1 gives way to the greatest at which no joint comes too near to its servo's speed; the clip says so.

    Args:
        factor: 2 for twice as fast, 0.5 for half.

    Raises:
        MotionError: the factor is not between 0.1 and 10, the servos allow nothing faster than the clip is, or the
                rate would leave 1 to 1000 frames per second.
    """
    if not SLOWEST <= factor <= FASTEST:
        raise MotionError(f"{motion.name}: speed factor {factor:g}; expected {SLOWEST:g} to {FASTEST:g}")
    allowed, note = factor, ""
    if factor > 1.0:
        allowed, note = _allowed(motion, robot, factor)
    command = motion.command
    if command is not None:
        command = (command[0] * allowed, command[1] * allowed, command[2] * allowed)
    return motion.noted(
        f"played at {allowed:g} times the speed{note}",
        name=f"{motion.name}_x{allowed:g}",
        fps=motion.fps * allowed,
        command=command,
        stored_velocity=None,
    )


def _allowed(motion: Motion, robot: Robot, factor: float) -> tuple[float, str]:
    """The factor, or the greatest that the servos allow and why."""
    joint_pos = map_joints(motion, robot).joint_pos
    ends = joint_pos[:1] if motion.loop else joint_pos[-1:]
    fastest = np.abs(np.diff(joint_pos, axis=0, append=ends)).max(axis=0) * motion.fps
    share = fastest / (SERVO_SHARE * robot.velocity_limit)
    worst = int(share.argmax())
    if factor * share[worst] <= 1.0:
        return factor, ""
    name, limit = robot.joint_names[worst], robot.velocity_limit[worst]
    most = float(np.floor(1000.0 / share[worst]) / 1000.0)
    if most < LEAST_GAIN:
        raise MotionError(
            f"{motion.name}: cannot be made faster: joint '{name}' turns at {fastest[worst]:.1f} rad/s already, its "
            f"servo at {limit:.1f}"
        )
    return (
        most,
        f" instead of {factor:g}, where joint '{name}' would turn faster than its servo can ({limit:.1f} rad/s)",
    )


def turn(motion: Motion, yaw_deg: float) -> Motion:
    """The whole clip turned about the vertical through the world's origin.

    In the heading frame nothing changes: joint angles, heights, tilt and the command stay as they are, and a training
    here, which sees each clip in its heading frame, would see the same clip twice. It is for programs that take the
    base's place in the world from the file, and to try whether one really does not depend on the heading.

    Args:
        yaw_deg: turned to the left by so much [deg].

    Raises:
        MotionError: the clip has no base in the world.
    """
    if motion.root_pos is None and motion.root_quat is None:
        raise MotionError(f"{motion.name}: has no base in the world that could be turned; leave the yaw out")
    spin = Rotation.from_euler("z", yaw_deg, degrees=True)
    root_pos, root_quat, stored = motion.root_pos, motion.root_quat, motion.stored_velocity
    if root_pos is not None:
        root_pos = spin.apply(root_pos)
    if root_quat is not None:
        root_quat = (spin * Rotation.from_quat(root_quat, scalar_first=True)).as_quat(scalar_first=True)
    if stored is not None:
        stored = np.column_stack([spin.apply(stored[:, :3]), spin.apply(stored[:, 3:])])
    return motion.noted(
        f"turned by {yaw_deg:g} degrees in the world; in the heading frame it is the same walk",
        name=f"{motion.name}_yaw{yaw_deg:g}",
        root_pos=root_pos,
        root_quat=root_quat,
        stored_velocity=stored,
    )
