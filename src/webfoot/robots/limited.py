"""`run_limited`: work on a stranger's file in a process of its own, limited in memory, processor time and time."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH", "VIRTUAL_ENV")
"""Nearly all that the process sees of our environment, which may hold passwords."""
SET = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MUJOCO_GL": "disable", "PYTHONUTF8": "1"}
MOST_WORDS_BYTES = 4096


@dataclass(frozen=True)
class Limits:
    """What the process may take."""

    cpu_s: int
    """Processor time [s]."""
    memory_bytes: int
    """Address space; a process that only imports MuJoCo takes 200 MB."""
    wall_s: float
    """Time [s]."""
    file_bytes: int = 64 * 2**20
    """Longest file that it may write, its output too."""


@dataclass(frozen=True)
class Ended:
    """How the process ended."""

    code: int | None
    """Exit code; minus the signal that killed it; None where its time was up."""
    output: bytes
    words: str
    """The end of what it said on standard error."""

    @property
    def last_line(self) -> str:
        """Its last words."""
        lines = self.words.strip().splitlines()
        return lines[-1] if lines else ""

    @property
    def ran_out(self) -> bool:
        """Whether it took more time or processor time than it may."""
        return self.code in {None, -signal.SIGXCPU, -signal.SIGKILL}


def run_limited(module: str, arguments: Sequence[str], folder: Path, limits: Limits) -> Ended:
    """Run a module of ours under limits, which hold before it is imported.

    Args:
        module: full name of one that is run by `python -m`.
        arguments: of the module.
        folder: where it works; MuJoCo leaves its log there.
        limits: what it may take.
    """
    given = (str(limits.cpu_s), str(limits.memory_bytes), str(limits.file_bytes))
    # -P: a file called json.py in the folder, which may be a stranger's, is not Python's json
    command = [sys.executable, "-P", "-m", "webfoot.robots.limited_process", *given, module, *arguments]
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as words:
        try:
            code = subprocess.run(
                command,
                cwd=folder,
                env=_environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=words,
                timeout=limits.wall_s,
                check=False,
            ).returncode
        except subprocess.TimeoutExpired:
            code = None
        output.seek(0)
        words.seek(max(0, words.seek(0, os.SEEK_END) - MOST_WORDS_BYTES))
        return Ended(code, output.read(), words.read().decode(errors="replace"))


def _environment() -> dict[str, str]:
    """What the process sees of ours; of places where modules are found, those that are not its own folder."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    places = [place for place in os.environ.get("PYTHONPATH", "").split(os.pathsep) if os.path.isabs(place)]
    return kept | SET | ({"PYTHONPATH": os.pathsep.join(places)} if places else {})
