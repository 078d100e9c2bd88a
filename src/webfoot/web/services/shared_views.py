"""What of a shared object is drawn in 3D. A link shows one object, so no uploaded robot beside it."""

from typing import Any

from sqlalchemy.orm import Session

from webfoot.robots.table import ROBOTS
from webfoot.web.models.objects import Motion
from webfoot.web.services.access import NotFound
from webfoot.web.services.replays import USUAL, replay_of_motion, replay_of_session
from webfoot.web.services.scenes import scene_of_robot, scene_of_session
from webfoot.web.services.sources import FOR_ROBOT
from webfoot.web.settings import Settings
from webfoot.web.viewer.drawing import Drawing


def shared_scene(session: Session, settings: Settings, kind: str, row: Any) -> Drawing:
    """The robot of a training, a robot itself, or the bundled robot of a motion.

    Raises:
        NotFound: the motion is for an uploaded robot.
    """
    if kind == "session":
        return scene_of_session(session, settings, row)
    return scene_of_robot(session, row.owner, settings, f"robot:{row.id}" if kind == "robot" else robot_of_motion(row))


def shared_replay(session: Session, settings: Settings, kind: str, row: Any, episode: int) -> Drawing:
    """A rollout of a training, or a motion.

    Raises:
        NotFound: a robot does not move, the motion is for an uploaded robot, or there is no rollout.
    """
    if kind == "session":
        return replay_of_session(session, settings, row, episode)
    if kind == "motion":
        return replay_of_motion(session, row.owner, settings, f"motion:{row.id}", robot_of_motion(row))
    raise NotFound("this link shows a robot, which has no replay")


def robot_of_motion(row: Motion) -> str:
    """The bundled robot that the newest version of a motion is for.

    Raises:
        NotFound: it is for an uploaded one.
    """
    robot = str(row.versions[-1].report.get(FOR_ROBOT, USUAL)) if row.versions else USUAL
    if robot not in ROBOTS:
        raise NotFound("this motion is for an uploaded robot, which this link does not show")
    return robot


def is_drawn(kind: str, row: Any) -> bool:
    """Whether there is something to be drawn of a motion or a robot."""
    if not row.versions:
        return False
    return kind == "robot" or str(row.versions[-1].report.get(FOR_ROBOT, USUAL)) in ROBOTS
