"""`State`: where a training session stands, and which moves there are."""

from enum import StrEnum

from webfoot.errors import WebfootError


class State(StrEnum):
    """Where a session stands."""

    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    TIMED_OUT = "timed_out"

    @property
    def is_finished(self) -> bool:
        """Whether nothing more happens by itself, and nobody is waited for."""
        return self in FINISHED

    @property
    def words(self) -> str:
        """As it stands in a sentence."""
        return self.replace("_", " ")


FINISHED = frozenset({State.COMPLETED, State.FAILED, State.CANCELLED, State.TIMED_OUT})
UNFINISHED = frozenset(State) - FINISHED

MOVES: dict[State, frozenset[State]] = {
    State.QUEUED: frozenset({State.RUNNING, State.PAUSED, State.CANCELLED, State.FAILED}),
    State.RUNNING: frozenset(State) - {State.RUNNING},
    State.PAUSED: frozenset({State.QUEUED, State.CANCELLED}),
    State.COMPLETED: frozenset(),
    State.FAILED: frozenset({State.QUEUED}),
    State.CANCELLED: frozenset({State.QUEUED}),
    State.TIMED_OUT: frozenset({State.QUEUED}),
}
"""A running session is queued again when its worker is lost or drains; a finished one when it is retried."""

DONE: dict[State, str] = {State.QUEUED: "queued again", State.RUNNING: "started"}
"""What is done to a session that comes there; elsewhere it is called as the state."""


class WrongState(WebfootError):
    """A session cannot do what it is asked to from where it stands."""


def check_move(before: State, after: State, what: str) -> None:
    """Refuse a move that there is not.

    Raises:
        WrongState: the sentence says where it stands and where from it could be done.
    """
    if after not in MOVES[before]:
        raise wrong_move(before, after, what)


def wrong_move(before: State, after: State, what: str) -> WrongState:
    """The refusal of a move. That workers give a running session back is nothing that could be asked for."""
    origins = sorted(state.words for state, targets in MOVES.items() if after in targets)
    *others, last = [words for words in origins if (words, after) != (State.RUNNING, State.QUEUED)]
    possible = f"{', '.join(others)} or {last}" if others else last
    return WrongState(
        f"{what} is {before.words} and cannot be {DONE.get(after, after.words)}; one that is {possible} can"
    )
