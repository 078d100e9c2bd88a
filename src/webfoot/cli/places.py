"""What ROBOT and MOTION mean on the command line."""

from pathlib import Path
from typing import Annotated

import tyro

from webfoot.motion.bundled import BUNDLED_MOTIONS, bundled_path
from webfoot.robots.spec import Robot

RobotName = Annotated[str, tyro.conf.arg(metavar="ROBOT")]
MotionPlace = Annotated[str, tyro.conf.arg(metavar="MOTION")]
Output = Annotated[str, tyro.conf.arg(metavar="OUT")]


def find_motion(location: str, robot: Robot) -> str:
    """The location itself, or where the robot's bundled motion of that name lies: `walk` is the duckling's walk."""
    if location in BUNDLED_MOTIONS.get(robot.name, {}) and not Path(location).exists():
        return str(bundled_path(robot.name, location))
    return location
