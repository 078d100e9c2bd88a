"""`Standings`: where every session stands that may still change, kept in memory and read anew with one query."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from webfoot.web.models.training import TrainingSession
from webfoot.web.states import UNFINISHED, State

TOLD = (
    TrainingSession.id,
    TrainingSession.owner_id,
    TrainingSession.name,
    TrainingSession.state,
    TrainingSession.wanted,
    TrainingSession.attempt,
    TrainingSession.current_epoch,
    TrainingSession.total_epochs,
    TrainingSession.current_loss,
    TrainingSession.steps_per_s,
    TrainingSession.eta_s,
    TrainingSession.elapsed_s,
    TrainingSession.passed,
    TrainingSession.error_message,
)
"""What a `state` event says."""
LATEST = 100
"""Sessions that are known from the first look on, whatever their state."""
MOST_FINISHED = 500
"""Ended sessions that are remembered, for clients that come back after they have ended."""
AT_ONCE = 500
"""Numbers in one query; SQLite takes a thousand in any build."""


@dataclass(frozen=True)
class Standing:
    """Where one session stands."""

    owner_id: int
    is_finished: bool
    text: str
    """As JSON."""


class Standings:
    """All that a process knows of sessions; used by one thread."""

    def __init__(self) -> None:
        self.by_id: dict[int, Standing] = {}
        self._last_id: int | None = None

    def read(self, session: Session, watched: Collection[int]) -> tuple[dict[int, Standing], set[int]]:
        """What changed since the last look, by id, and the ids of sessions that are gone.

        Args:
            watched: sessions that are looked at even where they ended long ago.
        """
        if self._last_id is None:
            self._last_id = max(0, (session.scalar(select(func.max(TrainingSession.id))) or 0) - LATEST)
        live = or_(TrainingSession.state.in_(UNFINISHED), TrainingSession.id > self._last_id)
        found = {row.id: _standing(row) for row in session.execute(select(*TOLD).where(live))}
        self._last_id = max(self._last_id, *found, 0)
        open_before = {id for id, standing in self.by_id.items() if not standing.is_finished}
        asked = sorted((open_before | set(watched)) - found.keys())
        for start in range(0, len(asked), AT_ONCE):
            these = select(*TOLD).where(TrainingSession.id.in_(asked[start : start + AT_ONCE]))
            found |= {row.id: _standing(row) for row in session.execute(these)}
        changed = {id: standing for id, standing in found.items() if self.by_id.get(id) != standing}
        gone = set(asked) - found.keys()
        self.by_id = {id: standing for id, standing in self.by_id.items() if id not in gone} | changed
        self._forget(set(watched))
        return changed, gone

    def _forget(self, watched: set[int]) -> None:
        ended = [id for id, standing in self.by_id.items() if standing.is_finished and id not in watched]
        for id in ended[:-MOST_FINISHED]:
            del self.by_id[id]


def _standing(row: Any) -> Standing:
    document = dict(row._mapping)
    owner_id = document.pop("owner_id")
    return Standing(owner_id, State(row.state).is_finished, json.dumps(document))
