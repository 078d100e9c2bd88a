"""`Worker`: takes sessions from the queue, trains each in a process of its own, and says so while it does."""

import logging
import os
import shutil
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import delete, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from webfoot.config import parse_config
from webfoot.counted import counted
from webfoot.errors import WebfootError
from webfoot.monitor.resources import Resources, sample
from webfoot.runs import Run
from webfoot.web.database import Database
from webfoot.web.models.base import now
from webfoot.web.models.notice import HEARD, WorkerRow
from webfoot.web.models.training import TrainingSession
from webfoot.web.notices import Herald
from webfoot.web.queue import Claim, Fenced, Reconciler, beat, claim, finish, held
from webfoot.web.services.sources import motion_path, robot_path
from webfoot.web.settings import Settings
from webfoot.web.states import State
from webfoot.web.work.attempt import GB, Attempt, TimeLimit, Verdict
from webfoot.web.work.job import Job
from webfoot.web.work.progress import Follower

log = logging.getLogger(__name__)

TICK_S = 0.2
"""Time between two looks at the trainers, and at what may have woken the worker."""
POLL_S = 2.0
"""Time after which the queue is looked at even where nothing woke the worker."""


class Worker:
    """One worker with room for some trainings. Whatever it may lose is found again by any other worker."""

    def __init__(self, database: Database, settings: Settings, name: str = ""):
        self.database, self.settings = database, settings
        self.name = name or f"{socket.gethostname()}-{os.getpid()}"
        self.attempts: dict[int, Attempt] = {}
        """By slot."""
        self._reconciler = Reconciler(settings)
        self._herald = Herald(database, settings)
        self._next_beat = self._next_poll = 0.0
        self._woken: float | None = None
        self._samples: dict[int, Resources] = {}
        self._draining = threading.Event()

    @property
    def is_draining(self) -> bool:
        """Whether it takes nothing new and will end."""
        return self._draining.is_set()

    def drain(self) -> None:
        """Let every training write a checkpoint, give it back to the queue, and end."""
        self._draining.set()

    def run(self) -> None:
        """Work until drained."""
        log.info("worker %s is ready for %s at once", self.name, counted(self.settings.concurrency, "training"))
        while not self._draining.is_set() or self.attempts:
            self.tick()
            self._draining.wait(TICK_S) if not self._draining.is_set() else time.sleep(TICK_S)
        self._steadily(lambda session: session.delete(row) if (row := self._row(session)) else None)

    def tick(self) -> None:
        """One look at everything."""
        if self._draining.is_set():
            for attempt in self.attempts.values():
                attempt.stop(Verdict(State.QUEUED))
        for slot, attempt in list(self.attempts.items()):
            verdict = attempt.ended()
            if verdict is not None:
                self._end(slot, attempt, verdict)
        time_now = time.monotonic()
        if time_now >= self._next_beat:
            self._next_beat = time_now + self.settings.beat_s
            self._beat()
        if not self._draining.is_set() and (self._was_woken() or time_now >= self._next_poll):
            self._next_poll = time_now + POLL_S
            self._fill()

    def _was_woken(self) -> bool:
        try:
            touched = self.settings.wake_file.stat().st_mtime
        except FileNotFoundError:
            return False
        woken, self._woken = touched != self._woken, touched
        return woken

    def _steadily(self, work: Callable[[Session], object]) -> bool:
        """Do something with the database; where it cannot be reached now, say so and go on: it is tried again."""
        try:
            with self.database.writing() as session:
                work(session)
        except DBAPIError as error:
            log.warning("the database cannot be reached now: %s", str(error.orig).strip())
            return False
        return True

    def _beat(self) -> None:
        for slot, attempt in list(self.attempts.items()):
            self._beat_for(slot, attempt)
        self._steadily(self._present)
        self._steadily(self._reconcile)
        self._herald.deliver()

    def _reconcile(self, session: Session) -> None:
        for row in self._reconciler.look(session):
            log.warning("session %d: %s", row.id, row.error_message)
            self._herald.lost(session, row)

    def _beat_for(self, slot: int, attempt: Attempt) -> None:
        attempt.follower.look()
        resources = sample(attempt.pid, self.settings.data_dir, self._samples.get(slot))
        self._samples[slot] = resources
        attempt.watch(resources)
        attempt.usage.put(resources)

        def tell(session: Session) -> None:
            wanted = beat(session, attempt.claim, attempt.follower.columns())
            if wanted is not None:
                attempt.stop(Verdict(wanted))
            self._herald.watch(session, attempt, resources)

        try:
            self._steadily(tell)
        except Fenced as fenced:
            log.warning("%s; its trainer is stopped", fenced)
            self._drop(slot, attempt)

    def _present(self, session: Session) -> None:
        """Say that this worker is there."""
        row = self._row(session)
        if row is None:
            session.execute(delete(WorkerRow).where(WorkerRow.seen_at < now() - HEARD))  # killed, and long gone
            row = WorkerRow(name=self.name, concurrency=self.settings.concurrency)
            session.add(row)
        row.beat = (row.beat or 0) + 1
        row.seen_at, row.running = now(), len(self.attempts)
        row.resources = {
            str(attempt.claim.session_id): {
                "cpu": resources.cpu_share,
                "memory_bytes": resources.memory_bytes,
                "gpu_memory_bytes": resources.gpu_memory_bytes,
            }
            for slot, attempt in self.attempts.items()
            if (resources := self._samples.get(slot)) is not None
        }

    def _row(self, session: Session) -> WorkerRow | None:
        return session.scalars(select(WorkerRow).where(WorkerRow.name == self.name)).first()

    def _fill(self) -> None:
        """Claim as many sessions as there is room for."""
        while len(self.attempts) < self.settings.concurrency and self._has_disk():
            claimed = self._claim()
            if claimed is None:
                return
            self._begin(claimed)

    def _has_disk(self) -> bool:
        free, least = shutil.disk_usage(self.settings.data_dir).free / GB, self.settings.least_free_gb
        if free < least:
            log.warning("%.2f GB of disk are free, %g are needed to begin", free, least)
        return free >= least

    def _claim(self) -> Claim | None:
        claimed: list[Claim | None] = []
        done = self._steadily(lambda session: claimed.append(claim(session, self.name, self.settings)))
        return claimed[0] if done else None

    def _begin(self, claimed: Claim) -> None:
        slot = next(slot for slot in range(self.settings.concurrency) if slot not in self.attempts)
        try:
            with self.database.reading() as session:
                row = session.get_one(TrainingSession, claimed.session_id)
                self.attempts[slot] = self._attempt(session, row, claimed, slot)
        except WebfootError as error:
            self._finish(claimed, Verdict(State.FAILED, str(error)))
        except OSError as error:
            self._finish(claimed, Verdict(State.FAILED, f"the trainer cannot be started: {error.strerror}"))
        else:
            log.info("session %d begins, attempt %d", claimed.session_id, claimed.attempt)

    def _attempt(self, session: Session, row: TrainingSession, claimed: Claim, slot: int) -> Attempt:
        config = parse_config(row.parameters)
        allowed = sorted(os.sched_getaffinity(0))
        room = self.settings.concurrency
        cores = tuple(allowed[slot::room]) if len(allowed) >= room else (allowed[slot % len(allowed)],)
        folder = self.settings.runs_dir / str(row.id)
        job = Job(
            folder=str(folder.resolve()),
            motion=motion_path(session, row, self.settings),
            robot=robot_path(session, row, self.settings),
            parameters=row.parameters,
            cores=cores,
            attempt=claimed.attempt,
        )
        follower = Follower(Run(folder).events_file, config.sim.control_dt)
        limit = TimeLimit(row.timeout_minutes, max(1.0, 60 * row.timeout_minutes - row.elapsed_s))
        return Attempt(claimed, job, follower, self.settings, limit)

    def _drop(self, slot: int, attempt: Attempt) -> None:
        """End a trainer whose session is another's by now."""
        attempt.kill()
        self._forget(slot)

    def _forget(self, slot: int) -> None:
        del self.attempts[slot]
        self._samples.pop(slot, None)

    def _end(self, slot: int, attempt: Attempt, verdict: Verdict) -> None:
        """Write down what became of a session; where the database cannot be reached, again at the next look."""
        attempt.follower.look()
        if self._finish(attempt.claim, verdict, attempt):
            self._forget(slot)

    def _finish(self, claimed: Claim, verdict: Verdict, attempt: Attempt | None = None) -> bool:
        def write(session: Session) -> None:
            row = held(session, claimed)
            progress = attempt.follower.columns() if attempt is not None else {}
            state, error = verdict.state, verdict.error
            if verdict.lost and row.lost + 1 >= self.settings.most_attempts:
                state, error = State.FAILED, f"{error}, {counted(row.lost + 1, 'time')}; its checkpoint is kept"
            lost = row.lost + verdict.lost
            size = _size(self.settings.runs_dir / str(row.id))
            row = finish(
                session, claimed, state, error, passed=verdict.passed, lost=lost, stored_bytes=size, **progress
            )
            self._herald.ended(session, row, attempt)

        try:
            done = self._steadily(write)
        except Fenced as fenced:
            log.warning("%s; what it became is not written", fenced)
            return True
        if done:
            why = f": {verdict.error}" if verdict.error else ""
            log.info("session %d is %s%s", claimed.session_id, verdict.state.words, why)
        return done


def _size(folder: Path) -> int:
    """Bytes of all files below a folder."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except FileNotFoundError:
            continue  # a temporary file that was there a moment ago
    return total
