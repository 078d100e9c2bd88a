"""`look_at`: how the service is: its workers, its queue, its disk."""

import shutil
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webfoot import __version__
from webfoot.web.models.base import now
from webfoot.web.models.notice import HEARD, WorkerRow
from webfoot.web.models.training import TrainingSession
from webfoot.web.settings import Settings
from webfoot.web.states import UNFINISHED, State


@dataclass(frozen=True)
class ServiceState:
    """How the service is."""

    version: str
    workers: list[WorkerRow]
    """Those that were heard of within five minutes, by name."""
    lost: int
    """Workers that were heard of once."""
    waiting: dict[str, int]
    """Number of sessions by each state that is not an end."""
    total_bytes: int
    used_bytes: int
    free_bytes: int
    database: str


def look_at(session: Session, settings: Settings) -> ServiceState:
    """How the service is now."""
    rows = list(session.scalars(select(WorkerRow).order_by(WorkerRow.name)))
    heard = [row for row in rows if row.seen_at > now() - HEARD]
    counted = select(TrainingSession.state, func.count()).where(TrainingSession.state.in_(UNFINISHED))
    counts = {state: count for state, count in session.execute(counted.group_by(TrainingSession.state))}
    disk = shutil.disk_usage(settings.data_dir)
    return ServiceState(
        version=__version__,
        workers=heard,
        lost=len(rows) - len(heard),
        waiting={state.value: counts.get(state.value, 0) for state in State if state in UNFINISHED},
        total_bytes=disk.total,
        used_bytes=disk.used,
        free_bytes=disk.free,
        database=session.get_bind().dialect.name,
    )
