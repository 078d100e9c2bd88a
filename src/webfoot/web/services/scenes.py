"""Robots to be drawn: bundled ones, uploaded ones, and the one of a session."""

from sqlalchemy.orm import Session

from webfoot.robots.table import ROBOTS
from webfoot.web.models.objects import RobotVersion
from webfoot.web.models.training import TrainingSession
from webfoot.web.models.user import User
from webfoot.web.services.sources import tree_of, uploaded_robot
from webfoot.web.settings import Settings
from webfoot.web.viewer.drawing import Drawing, Place, file_at


def scene_of_robot(session: Session, user: User, settings: Settings, reference: str) -> Drawing:
    """A robot that a user may see, whether it can be trained with or not.

    Raises:
        WebfootError: there is none of this name for this user.
    """
    found = uploaded_robot(session, user, reference)
    return Drawing("scene", bundled_robot(reference) if found is None else robot_of(found[1], settings))


def scene_of_session(session: Session, settings: Settings, row: TrainingSession) -> Drawing:
    """The robot as a session trains it."""
    return Drawing("scene", robot_of_session(session, settings, row))


def robot_of_session(session: Session, settings: Settings, row: TrainingSession) -> Place:
    """Where the model lies that a session trains."""
    if row.robot_version_id is None:
        return bundled_robot(row.robot)
    return robot_of(session.get_one(RobotVersion, row.robot_version_id), settings)


def robot_of(version: RobotVersion, settings: Settings) -> Place:
    """Where the model of an uploaded robot lies."""
    return Place(tree_of(version, settings), version.model, version.sha256)


def bundled_robot(name: str) -> Place:
    """Where the model of a bundled robot lies."""
    return file_at(ROBOTS[name])
