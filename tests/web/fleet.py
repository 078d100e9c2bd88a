"""A whole service in processes of its own: a web server and workers, to be killed and started again."""

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from moved_clock import MovedClock

from webfoot.web.settings import Settings, save_settings


@dataclass
class Fleet:
    """Processes that belong to one data folder."""

    settings: Settings
    workers: int
    port: int
    clocks: dict[str, MovedClock] = field(default_factory=dict)
    """By process, where it does not have the clock of the others."""
    processes: dict[str, subprocess.Popen] = field(default_factory=dict)

    def __enter__(self) -> "Fleet":
        self.settings.data_dir.mkdir(parents=True, exist_ok=True)
        self._file = self.settings.data_dir / "test-settings.json"
        save_settings(self.settings, self._file)
        self.keep()
        return self

    def __exit__(self, *_: object) -> None:
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(60)
            process.kill()
            process.wait()

    def keep(self) -> None:
        """Start whatever does not run."""
        words = {"web": ["serve", "--port", str(self.port), "--no-worker", "--threads", "16"]}
        words |= {f"worker {n}": ["worker"] for n in range(self.workers)}
        for name, command in words.items():
            if name not in self.processes or self.processes[name].poll() is not None:
                self.processes[name] = self._start(name, command)

    def _start(self, name: str, command: list[str]) -> subprocess.Popen:
        log = (self.settings.data_dir / f"{name}.log").open("ab")
        with log:
            return subprocess.Popen(
                [sys.executable, "-m", "webfoot.cli", *command, "--settings", str(self._file)],
                stdout=log,
                stderr=log,
                env=os.environ | (self.clocks[name].environment if name in self.clocks else {}),
            )

    def kill_one(self, draw: random.Random) -> str:
        """SIGKILL a web server, a worker, or whatever one of them has started; tells which."""
        name = draw.choice(list(self.processes))
        target = psutil.Process(self.processes[name].pid)
        if draw.random() < 0.5:
            with contextlib.suppress(psutil.NoSuchProcess):
                target = draw.choice([target, *target.children(recursive=True)])
        with contextlib.suppress(psutil.NoSuchProcess):
            os.kill(target.pid, signal.SIGKILL)
        if target.pid == self.processes[name].pid:
            self.processes[name].wait()  # so that `keep` sees it
        return name


@dataclass(frozen=True)
class Told:
    """What the event log of a run tells of its attempts."""

    iterations: list[int]
    """In the order in which they were told."""

    @staticmethod
    def of(path: Path) -> "Told":
        lines = path.read_text(encoding="utf-8").splitlines()
        events = [json.loads(line) for line in lines if line]
        return Told([event["iteration"] for event in events if event["event"] == "progress"])

    @property
    def jumps(self) -> list[int]:
        """How many iterations were lost each time that an attempt went on from a checkpoint."""
        pairs = zip(self.iterations[:-1], self.iterations[1:], strict=True)
        return [before - after + 1 for before, after in pairs if after != before + 1]
