"""The queue: who works on which session. The row is the truth; whatever wakes a worker is only a hint.

A worker claims a session by raising its attempt number, and every later write names that number: what a worker writes
that was taken for lost is refused (`Fenced`). Life is told by a counter that grows, and judged by the clock of the one
who watches it stand still, so no two clocks are ever compared.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from webfoot.counted import counted
from webfoot.web.models.training import TrainingSession
from webfoot.web.models.user import User
from webfoot.web.settings import Settings
from webfoot.web.states import State

LOOKS = 3
"""So many looks at least must find a worker silent before its session is taken."""


class Fenced(Exception):
    """The session belongs to another attempt by now; whoever sees this drops it."""


@dataclass(frozen=True)
class Claim:
    """A worker's right to one session, as long as nobody takes it."""

    session_id: int
    attempt: int


def claim(session: Session, worker: str, settings: Settings) -> Claim | None:
    """Take the first session that waits and whose owner may have another one running; None where there is none."""
    busy: set[int] = set()
    while True:
        row = session.scalars(
            select(TrainingSession)
            .where(TrainingSession.state == State.QUEUED, TrainingSession.owner_id.not_in(busy))
            .order_by(TrainingSession.priority.desc(), TrainingSession.queued_at, TrainingSession.id)
            .limit(1)
            .with_for_update(skip_locked=True, of=TrainingSession)
        ).first()
        if row is None:
            return None
        owner = locked_owner(session, row.owner_id)
        if count(session, owner.id, State.RUNNING) < owner.quota_over(settings.quota).parallel:
            row.move_to(State.RUNNING)
            row.worker = worker
            session.flush()
            return Claim(row.id, row.attempt)
        busy.add(owner.id)


def locked_owner(session: Session, owner_id: int) -> User:
    """A user whose quota is about to be counted; two who count for the same user wait for each other."""
    return session.execute(
        select(User).where(User.id == owner_id).with_for_update().execution_options(populate_existing=True)
    ).scalar_one()


def count(session: Session, owner_id: int, *states: State) -> int:
    """Sessions of one user in some states."""
    mine = select(func.count()).where(TrainingSession.owner_id == owner_id, TrainingSession.state.in_(states))
    return session.scalar(mine) or 0


def held(session: Session, claim: Claim) -> TrainingSession:
    """The claimed row, locked until the transaction ends.

    Raises:
        Fenced: it is another's by now.
    """
    row = session.execute(
        select(TrainingSession)
        .where(TrainingSession.id == claim.session_id)
        .with_for_update(of=TrainingSession)
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if row is None or row.attempt != claim.attempt or row.status is not State.RUNNING:
        raise Fenced(f"session {claim.session_id} is not attempt {claim.attempt}'s any more")
    return row


def beat(session: Session, claim: Claim, progress: Mapping[str, Any]) -> State | None:
    """Give a sign of life, and tell how far it is.

    Returns:
        What the session is asked to become; None: go on.

    Raises:
        Fenced: it is another's by now.
    """
    row = held(session, claim)
    row.beat += 1
    for name, value in progress.items():
        setattr(row, name, value)
    return State(row.wanted) if row.wanted else None


def finish(session: Session, claim: Claim, state: State, error: str | None = None, **result: Any) -> TrainingSession:
    """End the attempt: the session becomes what it was asked to, or what the training made of it.

    Raises:
        Fenced: it is another's by now.
    """
    row = held(session, claim)
    for name, value in result.items():
        setattr(row, name, value)
    row.move_to(state)
    row.error_message = error
    return row


@dataclass
class Reconciler:
    """Gives the sessions of silent workers back to the queue.

    Any number may run at once: each adds up by its own monotonic clock how long it saw a counter stand still, and only
    one can win the update. While the database cannot be reached nobody's silence counts.
    """

    settings: Settings
    clock: Callable[[], float] = time.monotonic
    _last_look: float | None = None
    _silence: dict[tuple[int, int], tuple[int, float]] = field(default_factory=dict)
    """Last counter of every running attempt, and for how long it was seen to stand still [s]."""

    def look(self, session: Session) -> list[TrainingSession]:
        """The sessions that were taken from their workers this time."""
        lease_s, time_now = self.settings.lease_s, self.clock()
        passed = 0.0 if self._last_look is None else min(time_now - self._last_look, lease_s / LOOKS)
        columns = (TrainingSession.id, TrainingSession.attempt, TrainingSession.beat)
        running = session.execute(select(*columns).where(TrainingSession.state == State.RUNNING)).all()
        before, self._silence, self._last_look = self._silence, {}, time_now
        for session_id, attempt, beats in running:
            last, silent_s = before.get((session_id, attempt), (beats, -passed))
            self._silence[session_id, attempt] = beats, silent_s + passed if last == beats else 0.0
        silent = [(*key, beats) for key, (beats, silent_s) in self._silence.items() if silent_s >= lease_s]
        return [row for lost in silent if (row := self._take(session, *lost)) is not None]

    def _take(self, session: Session, session_id: int, attempt: int, beats: int) -> TrainingSession | None:
        same = (TrainingSession.id == session_id, TrainingSession.attempt == attempt, TrainingSession.beat == beats)
        still = (*same, TrainingSession.state == State.RUNNING)
        won = session.execute(
            update(TrainingSession).where(*still).values(beat=beats + 1, lost=TrainingSession.lost + 1)
        )
        if won.rowcount != 1:  # pyright: ignore[reportAttributeAccessIssue]
            return None
        row = session.get_one(TrainingSession, session_id, populate_existing=True)
        worker = row.worker
        if row.wanted:
            row.move_to(State(row.wanted))
        elif row.lost >= self.settings.most_attempts:
            row.move_to(State.FAILED)
            row.error_message = (
                f"{counted(row.lost, 'worker')} {'was' if row.lost == 1 else 'were'} lost over it, the last one "
                f"'{worker}': the machine is too small, or the training brings it down; its checkpoint is kept, and "
                "retry goes on from there"
            )
        else:
            row.move_to(State.QUEUED)
            row.error_message = f"worker '{worker}' fell silent; another one goes on from the last checkpoint"
        return row


def place_in_queue(session: Session, row: TrainingSession) -> int | None:
    """How many sessions are taken before this one; None where it does not wait."""
    if row.status is not State.QUEUED:
        return None
    sooner = (TrainingSession.priority > row.priority) | (
        (TrainingSession.priority == row.priority)
        & (
            (TrainingSession.queued_at < row.queued_at)
            | ((TrainingSession.queued_at == row.queued_at) & (TrainingSession.id < row.id))
        )
    )
    return session.scalar(select(func.count()).where(TrainingSession.state == State.QUEUED, sooner)) or 0
