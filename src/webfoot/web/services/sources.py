"""What a training is made from: bundled motions and robots by name, uploaded ones by id. Never a path of a user's."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from sqlalchemy.orm import Session

from webfoot.errors import MotionError, RobotError, UnknownName
from webfoot.motion.bundled import BUNDLED_MOTIONS
from webfoot.robots.table import ROBOTS
from webfoot.web.models.objects import Motion, MotionVersion, Robot, RobotVersion
from webfoot.web.models.training import TrainingSession
from webfoot.web.models.user import User
from webfoot.web.services.access import KIND_OF, NotFound, may_change, seen
from webfoot.web.settings import Settings
from webfoot.web.uploads.arrive import library_folder
from webfoot.web.uploads.staging import is_packed
from webfoot.web.uploads.store import ContentStore

Thing = TypeVar("Thing", Motion, Robot)
UPLOADED = re.compile(r"(motion|robot):(\d{1,9})(?:@(\d{1,6}))?(?:#(.{1,120}))?")
"""`motion:7`, a version of it `motion:7@2`, and one clip of a library `motion:7#NAME`."""

FOR_ROBOT = "for_robot"
"""Key in a motion's report: the reference of the robot that it was inspected for."""
MOST_LISTED = 40
"""Clips of a library that a message names."""


@dataclass(frozen=True)
class Source:
    """A motion or a robot that a user may train with."""

    reference: str
    """As it is asked for, with the version that it is now."""
    name: str
    version_id: int | None = None
    clips: int = 1
    model_name: str = ""
    """What a robot's own file calls it, by which it has bundled clips."""


def find_motion(session: Session, user: User, reference: str, robot: Source) -> Source:
    """A bundled clip of the robot, or an uploaded motion.

    That a motion cannot be used is known for the robot that it was inspected for only; with another one the training
    finds out.

    Raises:
        WebfootError: there is none of this name for this user, or it cannot be used.
    """
    match = UPLOADED.fullmatch(reference)
    if match is None or match[1] != "motion":
        bundled = BUNDLED_MOTIONS.get(robot.model_name, {})
        if reference not in bundled:
            raise UnknownName("reference motion", reference[:80], [*bundled, "motion:ID of an uploaded one"])
        return Source(reference, reference)
    motion, version, clip = uploaded_motion(session, user, match)
    clips = version.report.get("clips", [])
    if clip and "#" in clip:
        raise MotionError(f"clip '{clip}' has a '#' in its name; rename its file to train with it alone")
    if not (usable(version, clip) or version.report.get(FOR_ROBOT) != robot.reference):
        raise MotionError(f"motion {motion.id} cannot be trained with: {_refusal(version, clip)}")
    named = f"motion:{motion.id}@{version.number}" + (f"#{clip}" if clip else "")
    return Source(named, clip or motion.name, version.id, 1 if clip else max(1, len(clips)))


def uploaded_motion(session: Session, user: User, match: re.Match[str]) -> tuple[Motion, MotionVersion, str | None]:
    """The motion, version and clip that a match of `UPLOADED` names.

    Raises:
        WebfootError: there is none for this user.
    """
    motion = _there(session, user, Motion, int(match[2]))
    version = _version(motion.versions, match[3], f"motion {motion.id}", MotionError)
    clips, clip = version.report.get("clips", []), match[4]
    if clip and clip not in [known["name"] for known in clips]:
        raise UnknownName("clip", clip, [known["name"] for known in clips][:MOST_LISTED])
    return motion, version, clip


def find_robot(session: Session, user: User, reference: str) -> Source:
    """A bundled robot, or an uploaded one.

    Raises:
        WebfootError: there is none of this name for this user, or it cannot be used.
    """
    found = uploaded_robot(session, user, reference)
    if found is None:
        return Source(reference, reference, model_name=reference)
    robot, version = found
    if not version.usable:
        raise RobotError(f"robot {robot.id} cannot be trained with: {_refusal(version)}")
    own = str(version.report.get("name", ""))
    return Source(f"robot:{robot.id}@{version.number}", robot.name, version.id, model_name=own)


def uploaded_robot(session: Session, user: User, reference: str) -> tuple[Robot, RobotVersion] | None:
    """The robot and version that a reference names, whether it stands or not; None for a bundled robot.

    Raises:
        WebfootError: there is none of this name for this user.
    """
    match = UPLOADED.fullmatch(reference)
    if match is None or match[1] != "robot" or match[4]:
        if reference not in ROBOTS:
            raise UnknownName("robot", reference[:80], [*ROBOTS, "robot:ID of an uploaded one"])
        return None
    robot = _there(session, user, Robot, int(match[2]))
    return robot, _version(robot.versions, match[3], f"robot {robot.id}", RobotError)


def _there(session: Session, user: User, model: type[Thing], object_id: int) -> Thing:
    """One that was not deleted; one that was is named, so that a clone says what it lacks.

    Raises:
        NotFound: there is none for this user, or it was deleted.
    """
    row = seen(session, user, model, object_id)
    if row.deleted_at is not None:
        cure = "choose another one" + (", or restore it" if may_change(user, row) else "")
        raise NotFound(f"{KIND_OF[model]} '{row.name}' was deleted; {cure}")
    return row


def _version(versions: list, number: str | None, what: str, error: type[MotionError] | type[RobotError]):
    found = [version for version in versions if number is None or version.number == int(number)]
    if not found:
        raise error(f"{what} has no version {number or ''}".rstrip())
    return found[-1]


def usable(version: MotionVersion, clip: str | None) -> bool:
    """Whether a motion, or one clip of it, can be trained on with the robot that it was inspected for."""
    if not clip:
        return version.usable
    return any(known["name"] == clip and known["usable"] for known in version.report["clips"])


def _refusal(version: MotionVersion | RobotVersion, clip: str | None = None) -> str:
    clips = [known for known in version.report.get("clips", []) if clip in {None, known["name"]}]
    findings = [finding for known in clips for finding in known.get("findings", [])]
    findings += version.report.get("findings", [])
    serious = [str(finding.get("message", "")) for finding in findings if finding.get("severity") == "error"]
    return serious[0] if serious else "see its report"


def motion_path(session: Session, row: TrainingSession, settings: Settings) -> str:
    """What the trainer is given as its motion."""
    if row.motion_version_id is None:
        return row.reference_motion
    version = session.get_one(MotionVersion, row.motion_version_id)
    clip = row.reference_motion.partition("#")[2]
    place = motion_place(version, settings)
    return f"{place}#{clip}" if clip else str(place)


def motion_place(version: MotionVersion, settings: Settings) -> Path:
    """The file of an uploaded motion, or the folder of an uploaded library."""
    tree = tree_of(version, settings)
    return library_folder(tree) if is_packed(version.filename) else tree / version.filename


def robot_path(session: Session, row: TrainingSession, settings: Settings) -> str:
    """What the trainer is given as its robot."""
    if row.robot_version_id is None:
        return row.robot
    return str(model_path(session, row.robot_version_id, settings))


def model_path(session: Session, version_id: int, settings: Settings) -> Path:
    """Where the model of an uploaded robot lies."""
    version = session.get_one(RobotVersion, version_id)
    return tree_of(version, settings) / version.model


def tree_of(version: MotionVersion | RobotVersion, settings: Settings) -> Path:
    """The files of an upload."""
    return ContentStore(settings.uploads_dir.resolve()).path(version.sha256)
