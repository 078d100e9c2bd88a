"""What can be done with training sessions: start, clone, pause, resume, cancel, retry, delete."""

import re
import shutil
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webfoot.config import TrainConfig, for_library, parse_config
from webfoot.errors import ConfigError
from webfoot.learn.method import laid_over
from webfoot.web.models.training import TrainingSession
from webfoot.web.models.user import User
from webfoot.web.services import audit, sharing
from webfoot.web.services.access import Forbidden, is_administrator
from webfoot.web.services.quota import check_session
from webfoot.web.services.sources import Source, find_motion, find_robot
from webfoot.web.settings import Settings
from webfoot.web.states import State, WrongState, check_move, wrong_move

MOST_PRIORITY = 10
USUAL_PRIORITY = 0
"""What a session has unless another one is asked for; only an administrator goes above it."""


def start(
    session: Session,
    user: User,
    settings: Settings,
    *,
    reference_motion: str,
    robot: str = "duckling",
    parameters: dict[str, Any],
    name: str = "",
    priority: int = USUAL_PRIORITY,
    timeout_minutes: float | None = None,
    parent: TrainingSession | None = None,
    key: str | None = None,
) -> TrainingSession:
    """Queue a training. The same key of the same user gives the session that it gave before.

    Raises:
        WrongState: the key came before with something else.
        Forbidden: a priority that only an administrator may give.
        WebfootError: an unknown motion or robot, an option out of its range, or a quota that is used up.
    """
    asked = (reference_motion, robot, parameters)
    again = _with_key(session, user, key, asked)
    if again is not None:
        return again
    _check_priority(user, priority, USUAL_PRIORITY)
    parse_config(parameters)  # an option that is wrong is told first
    body = find_robot(session, user, robot)
    motion = find_motion(session, user, reference_motion, body)
    config = config_for(motion, parameters)
    expected = robot_hours(config)
    check_session(session, user.id, settings.quota, expected)  # locks the user: others with this key wait here
    again = _with_key(session, user, key, asked)
    if again is not None:
        return again
    row = TrainingSession(
        owner=user,
        name=name or f"{motion.name} on {body.name}",
        reference_motion=motion.reference,
        motion_version_id=motion.version_id,
        robot=body.reference,
        robot_version_id=body.version_id,
        parameters=parameters,
        parent_id=parent.id if parent else None,
        idempotency_key=key,
        priority=max(-MOST_PRIORITY, min(MOST_PRIORITY, priority)),
        timeout_minutes=_time_limit(timeout_minutes, settings),
        total_epochs=config.epochs,
        expected_robot_hours=expected,
    )
    session.add(row)
    session.flush()
    audit.note(session, user, "session.start", "session", row.id)
    return row


def config_for(motion: Source, parameters: dict[str, Any]) -> TrainConfig:
    """All options of a training, with those of a library where the motion is one.

    Raises:
        ConfigError: an unknown option, or a value out of its range.
    """
    config = parse_config(parameters)
    return config if motion.clips == 1 else for_library(config)


def robot_hours(config: TrainConfig) -> float:
    """Simulated time that a training takes at most, of all its robots together [h]."""
    steps = config.epochs * config.ppo.steps * config.batch_size
    return steps / config.sim.control_hz / 3600


def _with_key(
    session: Session, user: User, key: str | None, asked: tuple[str, str, dict[str, Any]]
) -> TrainingSession | None:
    """The session that came of this key, for the same request."""
    if key is None:
        return None
    same = TrainingSession.owner_id == user.id, TrainingSession.idempotency_key == key
    row = session.scalars(select(TrainingSession).where(*same)).first()
    if row is not None:
        made = (_unversioned(row.reference_motion), _unversioned(row.robot), row.parameters)
        if made != (_unversioned(asked[0]), _unversioned(asked[1]), asked[2]):
            raise WrongState(f"the Idempotency-Key '{key}' made session {row.id}, of another request; take a new key")
    return row


def _unversioned(reference: str) -> str:
    """A motion or robot whichever version of it: `motion:7@2#clip` is `motion:7#clip`."""
    return re.sub(r"@\d+", "", reference)


