"""What `webfoot motion inspect --json` and `webfoot robot inspect --json` say, as documents for the service."""

from pathlib import Path
from typing import Any

from webfoot.motion.document import document
from webfoot.motion.inspect import inspect
from webfoot.motion.read import read_library, read_motions
from webfoot.robots.describe import describe
from webfoot.robots.inspect import inspect_robot
from webfoot.robots.table import load_robot
from webfoot.web.uploads.robot_model import check_inside, find_model

Document = dict[str, Any]
REFUSED = "refused"
"""Key in the document of a motion: files of a library that cannot be used."""


def motion_document(place: str, robot: str) -> Document:
    """All that an inspection finds in a motion file or a folder of them; files of a folder that cannot be used stand
    under `refused`, each with the reason.

    Raises:
        MotionError: it cannot be read, or no file of it.
        RobotError: the robot cannot be used.
    """
    body = load_robot(robot)
    if not Path(place).is_dir():
        return document(place, [inspect(clip, body) for clip in read_motions(place, body)])
    clips, refused = read_library(Path(place), body)
    found = document(place, [inspect(clip, body) for clip in clips])
    return found | {REFUSED: refused} if refused else found


def robot_document(folder: str, wanted: str = "") -> Document:
    """All that is known of a robot, whether it stands, and what is suspicious.

    Args:
        folder: the robot's files.
        wanted: which of them is the model; nothing where there is only one.

    Raises:
        RobotError: no model or several, one that reads files outside, or that cannot be used.
    """
    path = find_model(Path(folder), wanted)
    check_inside(path, Path(folder))
    robot = load_robot(path)
    place = {"mjcf": path.relative_to(folder).as_posix()}  # not where it lies on our disk
    return describe(robot) | inspect_robot(robot).to_dict() | place
