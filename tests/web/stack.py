"""The servers that a lab would have: PostgreSQL and Redis, started on loopback for as long as the tests run."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path

import psycopg
import redis

from webfoot.web.database import Database
from webfoot.web.migrate import migrate

PATIENCE_S = 60.0


class Scaled:
    """PostgreSQL and Redis; every test gets a database of its own."""

    def __init__(self, postgres_port: int, redis_port: int):
        self._address = f"postgresql://postgres@127.0.0.1:{postgres_port}"
        self.broker_url = f"redis://127.0.0.1:{redis_port}/0"
        self._numbers = count()
        self._create("migrated")
        database = Database(f"{self._url('migrated')}")
        migrate(database)
        database.engine.dispose()

    def _url(self, name: str) -> str:
        return f"{self._address.replace('postgresql', 'postgresql+psycopg')}/{name}"

    def _create(self, name: str, template: str = "template1") -> None:
        with psycopg.connect(f"{self._address}/postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}".encode())

    def new_database(self) -> str:
        """Address of an empty database with all tables."""
        name = f"test_{next(self._numbers)}"
        self._create(name, "migrated")
        return self._url(name)


@contextmanager
def scaled() -> Iterator[Scaled]:
    """Both servers, until this is left."""
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="webfoot-stack-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        folder.chmod(0o755)
        ports = free_port(), free_port()
        stack.callback(_stop, _start_postgres(folder / "postgres", ports[0]))
        stack.callback(_stop, _start_redis(folder / "redis", ports[1]))
        _wait_until(lambda: psycopg.connect(f"postgresql://postgres@127.0.0.1:{ports[0]}/postgres").close())
        with redis.Redis(port=ports[1]) as client:
            _wait_until(client.ping)
        yield Scaled(*ports)


def free_port() -> int:
    """A port of loopback that nobody listens on now."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return server.getsockname()[1]


def _start_postgres(folder: Path, port: int) -> subprocess.Popen:
    """PostgreSQL does not run as root: there it runs as the user that its package made."""
    binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1]
    folder.mkdir()
    become: dict = {}
    if os.getuid() == 0:
        user = pwd.getpwnam("postgres")
        os.chown(folder, user.pw_uid, user.pw_gid)
        become = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder, **become}
    data = folder / "data"
    made = [binaries / "initdb", "-D", data, "-U", "postgres", "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C"]
    subprocess.run(made, check=True, **quiet)
    options = {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": str(folder),
        "fsync": "off",
        "max_connections": "300",
    }
    command = [binaries / "postgres", "-D", data]
    for name, value in options.items():
        command += ["-c", f"{name}={value}"]
    return subprocess.Popen(command, **quiet)


def _start_redis(folder: Path, port: int) -> subprocess.Popen:
    folder.mkdir()
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _stop(process: subprocess.Popen) -> None:
    """At once, whoever is still connected: on SIGTERM PostgreSQL would wait for its clients to leave."""
    process.send_signal(signal.SIGINT)
    process.wait(PATIENCE_S)


def _wait_until(works) -> None:
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            works()
            return
        except (psycopg.OperationalError, redis.ConnectionError):
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
