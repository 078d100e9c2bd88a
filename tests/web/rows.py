"""Rows of sessions and alerts, as others would have written them."""

from typing import Any

from webfoot.web.context import Service
from webfoot.web.database import Database
from webfoot.web.models.access import Share
from webfoot.web.models.notice import AlertNotice, WorkerRow
from webfoot.web.models.objects import Motion
from webfoot.web.models.training import TrainingSession
from webfoot.web.states import State


def training_row(owner_id: int, state: State = State.RUNNING, **given: Any) -> TrainingSession:
    """A session that nobody has to run."""
    about = {"name": "walk", "reference_motion": "walk", "robot": "duckling", "parameters": {}}
    limits = {"timeout_minutes": 60.0, "total_epochs": 10}
    return TrainingSession(owner_id=owner_id, state=state, **{**about, **limits, **given})


def alert_row(user_id: int, rule: str = "plateau", session_id: int | None = None, **given: Any) -> AlertNotice:
    """An alert for a user."""
    said = {"severity": "warning", "message": f"walk: {rule}", **given}
    return AlertNotice(user_id=user_id, rule=rule, session_id=session_id, **said)


def row_of(database: Database, session_id: int) -> TrainingSession:
    """A session as it is now."""
    with database.reading() as session:
        return session.get_one(TrainingSession, session_id)


def rows_of(database: Database, ids: list[int]) -> list[TrainingSession]:
    """Several sessions as they are at one moment."""
    with database.reading() as session:
        return [session.get_one(TrainingSession, number) for number in ids]


def keep(service: Service, row: TrainingSession | AlertNotice | WorkerRow | Motion | Share) -> int:
    """Id of a row that is in the database from now on."""
    with service.database.writing() as session:
        session.add(row)
        session.flush()
        return row.id
