"""The service under load on loopback while it trains: open streams, requests a second, and what the training loses.

Starts `webfoot serve` in a folder that is thrown away and trains the duckling. In each round nobody looks, then
`--streams` live streams are open and `--rate` requests a second come, then nobody looks again. The training makes no
trials meanwhile: they take more time the better the policy walks, and what that costs is not the load's.
"""

import argparse
import http.client
import itertools
import json
import selectors
import socket
import statistics
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from parts.cases import throw_away_folder
from parts.table import print_machine, print_table

from webfoot.web.database import Database
from webfoot.web.migrate import migrate
from webfoot.web.models.user import User
from webfoot.web.services import accounts
from webfoot.web.settings import Quota, Settings, save_settings

PATHS = ("/api/v1/sessions", "/training/status/1", "/training/metrics/1?names=loss", "/", "/api/v1/me")
STREAMS_EACH = 20
"""Streams of one user."""
SETTLE_S = 5.0
"""Time in which two hundred streams that open at once are let in, or end; they stay open for minutes."""
FIRST_ITERATION = 60
"""By then the robots walk, and an iteration takes what it will take from then on."""


@dataclass
class Streams:
    """Open event streams that are read and thrown away."""

    port: int
    tokens: list[str]
    events: int = 0
    _open: list[socket.socket] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)

    def open(self, count: int) -> None:
        for number in range(count):
            connection = socket.create_connection(("127.0.0.1", self.port))
            token = self.tokens[number // STREAMS_EACH]
            asked = (
                f"GET /api/v1/sessions/1/stream HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n"
            )
            connection.sendall(asked.encode())
            self._open.append(connection)
        self._thread = threading.Thread(target=self._read)
        self._thread.start()

    def _read(self) -> None:
        with selectors.DefaultSelector() as selector:
            for connection in self._open:
                selector.register(connection, selectors.EVENT_READ)
            while not self._over.is_set():
                for key, _ in selector.select(0.2):
                    data = key.fileobj.recv(1 << 16)  # pyright: ignore[reportAttributeAccessIssue]
                    assert data, "a stream was closed"
                    self.events += data.count(b"\nid:") + data.startswith(b"id:")

    def close(self) -> None:
        self._over.set()
        self._thread.join()
        for connection in self._open:
            connection.close()


def main() -> None:
    made = argparse.ArgumentParser(description=__doc__)
    made.add_argument("--streams", type=int, default=200)
    made.add_argument("--rate", type=float, default=50.0, help="requests a second")
    made.add_argument("--seconds", type=float, default=40.0, help="of load in a round, and of none")
    made.add_argument("--rounds", type=int, default=2)
    options = made.parse_args()
    quota = Quota(streams=STREAMS_EACH, robot_hours=1e6)
    settings = Settings(data_dir=throw_away_folder() / "data", quota=quota, rate_limit="1000000 per minute")
    tokens = prepare(settings, 1 + options.streams // STREAMS_EACH)
    print_machine()
    file = settings.data_dir / "benchmark.json"
    save_settings(settings, file)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "webfoot.cli", "serve", "--port", str(port), "--settings", str(file)]
    with (
        (settings.data_dir / "serve.log").open("wb") as log,
        subprocess.Popen(command, stdout=log, stderr=log) as server,
    ):
        try:
            measure(server.pid, port, tokens, settings, options)
        finally:
            server.terminate()


def prepare(settings: Settings, count: int) -> list[str]:
    """Administrators, who may see everything, with a token each."""
    settings.data_dir.mkdir(parents=True)
    database = Database(settings.database)
    migrate(database)
    with database.writing() as session:
        users: list[User] = [
            accounts.create(session, None, f"maker{n}@example.org", "administrator") for n in range(count)
        ]
        return [accounts.make_token(session, user, "load", ["admin"], None).text for user in users]


def cpu_s(pid: int) -> float:
    """Processor time that the process that answers, and whom it started, took up to now [s]."""
    web = [
        child for child in psutil.Process(pid).children(recursive=True) if "web_process" in " ".join(child.cmdline())
    ]
    return sum(child.cpu_times().user + child.cpu_times().system for child in web)


def measure(pid: int, port: int, tokens: list[str], settings: Settings, options: argparse.Namespace) -> None:
    wait_for(port)
    parameters = {"stop_when_passed": False, "evaluate_every": 10_000}
    ask(port, tokens[0], "/training/start", {"reference_motion": "walk", "epochs": 100_000, "parameters": parameters})
    events = settings.data_dir / "runs" / "1" / "events.jsonl"
    while not events.is_file() or iterations(events) < FIRST_ITERATION:
        time.sleep(0.2)
    parts = [under_load(pid, port, tokens, events, options) for _ in range(options.rounds)]
    times = sorted(itertools.chain(*(part.times for part in parts)))
    shares = [part.together / part.alone for part in parts]
    rows = [
        ("training with nobody looking [steps/s]", statistics.fmean(part.alone for part in parts)),
        (
            f"training with {options.streams} streams and {options.rate:g} requests/s [steps/s]",
            statistics.fmean(part.together for part in parts),
        ),
        ("share", statistics.fmean(shares)),
        ("share in each round", ", ".join(f"{share:.2f}" for share in shares)),
        ("cores that the web process took", statistics.fmean(part.cores for part in parts)),
        ("cores that asking took", statistics.fmean(part.cores_asking for part in parts)),
        ("requests answered", len(times)),
        ("p50 [ms]", 1000 * statistics.median(times)),
        ("p99 [ms]", 1000 * times[int(0.99 * len(times))]),
        ("slowest [ms]", 1000 * times[-1]),
        ("events told", sum(part.events for part in parts)),
    ]
    print_table(("what", "measured"), rows)


@dataclass(frozen=True)
class Part:
    """One round."""

    alone: float
    """Control steps a second while nobody looks."""
    together: float
    """The same under load."""
    cores: float
    """That the web process took."""
    cores_asking: float
    """That this program took, on the same machine."""
    times: list[float]
    """Of each request [s]."""
    events: int


def under_load(pid: int, port: int, tokens: list[str], events: Path, options: argparse.Namespace) -> Part:
    """Nobody looks for as long as many look: before them and after them, since a machine has its moods."""
    before = steps_per_s(events, options.seconds / 2)
    streams = Streams(port, tokens)
    streams.open(options.streams)
    time.sleep(SETTLE_S)
    times: list[float] = []
    loaders = [threading.Thread(target=load, args=(port, tokens[n % len(tokens)], options, times)) for n in range(10)]
    for thread in loaders:
        thread.start()
    web, own = cpu_s(pid), time.process_time()
    together = steps_per_s(events, options.seconds)
    web, own = cpu_s(pid) - web, time.process_time() - own
    for thread in loaders:
        thread.join()
    streams.close()
    time.sleep(SETTLE_S)
    after = steps_per_s(events, options.seconds / 2)
    alone = (before + after) / 2
    return Part(alone, together, web / options.seconds, own / options.seconds, times, streams.events)


def load(port: int, token: str, options: argparse.Namespace, times: list[float]) -> None:
    """A tenth of the requests, each at its time whatever the last one took."""
    until, every = time.perf_counter() + options.seconds, 10 / options.rate
    due = time.perf_counter()
    number = 0
    while due < until:
        time.sleep(max(0.0, due - time.perf_counter()))
        began = time.perf_counter()
        ask(port, token, PATHS[number % len(PATHS)])
        times.append(time.perf_counter() - began)
        number += 1
        due += every


def ask(port: int, token: str, path: str, body: dict | None = None) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    connection.request("POST" if body else "GET", path, json.dumps(body) if body else None, headers)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    assert answer.status < 400, (path, answer.status, text[:300])
    return text


def wait_for(port: int) -> None:
    until = time.monotonic() + 120
    while True:
        try:
            http.client.HTTPConnection("127.0.0.1", port).request("GET", "/healthz")
            return
        except ConnectionRefusedError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


def iterations(events: Path) -> int:
    return events.read_text(encoding="utf-8").count('"event": "progress"')


def steps_per_s(events: Path, seconds: float) -> float:
    """Control steps of all robots a second, over some time from now on: between the ends of two iterations."""
    first = last_progress(events)
    time.sleep(seconds)
    last = last_progress(events)
    return (last["env_steps"] - first["env_steps"]) / (last["time"] - first["time"])


def last_progress(events: Path) -> dict:
    with events.open(encoding="utf-8") as file:
        told = [json.loads(line) for line in file if '"event": "progress"' in line and line.endswith("\n")]
    return told[-1]


if __name__ == "__main__":
    main()
