"""`Herald`: turns what happens to sessions into alerts of their owners, and sends these where the owners want them."""

import logging
import threading
import time

from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, selectinload

from webfoot.errors import WebfootError
from webfoot.monitor.resources import Resources
from webfoot.web.alerts.channels import send
from webfoot.web.alerts.condition import Moment, Notice, follow
from webfoot.web.alerts.rules import Snapshot
from webfoot.web.database import Database
from webfoot.web.models.base import now
from webfoot.web.models.notice import AlertChannel, AlertNotice
from webfoot.web.models.training import TrainingSession
from webfoot.web.models.user import User
from webfoot.web.services.access import is_administrator
from webfoot.web.settings import Settings
from webfoot.web.vault import unlock
from webfoot.web.work.attempt import GB, Attempt

log = logging.getLogger(__name__)


class Herald:
    """Writes alerts in the same transaction as what they tell of, and sends them from a thread of its own."""

    def __init__(self, database: Database, settings: Settings):
        self.database, self.settings = database, settings
        self._sending = threading.Lock()

    def watch(self, session: Session, attempt: Attempt, resources: Resources) -> None:
        """Hold a running session against the rules."""
        row = session.get_one(TrainingSession, attempt.claim.session_id)
        self._hold(session, row, self._snapshot(row, attempt, resources))

    def ended(self, session: Session, row: TrainingSession, attempt: Attempt | None) -> None:
        """Hold a session that has just ended against the rules."""
        self._hold(session, row, self._snapshot(row, attempt, None))

    def lost(self, session: Session, row: TrainingSession) -> None:
        """Tell that a worker was lost."""
        self._hold(session, row, self._snapshot(row, None, None))

    def _snapshot(self, row: TrainingSession, attempt: Attempt | None, resources: Resources | None) -> Snapshot:
        settings, told = self.settings, attempt.follower if attempt else None
        failed = (row.error_message or "").partition("validation: ")[2]
        machine = resources.machine if resources else None
        return Snapshot(
            state=row.status,
            iteration=row.current_epoch,
            epochs=row.total_epochs,
            elapsed_s=row.elapsed_s,
            timeout_s=60 * row.timeout_minutes,
            workers_lost=row.lost if row.error_message else 0,  # one that drains gives a session back without a word
            disk_free_bytes=machine.disk_free_bytes if machine else None,
            disk_free_share=machine.disk_free_share if machine else None,
            memory_bytes=resources.memory_bytes if resources else None,
            memory_limit_bytes=int(settings.memory_gb * GB),
            gpu_memory_bytes=resources.gpu_memory_bytes if resources else None,
            gpu_memory_limit_bytes=int(settings.gpu_memory_gb * GB),
            metrics=told.metrics if told else {},
            scores=tuple(told.scores) if told else (),
            passed=row.passed,
            failed_checks=tuple(failed.split(", ")) if failed else (),
            health=told.raised if told else {},
            diverged=told.diverged if told else None,
            is_learning=told is not None and told.has_begun,
            error_message=row.error_message,
        )

    def _hold(self, session: Session, row: TrainingSession, snapshot: Snapshot) -> None:
        moment = Moment(time.time(), row.attempt)
        told, notices = follow(row.conditions, snapshot, moment, self.settings.alerts)
        if told != row.conditions:
            row.conditions = told
        for notice in notices:
            self._write(session, row, notice)

    def _write(self, session: Session, row: TrainingSession, notice: Notice) -> None:
        same = (AlertNotice.session_id == row.id, AlertNotice.rule == notice.rule, AlertNotice.cleared_at.is_(None))
        if notice.cleared:
            session.execute(update(AlertNotice).where(*same).values(cleared_at=now()))
            return
        session.add(
            AlertNotice(
                user_id=row.owner_id,
                session_id=row.id,
                rule=notice.rule,
                severity=notice.severity,
                message=f"{row.name}: {notice.message}",
            )
        )

    def deliver(self) -> None:
        """Send what was not sent yet, in the background; one sending at a time."""
        if self._sending.acquire(blocking=False):
            # No daemon: a process that ends waits for the alert that is on its way, which nobody would send again.
            threading.Thread(target=self._deliver, name="alerts").start()

    def _deliver(self) -> None:
        try:
            while threading.main_thread().is_alive() and (mine := self._take()) is not None:
                self._send(*mine)
        except DBAPIError as error:
            log.warning("alerts wait: the database cannot be reached now: %s", str(error.orig).strip())
        finally:
            self._sending.release()

    def _take(self) -> tuple[AlertNotice, list[AlertChannel]] | None:
        """The oldest alert that nobody has sent, marked as sent first: told once at most, whoever dies."""
        with self.database.reading() as session:
            waiting = session.scalars(
                select(AlertNotice.id).where(AlertNotice.sent_at.is_(None)).order_by(AlertNotice.id).limit(1)
            ).first()
        if waiting is None:
            return None
        with self.database.writing() as session:
            free = (AlertNotice.id == waiting, AlertNotice.sent_at.is_(None))
            won = session.execute(update(AlertNotice).where(*free).values(sent_at=now()))
            notice = session.get_one(AlertNotice, waiting)
            if won.rowcount != 1:  # pyright: ignore[reportAttributeAccessIssue]
                return notice, []
            channels = session.scalars(
                select(AlertChannel)
                .join(AlertChannel.user)
                .options(selectinload(AlertChannel.user).selectinload(User.roles))
                .where(AlertChannel.user_id == notice.user_id, AlertChannel.active, User.active)
            ).all()
            return notice, [channel for channel in channels if not channel.rules or notice.rule in channel.rules]

    def _send(self, notice: AlertNotice, channels: list[AlertChannel]) -> None:
        for channel in channels:
            reason = None
            try:
                url = unlock(channel.url, self.settings.secret())
                send(url, f"webfoot: {notice.rule}", notice.message, is_administrator(channel.user))
            except WebfootError as error:
                reason = str(error)
                log.warning("alert %d cannot be sent to channel %d: %s", notice.id, channel.id, reason)
            if reason != channel.failed:
                with self.database.writing() as session:
                    session.get_one(AlertChannel, channel.id).failed = reason