def clone(
    session: Session, user: User, settings: Settings, origin: TrainingSession, edits: dict[str, Any], key: str | None
) -> TrainingSession:
    """A new session that is asked what another one was, but for some edits; a raised priority is not inherited."""
    asked: dict[str, Any] = {
        "reference_motion": origin.reference_motion,
        "robot": origin.robot,
        "name": origin.name,
        "priority": origin.priority if is_administrator(user) else min(origin.priority, USUAL_PRIORITY),
        "timeout_minutes": origin.timeout_minutes,
        **{name: value for name, value in edits.items() if name != "parameters"},
    }
    parameters = laid_over(origin.parameters, edits.get("parameters", {}))
    return start(session, user, settings, parameters=parameters, parent=origin, key=key, **asked)


def pause(session: Session, user: User, row: TrainingSession) -> TrainingSession:
    """Let a session rest: at once where it waits, after a checkpoint where it runs."""
    return _ask(session, user, row, State.PAUSED)


def cancel(session: Session, user: User, row: TrainingSession) -> TrainingSession:
    """End a session: at once where it does not run, after a checkpoint where it does."""
    return _ask(session, user, row, State.CANCELLED)


def _ask(session: Session, user: User, row: TrainingSession, state: State) -> TrainingSession:
    _lock(session, row)
    check_move(row.status, state, f"session {row.id}")
    if row.status is State.RUNNING:
        row.wanted = state
    else:
        row.move_to(state)
    audit.note(session, user, f"session.{state}", "session", row.id)
    return row


def requeue(session: Session, user: User, settings: Settings, row: TrainingSession) -> TrainingSession:
    """Let a paused session go on, or try an ended one again, from its last checkpoint."""
    _lock(session, row)
    if row.status is State.RUNNING:  # its worker may give it back, and nobody else
        raise wrong_move(row.status, State.QUEUED, f"session {row.id}")
    check_move(row.status, State.QUEUED, f"session {row.id}")
    if row.status.is_finished:
        check_session(session, row.owner_id, settings.quota, row.expected_robot_hours)
        row.lost = 0
        if row.status is State.TIMED_OUT:
            row.elapsed_s = 0.0
    row.move_to(State.QUEUED)
    audit.note(session, user, "session.queued", "session", row.id)
    return row


def _time_limit(minutes: float | None, settings: Settings) -> float:
    longest = settings.timeout_minutes
    if minutes is not None and minutes > longest:
        raise ConfigError(f"timeout_minutes is {minutes:g}; at most {longest:g} may be given here")
    return minutes or longest


def _check_priority(user: User, priority: int, had: int) -> None:
    """Let only administrators put a session before those of others; anybody may lower what it has."""
    if priority > max(had, USUAL_PRIORITY) and not is_administrator(user):
        raise Forbidden(
            f"priority {priority} is an administrator's to give; {max(had, USUAL_PRIORITY)} or less would be right"
        )


def change(
    session: Session,
    user: User,
    settings: Settings,
    row: TrainingSession,
    *,
    name: str | None = None,
    priority: int | None = None,
    timeout_minutes: float | None = None,
) -> None:
    """Another name, place in the queue, or time limit; the last counts from the next attempt on.

    Raises:
        Forbidden: a priority that only an administrator may give.
        ConfigError: a time limit that is too long.
    """
    _lock(session, row)
    if timeout_minutes is not None:
        row.timeout_minutes = _time_limit(timeout_minutes, settings)
    if name is not None:
        row.name = name
    if priority is not None:
        _check_priority(user, priority, row.priority)
        row.priority = max(-MOST_PRIORITY, min(MOST_PRIORITY, priority))
    audit.note(
        session, user, "session.change", "session", row.id, name=name, priority=priority, minutes=timeout_minutes
    )


def delete(session: Session, user: User, settings: Settings, row: TrainingSession) -> None:
    """Remove an ended session with its run folder.

    Raises:
        WrongState: it has not ended.
    """
    _lock(session, row)
    if not row.status.is_finished:
        raise WrongState(f"session {row.id} is {row.status.words}; cancel it before it is deleted")
    audit.note(session, user, "session.delete", "session", row.id, name=row.name)
    folder = settings.runs_dir / str(row.id)
    sharing.forget(session, "session", row.id)
    session.delete(row)
    session.flush()
    shutil.rmtree(folder, ignore_errors=True)


def _lock(session: Session, row: TrainingSession) -> None:
    """Nobody else moves the session until the transaction ends."""
    session.refresh(row, with_for_update={"of": TrainingSession})
