"""What can be replayed: the latest rollout of a session, and motions on robots."""

from sqlalchemy.orm import Session

from webfoot.errors import UnknownName
from webfoot.motion.bundled import BUNDLED_MOTIONS, bundled_path
from webfoot.runs import Run
from webfoot.web.models.training import TrainingSession
from webfoot.web.models.user import User
from webfoot.web.services.access import NotFound
from webfoot.web.services.scenes import bundled_robot, robot_of, robot_of_session
from webfoot.web.services.sources import FOR_ROBOT, UPLOADED, motion_place, tree_of, uploaded_motion, uploaded_robot
from webfoot.web.settings import Settings
from webfoot.web.viewer.drawing import Drawing, Place, file_at

USUAL = "duckling"
"""The robot of a motion that was inspected for none."""


def replay_of_session(session: Session, settings: Settings, row: TrainingSession, episode: int) -> Drawing:
    """An episode of the validation; of the latest trial while a session trains.

    Raises:
        NotFound: the session has neither.
    """
    run = Run((settings.runs_dir / str(row.id)).resolve())
    kept = [path for path in (run.rollout_file, run.trial_rollout_file) if path.is_file()]
    if not kept:
        raise NotFound(f"session {row.id} has no rollout yet; its first trial leaves one")
    latest = kept[0] if row.status.is_finished else max(kept, key=lambda path: path.stat().st_mtime_ns)
    return Drawing("rollout", robot_of_session(session, settings, row), file_at(latest), str(episode))


def replay_of_motion(session: Session, user: User, settings: Settings, reference: str, robot: str) -> Drawing:
    """A bundled clip or an uploaded motion on a robot, whether they can be trained with or not.

    Args:
        session: of the database.
        user: who asks.
        settings: of the service.
        reference: a bundled clip of the robot, or `motion:ID[@N][#CLIP]`; of a library without a clip, the first.
        robot: a bundled robot, or `robot:ID[@N]`; empty: the one that the motion was inspected for, or comes with.

    Raises:
        WebfootError: there is no such motion or robot for this user.
    """
    match = UPLOADED.fullmatch(reference)
    if match is None or match[1] != "motion":
        return _bundled(session, user, settings, reference, robot or _robot_with(reference))
    _, version, clip = uploaded_motion(session, user, match)
    body = _body(session, user, settings, robot or version.report.get(FOR_ROBOT, USUAL))[0]
    tree = tree_of(version, settings)
    inner = motion_place(version, settings).relative_to(tree).as_posix()
    return Drawing("motion", body, Place(tree, inner, version.sha256), clip or "")


def _bundled(session: Session, user: User, settings: Settings, clip: str, robot: str) -> Drawing:
    body, own_name = _body(session, user, settings, robot)
    known = BUNDLED_MOTIONS.get(own_name, {})
    if clip not in known:
        raise UnknownName("reference motion", clip[:80], [*known, "motion:ID of an uploaded one"])
    return Drawing("motion", body, file_at(bundled_path(own_name, clip)))


def _robot_with(clip: str) -> str:
    """The first bundled robot that comes with a clip."""
    return next((robot for robot, clips in BUNDLED_MOTIONS.items() if clip in clips), USUAL)


def _body(session: Session, user: User, settings: Settings, reference: str) -> tuple[Place, str]:
    """Where a robot's model lies, and what it calls itself."""
    found = uploaded_robot(session, user, reference)
    if found is None:
        return bundled_robot(reference), reference
    return robot_of(found[1], settings), str(found[1].report.get("name", ""))
