"""A `webfoot` command in a process of its own, and what one may ask of it."""

import contextlib
import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from patience import PATIENCE_S

from webfoot.web.settings import Settings, save_settings

ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("WEBFOOT_")}


class Running:
    """A `webfoot` command in a process of its own."""

    def __init__(self, folder: Path, settings: Settings, *words: str):
        self.settings, self.log = settings, folder / f"{words[0]}.log"
        file = folder / "settings.json"
        save_settings(settings, file)
        command = [sys.executable, "-m", "webfoot.cli", *words, "--settings", str(file), "--log-format", "json"]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, env=ENVIRONMENT)

    def line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def children(self) -> dict[str, psutil.Process]:
        """Those that live, by the last part of their module's name."""
        found = {}
        for child in psutil.Process(self.process.pid).children():
            with contextlib.suppress(psutil.ZombieProcess, psutil.NoSuchProcess):
                if child.cmdline()[1:2] == ["-m"]:
                    found[child.cmdline()[2].rpartition(".")[2]] = child
        return found

    def logged(self) -> list[dict]:
        return [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")]

    def ended(self) -> int:
        return self.process.wait(PATIENCE_S)


@contextmanager
def running(folder: Path, settings: Settings, *words: str) -> Iterator[Running]:
    made = Running(folder, settings, *words)
    try:
        yield made
    finally:
        made.process.kill()
        made.process.wait()
        assert made.process.stdout is not None
        made.process.stdout.close()


def asked(address: str, token: str = "", body: dict | None = None):
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    data = None if body is None else json.dumps(body).encode()
    return urllib.request.urlopen(urllib.request.Request(address, data, headers), timeout=60)


def answers(address: str) -> bool:
    try:
        with asked(f"{address}/readyz") as answer:
            return answer.status == 200
    except (urllib.error.URLError, ConnectionError):
        return False
