"""`Attempt`: one worker's try at one session: the process that trains, and the limits it lives under."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from webfoot.monitor.resources import Resources
from webfoot.web.queue import Claim
from webfoot.web.settings import Settings
from webfoot.web.states import State
from webfoot.web.work.job import CANNOT_WRITE, OUTCOME, Job, Outcome
from webfoot.web.work.progress import Follower
from webfoot.web.work.usage import UsageLog

LOG = "trainer.log"
"""Name of the file in the run folder that holds what the trainer says to standard error."""
GB = 1e9


@dataclass(frozen=True)
class Verdict:
    """What becomes of a session after an attempt."""

    state: State
    error: str | None = None
    passed: bool | None = None
    lost: bool = False
    """The trainer was killed by somebody else; another attempt may succeed."""


@dataclass(frozen=True)
class TimeLimit:
    """How long a session may take."""

    minutes: float
    """All attempts together."""
    left_s: float
    """For this one."""


class Attempt:
    """A running trainer."""

    def __init__(self, claim: Claim, job: Job, follower: Follower, settings: Settings, limit: TimeLimit):
        self.claim, self.job, self.follower, self.settings = claim, job, follower, settings
        self.folder = Path(job.folder)
        self.stopping: Verdict | None = None
        """What it becomes once its trainer has ended, where it was told to end."""
        self._limit = limit
        self._began = time.monotonic()
        self._kill_at = float("inf")
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / OUTCOME).unlink(missing_ok=True)
        self.usage = UsageLog(self.folder)
        self._log: IO[bytes] = (self.folder / LOG).open("ab")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "webfoot.web.work.trainer_process", str(os.getpid())],
            stdin=subprocess.PIPE,
            stdout=self._log,
            stderr=self._log,
            start_new_session=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        assert self._process.stdin is not None
        with self._process.stdin as pipe:
            pipe.write(job.dumps().encode())

    @property
    def pid(self) -> int:
        """Of the trainer."""
        return self._process.pid

    @property
    def elapsed_s(self) -> float:
        """Time since the attempt began."""
        return time.monotonic() - self._began

    def stop(self, verdict: Verdict) -> None:
        """Ask the trainer to end after its iteration, with a checkpoint; what was asked first stands."""
        if self.stopping is None:
            self.stopping = verdict
            self._kill_at = time.monotonic() + self.settings.grace_s
            self._process.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End the trainer at once, with whatever it has started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._log.close()

    def watch(self, resources: Resources | None) -> None:
        """Hold the trainer against its limits."""
        if time.monotonic() > self._kill_at:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._kill_at = float("inf")
        if self.elapsed_s > self._limit.left_s:
            limit = f"not done after {self._limit.minutes:.4g} minutes, its time limit"
            self.stop(Verdict(State.TIMED_OUT, f"{limit}; retry gives it as many again, or set a longer one first"))
        if resources is None:
            return
        for used, most, what in (
            (resources.memory_bytes, self.settings.memory_gb, "memory"),
            (resources.gpu_memory_bytes, self.settings.gpu_memory_gb, "GPU memory"),
        ):
            if used is not None and used > most * GB:
                reason = (
                    f"took {used / GB:.1f} GB of {what}, more than the {most:g} GB it may; use a smaller batch_size"
                )
                self.stop(Verdict(State.FAILED, reason))

    def ended(self) -> Verdict | None:
        """What becomes of the session; None while the trainer runs."""
        code = self._process.poll()
        if code is None:
            return None
        self._log.close()
        outcome = Outcome.read(self.folder, self.claim.attempt)
        if outcome is None:
            return self.stopping or self._broken(code)
        if outcome.passed is not None:
            return Verdict(State.COMPLETED, _unmet(outcome), outcome.passed)
        if outcome.stopped == "interrupted" and self.stopping is not None:
            return self.stopping
        if outcome.stopped == "interrupted":  # by somebody else's polite signal: go on from the checkpoint
            return Verdict(State.QUEUED, "the trainer was interrupted from outside", lost=True)
        reason = outcome.reason if outcome.stopped == "wrong input" else f"{outcome.stopped}: {outcome.reason}"
        return Verdict(State.FAILED, reason)

    def _broken(self, code: int) -> Verdict:
        """Nothing was left behind: killed, or a fault of ours."""
        last = _last_line(self.folder / LOG)
        if code == CANNOT_WRITE:
            sentence = "the run folder cannot be written, probably the disk is full; make room, then retry: it goes on"
            return Verdict(State.FAILED, f"{sentence} from the last checkpoint")
        if code < 0:
            name = signal.Signals(-code).name
            return Verdict(State.QUEUED, f"the trainer was killed by {name} from outside", lost=True)
        return Verdict(State.FAILED, f"the trainer broke off, a fault of ours: {last or f'exit code {code}'}")


def _unmet(outcome: Outcome) -> str | None:
    if outcome.passed:
        return None
    return f"the policy did not pass validation: {', '.join(outcome.failed)}"


def _last_line(path: Path) -> str:
    lines = path.read_text(encoding="utf-8", errors="replace").strip().splitlines() if path.is_file() else []
    return lines[-1].strip()[:500] if lines else ""


def read_log(path: Path, behind: int = 0, most_bytes: int = 200_000) -> tuple[str, int]:
    """The end of what stands behind an offset of a trainer's log, and the offset behind its last whole line.

    An offset beyond the end, as of a log that was begun anew, counts from the start.
    """
    if not path.is_file():
        return "", 0
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        start = max(behind if behind <= size else 0, size - most_bytes)
        file.seek(start)
        content = file.read(most_bytes)
    return content.decode(errors="replace"), start + content.rfind(b"\n") + 1
