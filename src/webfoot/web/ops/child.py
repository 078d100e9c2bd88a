"""`Child`: a process of the service that is started again when it dies."""

import contextlib
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence

log = logging.getLogger(__name__)

FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 30.0
"""Before a child is started again: twice as long each time."""
STEADY_S = 60.0
"""A child that lived so long was well: the next wait is the first again."""


class Child:
    """One process: its Python module, and the words behind it; before them it is told the id of this process."""

    def __init__(
        self,
        name: str,
        module: str,
        words: Sequence[str],
        handles: Sequence[int] = (),
        clock: Callable[[], float] = time.monotonic,
    ):
        self.name, self.starts = name, 0
        self._command = [sys.executable, "-m", module, str(os.getpid()), *words]
        self._handles, self._clock = tuple(handles), clock
        self._process: subprocess.Popen[bytes] | None = None
        self._began = self._start_at = clock()
        self._wait_s = FIRST_WAIT_S

    @property
    def pid(self) -> int | None:
        """Of the process; None while it is down."""
        return self._process.pid if self._process else None

    def keep(self) -> None:
        """Start it where it is down; after a death not before its time."""
        if self._process is not None and self._process.poll() is not None:
            self._mourn(self._process.returncode)
        if self._process is None and self._clock() >= self._start_at:
            self._process = subprocess.Popen(self._command, pass_fds=self._handles, start_new_session=True)
            self._began, self.starts = self._clock(), self.starts + 1

    def _mourn(self, code: int) -> None:
        if self._clock() - self._began >= STEADY_S:
            self._wait_s = FIRST_WAIT_S
        how = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
        log.error("%s (process %s) %s; it is started again in %g s", self.name, self.pid, how, self._wait_s)
        self._process, self._start_at = None, self._clock() + self._wait_s
        self._wait_s = min(2 * self._wait_s, LONGEST_WAIT_S)

    def ask_to_end(self) -> None:
        """Ask it politely; it is not started again unless it is kept."""
        if self._process is not None:
            self._process.terminate()

    def has_ended(self) -> bool:
        """Whether it is down."""
        return self._process is None or self._process.poll() is not None

    def kill(self) -> None:
        """End it at once, with what it has started."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


def end_all(children: Sequence[Child], insisted: Callable[[], bool], longest_s: float) -> bool:
    """Ask all to end and wait for it; whoever takes too long, or all where somebody insists, are killed.

    Returns:
        Whether all ended by themselves.
    """
    until = time.monotonic() + longest_s
    for child in children:
        child.ask_to_end()
    while not all(child.has_ended() for child in children):
        if insisted() or time.monotonic() > until:
            late = [child for child in children if not child.has_ended()]
            log.warning("%s did not end in time and is killed", " and ".join(child.name for child in late))
            for child in late:
                child.kill()
            return False
        time.sleep(0.05)
    return True
