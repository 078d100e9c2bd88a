"""`Feed`: one thread of the process that looks at what changed, on behalf of all its live streams.

A stream waits on a bell and nothing else: it holds no connection to the database and asks nothing, so that two hundred
of them cost one query a second. The thread is there only while somebody listens.
"""

import itertools
import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from webfoot.web.database import Database
from webfoot.web.live.rights import Rights, read_rights
from webfoot.web.live.sse import Digest
from webfoot.web.live.standing import Standing, Standings
from webfoot.web.live.stream import Mailbox, Stream
from webfoot.web.live.tail import size_of
from webfoot.web.models.notice import AlertNotice
from webfoot.web.schemas.alerts import AlertOut
from webfoot.web.services.quota import OverQuota

log = logging.getLogger(__name__)

TICK_S = 0.5
"""Between two looks at the logs, each one question to the file system."""
ROWS_S = 1.0
"""Between two looks at the rows."""
RIGHTS_S = 5.0
"""Between two looks at who may still see what."""
UNCHECKED_S = 60.0
"""Time after which streams end whose rights cannot be checked, since the database is away."""
WINDOW = 200
"""Alerts that are looked at again, since numbers are given before they can be seen, and not in that order."""


class Feed:
    """The live streams of one process."""

    def __init__(
        self, database: Database, stopping: threading.Event, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.database, self.stopping, self.clock = database, stopping, clock
        self.digest = Digest()
        self._boxes: dict[int, Mailbox] = {}
        self._keys = itertools.count()
        self._lock = threading.RLock()
        """Of the boxes; a stream may be collected, and so released, wherever Python likes."""
        self._thread: threading.Thread | None = None
        self._standings = Standings()
        self._rights = Rights({}, set())
        self._alerts: set[int] | None = None
        """The last alerts that were told; None: nobody has looked yet."""
        self._sizes: dict[Path, int] = {}
        self._rows_at = self._rights_at = float("-inf")
        self._checked_at = clock()

    def __len__(self) -> int:
        return len(self._boxes)

    def open(self, box: Mailbox, most: int) -> Stream:
        """A stream more of one user.

        Raises:
            OverQuota: as many as the user may have are open.
        """
        with self._lock:
            mine = sum(other.viewer.user_id == box.viewer.user_id for other in self._boxes.values())
            if mine >= most:
                raise OverQuota(f"{mine} live streams of yours are open, and {most} may; close one, or a browser's tab")
            key = next(self._keys)
            stream = Stream(box, self, key)
            self._boxes[key] = box
            if self._thread is None:
                self._checked_at = self.clock()
                self._thread = threading.Thread(target=self._run, name="feed", daemon=True)
                self._thread.start()
            return stream

    def release(self, key: int) -> None:
        """Forget a mailbox."""
        with self._lock:
            self._boxes.pop(key, None)

    def _run(self) -> None:
        try:
            while self._is_wanted():
                self.look()
                self.stopping.wait(TICK_S)
        finally:
            with self._lock:
                if self._thread is threading.current_thread():  # a fault: nobody shall wait for a thread that is gone
                    self._end_all()

    def _is_wanted(self) -> bool:
        with self._lock:
            if self._boxes and not self.stopping.is_set():
                return True
            self._end_all()
            return False

    def _end_all(self) -> None:
        self._thread = None
        for box in self._boxes.values():
            box.end()

    def look(self) -> None:
        """One look at everything that is due, and at all for a stream that is new."""
        with self._lock:
            boxes = list(self._boxes.values())
        now, has_fresh = self.clock(), any(box.is_fresh for box in boxes)
        try:
            if has_fresh or now >= self._rows_at:
                self._rows_at = now + ROWS_S
                with self.database.reading() as session:
                    if has_fresh or now >= self._rights_at:
                        self._rights = read_rights(session, {box.viewer for box in boxes})
                        self._rights_at, self._checked_at = now + RIGHTS_S, now
                    self._tell_rows(session, boxes)
        except DBAPIError as error:
            log.warning("live streams wait: the database cannot be reached now: %s", str(error.orig).strip())
        if now - self._checked_at > UNCHECKED_S:
            for box in boxes:
                box.end()
        self._ring_for_logs(boxes)

    def _tell_rows(self, session: Session, boxes: list[Mailbox]) -> None:
        changed, gone = self._standings.read(session, {box.session_id for box in boxes if box.session_id is not None})
        alerts = self._new_alerts(session)
        for box in boxes:
            if not self._rights.admits(box.viewer) or box.session_id in gone:
                box.end()
                continue
            shown = self._shown(box, self._standings.by_id if box.is_fresh else changed)
            if box.session_id is not None and box.session_id not in self._shown(box, self._standings.by_id):
                box.end()
                continue
            for id, standing in shown.items():
                box.put_state(id, standing)
            if box.session_id is None:
                self._tell_alerts(session, box, alerts)
            box.is_fresh = False

    def _shown(self, box: Mailbox, standings: dict[int, Standing]) -> dict[int, Standing]:
        """Of some sessions those that a stream tells of."""
        if box.session_id is not None:
            standings = {id: standings[id] for id in (box.session_id,) if id in standings}
        return {id: one for id, one in standings.items() if self._rights.shows(box.viewer, id, one.owner_id)}

    def _new_alerts(self, session: Session) -> list[AlertNotice]:
        """The alerts that nobody was told of yet; none at the first look."""
        last = session.scalar(select(func.max(AlertNotice.id))) or 0
        window = select(AlertNotice).where(AlertNotice.id > last - WINDOW).order_by(AlertNotice.id)
        recent = list(session.scalars(window))
        before, self._alerts = self._alerts, {alert.id for alert in recent}
        return [] if before is None else [alert for alert in recent if alert.id not in before]

    def _tell_alerts(self, session: Session, box: Mailbox, alerts: list[AlertNotice]) -> None:
        mine = [alert for alert in alerts if alert.user_id == box.viewer.user_id]
        if box.is_fresh and box.since is not None:
            missed = select(AlertNotice).where(AlertNotice.user_id == box.viewer.user_id, AlertNotice.id > box.since)
            mine = list(session.scalars(missed.order_by(AlertNotice.id.desc()).limit(WINDOW)))[::-1]
        for alert in mine:
            box.put_alert(alert.id, AlertOut.model_validate(alert).model_dump_json())
        if box.is_fresh:
            box.heard = {alert.id for alert in mine}

    def _ring_for_logs(self, boxes: list[Mailbox]) -> None:
        """Wake the streams whose log has another size than at the last look."""
        before, self._sizes = self._sizes, {box.path: size_of(box.path) for box in boxes if box.path is not None}
        for box in boxes:
            if box.path is not None and before.get(box.path) != self._sizes[box.path]:
                box.bell.set()
