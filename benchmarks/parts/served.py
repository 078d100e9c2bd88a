"""The service of a benchmark: in a folder of its own, without a worker, for one person who has a password."""

import contextlib
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from webfoot.web.settings import Settings, save_settings

EMAIL, PASSWORD = "watcher@example.org", "seven moons over the pond"
STARTED_S = 60.0


@contextmanager
def served(settings: Settings) -> Iterator[str]:
    """The service without a worker; its address."""
    file = settings.data_dir / "settings.json"
    save_settings(settings, file)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = ["serve", "--no-worker", "--port", str(port), "--settings", str(file)]
    with (settings.data_dir / "serve.log").open("wb") as log:
        process = subprocess.Popen([sys.executable, "-m", "webfoot.cli", *words], stdout=log, stderr=log)
    address, end = f"http://127.0.0.1:{port}", time.monotonic() + STARTED_S
    try:
        while not answers(address):
            assert process.poll() is None and time.monotonic() < end, "the service does not come up"
            time.sleep(0.2)
        yield address
    finally:
        process.terminate()
        process.wait()


def answers(address: str) -> bool:
    """Whether the service is ready."""
    with contextlib.suppress(urllib.error.URLError, ConnectionError), urllib.request.urlopen(f"{address}/readyz"):
        return True
    return False
