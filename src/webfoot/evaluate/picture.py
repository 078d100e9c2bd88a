"""A picture of a robot in its standing pose, where the machine can draw one."""

from pathlib import Path

from webfoot.evaluate.render import draw
from webfoot.robots.spec import Robot


def render_picture(robot: Robot, path: str | Path) -> str | None:
    """Draw the robot as it stands, as a PNG, 640 x 480.

    Returns:
        None once the picture is at `path`, else one sentence that says why there is none.
    """
    reason = draw(robot, robot.model.key_qpos[:1], "picture.png", Path(path))
    return None if reason is None else f"no picture: {reason}"
