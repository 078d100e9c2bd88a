"""`Stream`: what one client is still to be told; it is filled by the feed and emptied by the thread that writes."""

import threading
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from webfoot.web.live.rights import Viewer
from webfoot.web.live.standing import Standing

MOST_ALERTS = 1000
"""Alerts that wait for a client that does not read; older ones it finds in the list of alerts."""


@dataclass
class Mailbox:
    """What waits for one client. Of a session only where it stands last: nothing piles up for one that is slow."""

    viewer: Viewer
    session_id: int | None = None
    """The one session that is followed; None: all that the viewer may see."""
    path: Path | None = None
    """Its event log."""
    since: int | None = None
    """The last alert that the client has heard of; None: it asks for new ones only."""
    is_fresh: bool = True
    """Whether it was not looked at yet."""
    states: dict[int, str] = field(default_factory=dict)
    alerts: deque[tuple[int, str]] = field(default_factory=lambda: deque(maxlen=MOST_ALERTS))
    heard: set[int] = field(default_factory=set)
    """Alerts that were put here when it was fresh."""
    is_over: bool = False
    """Whether the session that is followed has ended."""
    has_ended: bool = False
    """Whether the stream is to end now, without a word."""
    bell: threading.Event = field(default_factory=threading.Event)

    def put_state(self, session_id: int, standing: Standing) -> None:
        """Where a session stands now."""
        self.states[session_id] = standing.text
        if session_id == self.session_id:
            self.is_over = standing.is_finished
        self.bell.set()

    def put_alert(self, alert_id: int, text: str) -> None:
        """An alert, once."""
        if alert_id not in self.heard:
            self.alerts.append((alert_id, text))
            self.bell.set()

    def end(self) -> None:
        """Nothing more is told."""
        self.has_ended = True
        self.bell.set()


class Keeper(Protocol):
    """Where mailboxes are kept."""

    def release(self, key: int) -> None:
        """Forget a mailbox."""


class Stream:
    """The client's end of a mailbox; closing it, or forgetting it, gives its place to another stream."""

    def __init__(self, box: Mailbox, keeper: Keeper, key: int):
        self._box, self._keeper, self._key = box, keeper, key

    def wait(self, seconds: float) -> bool:
        """Wait until there may be something to tell, at most so long; whether the stream is to end instead."""
        self._box.bell.wait(seconds)
        self._box.bell.clear()
        return self._box.has_ended

    def is_over(self) -> bool:
        """Whether the session has ended, so that its log is whole."""
        return self._box.is_over

    def states(self) -> list[tuple[str, str]]:
        """Kind and data of what changed since this was asked last."""
        told, states = [], self._box.states
        for session_id in list(states):
            told.append(("state", states.pop(session_id)))
        return told

    def alerts(self) -> list[tuple[int, str]]:
        """Id and data of the alerts that came since this was asked last."""
        told, waiting = [], self._box.alerts
        while waiting:
            told.append(waiting.popleft())
        return told

    def close(self) -> None:
        """Give the place free; a second time changes nothing."""
        self._keeper.release(self._key)

    def __del__(self) -> None:
        self.close()
