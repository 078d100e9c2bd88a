"""`Run`: the folder of one training. Files hold the truth; any tool can read them."""

import fcntl
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from webfoot.errors import RunError


@dataclass(frozen=True)
class Run:
    """Names of the files in a run folder."""

    folder: Path

    @staticmethod
    def create(out: Path, name: str) -> "Run":
        """A new run folder inside `out`, named after the time, the motion and four random letters."""
        stamp = time.strftime("%Y%m%d-%H%M%S")
        safe = "".join(c if c.isalnum() or c in "-_." else "-" for c in name).strip("-.")[:40]
        while True:
            folder = out / f"{stamp}-{safe or 'run'}-{secrets.token_hex(2)}"
            try:
                folder.mkdir(parents=True)
                return Run.create_at(folder)
            except FileExistsError as error:
                if not out.is_dir():
                    raise RunError(f"{out}: is a file; give a folder as --out") from error
            except OSError as error:
                raise RunError(f"{folder}: cannot be created ({error.strerror}); give another --out folder") from None

    @staticmethod
    def create_at(folder: Path) -> "Run":
        """A run folder at this very place, which may have been begun before."""
        run = Run(folder)
        run.checkpoint_file.parent.mkdir(parents=True, exist_ok=True)
        return run

    @staticmethod
    def open(folder: str | Path) -> "Run":
        """An existing run.

        Raises:
            RunError: not a run folder.
        """
        run = Run(Path(folder))
        if not run.config_file.is_file():
            raise RunError(f"{folder}: not a run folder (it has no config.yaml); give a folder below runs/")
        return run

    @contextmanager
    def held(self) -> Iterator[None]:
        """While this is entered, no other process may train in this folder; what a killed one left is swept away.

        Raises:
            RunError: another process is at it.
        """
        handle = os.open(self.folder, os.O_RDONLY)
        try:
            _lock(handle, self.folder)
            self._sweep()
            yield
            self._sweep()
        finally:
            os.close(handle)

    def _sweep(self) -> None:
        """Remove what is only there while something is written or tried."""
        for path in (*self.folder.rglob(".*.tmp"), self.trial_file):
            path.unlink(missing_ok=True)

    @property
    def name(self) -> str:
        """The id of the run."""
        return self.folder.resolve().name

    @property
    def config_file(self) -> Path:
        """What was asked for."""
        return self.folder / "config.yaml"

    @property
    def motions_dir(self) -> Path:
        """Folder of the prepared motions, so that a resumed run does not depend on the original file."""
        return self.folder / "motions"

    @property
    def events_file(self) -> Path:
        """One JSON document a line."""
        return self.folder / "events.jsonl"

    @property
    def tensorboard_dir(self) -> Path:
        """Event files for TensorBoard."""
        return self.folder / "tensorboard"

    @property
    def checkpoint_file(self) -> Path:
        """Full state of the training."""
        return self.folder / "checkpoints" / "latest.pt"

    @property
    def teacher_file(self) -> Path:
        """State of the tracking policy that demonstrates to an adversary."""
        return self.folder / "checkpoints" / "teacher.pt"

    @property
    def trial_file(self) -> Path:
        """The policy that is being tried while the training goes on."""
        return self.folder / "checkpoints" / "trial.onnx"

    @property
    def trial_rollout_file(self) -> Path:
        """First episodes of the latest trial, to be looked at while the training goes on."""
        return self.folder / "trial.npz"

    @property
    def policy_file(self) -> Path:
        """The exported policy."""
        return self.folder / "policy.onnx"

    @property
    def report_file(self) -> Path:
        """The verdict as JSON."""
        return self.folder / "report.json"

    @property
    def report_page(self) -> Path:
        """The verdict as a page."""
        return self.folder / "report.html"

    @property
    def rollout_file(self) -> Path:
        """Episodes of the validation."""
        return self.folder / "rollout.npz"

    @property
    def video_file(self) -> Path:
        """One episode as a video."""
        return self.folder / "preview.webm"

    @property
    def unstable_file(self) -> Path:
        """Last good states of robots whose physics blew up."""
        return self.folder / "unstable.json"


def _lock(handle: int, folder: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise RunError(f"{folder}: another process trains here; wait until it has ended, or stop it") from None
