"""More clips out of one: the left-right mirror image, and the same walk faster or slower."""

from webfoot.errors import MotionError
from webfoot.motion.clip import Motion
from webfoot.motion.mapping import map_joints
from webfoot.robots.spec import Robot

SLOWEST, FASTEST = 0.1, 10.0


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
        command = (command[0], -command[1], -command[2])
    return mapped.noted(
        "mirrored left to right",
        name=f"{motion.name}_mirrored",
        joint_pos=robot.mirror(mapped.joint_pos),
        root_pos=root_pos,
        root_quat=root_quat,
        command=command,
        stored_velocity=None,
    )


def change_speed(motion: Motion, factor: float) -> Motion:
    """The same poses in 1 / factor of the time: the command and every velocity grow by the factor.

    Args:
        factor: 2 for twice as fast, 0.5 for half.

    Raises:
        MotionError: the factor is not between 0.1 and 10, or the rate would leave 1 to 1000 frames per second.
    """
    if not SLOWEST <= factor <= FASTEST:
        raise MotionError(f"{motion.name}: speed factor {factor:g}; expected {SLOWEST:g} to {FASTEST:g}")
    command = motion.command
    if command is not None:
        command = (command[0] * factor, command[1] * factor, command[2] * factor)
    return motion.noted(
        f"played at {factor:g} times the speed",
        name=f"{motion.name}_x{factor:g}",
        fps=motion.fps * factor,
        command=command,
        stored_velocity=None,
    )
