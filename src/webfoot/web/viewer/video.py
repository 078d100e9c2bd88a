"""`Video`: the video of a run's validation, drawn in the background when somebody asks for it.

What is known of it lies in the run folder, so that every process of the service knows it: the video, a sentence that
says why there is none, and a file that is locked while one is drawn; a process that is killed lets go of it.
"""

import fcntl
import os
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from webfoot.errors import RunError, WebfootError
from webfoot.export.atomic import write_atomically
from webfoot.robots.limited import Limits
from webfoot.runs import Run
from webfoot.web.uploads.elsewhere import Work, run_elsewhere
from webfoot.web.uploads.turns import Busy
from webfoot.web.viewer.drawing import Place

LIMITS = Limits(cpu_s=240, memory_bytes=4 * 2**30, wall_s=300.0)
"""10 s of walking take 14 s of processor time and 290 MB on a server without a graphics card."""
WORK = Work("webfoot.web.viewer.video_process", "drawing", RunError, LIMITS)
MOST_WAITING = 8
"""Videos that are drawn by a web process, one after the other, or wait for it."""
TRIES, PAUSE_S = 5, 0.002
"""Who only looks whether it is locked holds the lock for some microseconds."""
_WAITING = threading.BoundedSemaphore(MOST_WAITING)
_AT_WORK = threading.Lock()

Stage = Literal["none", "drawing", "there", "refused"]


@dataclass(frozen=True)
class Video:
    """Of one run."""

    run: Run

    @property
    def lock_file(self) -> Path:
        """Locked by who draws."""
        return self.run.folder / ".video.lock"

    @property
    def refusal_file(self) -> Path:
        """Why the last attempt came to nothing."""
        return self.run.folder / ".video.refused"

    @property
    def stage(self) -> Stage:
        """How far it is."""
        if self.run.video_file.is_file():
            return "there"
        if self._is_drawn():
            return "drawing"
        return "refused" if self.refusal_file.is_file() else "none"

    @property
    def refusal(self) -> str:
        """One sentence; empty where it was not tried, or went well."""
        try:
            return self.refusal_file.read_text(encoding="utf-8")
        except FileNotFoundError:
            return ""

    def begin(self, robot: Place) -> bool:
        """Have it drawn in the background; False where it is being drawn.

        Raises:
            Busy: too many others wait.
        """
        handle = _held(self.lock_file)
        if handle is None:
            return False
        if not _WAITING.acquire(blocking=False):
            os.close(handle)
            raise Busy(f"{MOST_WAITING} videos of others are being drawn; try again in {Busy.retry_after_s} s")
        self.refusal_file.unlink(missing_ok=True)
        threading.Thread(target=self._work, args=(robot, handle), name="video", daemon=True).start()
        return True

    def _work(self, robot: Place, handle: int) -> None:
        try:
            with _AT_WORK:
                self._draw(robot)
        except WebfootError as error:
            with suppress(WebfootError):  # the session was deleted meanwhile
                write_atomically(self.refusal_file, str(error).encode())
        finally:
            os.close(handle)
            _WAITING.release()

    def _draw(self, robot: Place) -> None:
        with tempfile.TemporaryDirectory() as folder:
            drawn = Path(folder) / "video.webm"
            links = {"robot": robot.folder.resolve(), "run": self.run.folder.resolve(), "out": Path(folder)}
            arguments = [f"robot/{robot.inner}", f"run/{self.run.rollout_file.name}", f"out/{drawn.name}"]
            run_elsewhere(WORK, "the video", links, arguments)
            write_atomically(self.run.video_file, drawn.read_bytes())

    def _is_drawn(self) -> bool:
        try:
            handle = os.open(self.lock_file, os.O_RDONLY)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(handle)
        return False


def _held(path: Path) -> int | None:
    """A handle that holds the lock; None where somebody else does."""
    handle = os.open(path, os.O_RDONLY | os.O_CREAT, 0o644)
    for _ in range(TRIES):
        with suppress(BlockingIOError):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return handle
        time.sleep(PAUSE_S)
    os.close(handle)
    return None
