"""The process that answers requests: `python -m webfoot.web.ops.web_process PARENT SETTINGS HANDLE THREADS FORMAT`.

Gunicorn in one process with many threads: a live stream holds one thread and costs little, and what a process keeps,
such as counters of rate limits, is kept once.

Gunicorn forks, and libraries for physics and networks have threads of their own, which a fork leaves behind: so nothing
of ours that loads them is imported before (`Web.load`).
"""

import signal
import sys
from types import FrameType
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.config import Config
from gunicorn.glogging import Logger
from gunicorn.workers.gthread import ThreadWorker

from webfoot.web.ops.logs import log_requests, set_up_logs
from webfoot.web.ops.parent import end_with_parent
from webfoot.web.stopping import STOPPING

GRACE_S = 10
"""Time that requests have to end when the server stops; streams end at once."""
SILENCE_S = 60
"""Gunicorn starts its worker again when its main loop, which no request holds up, is silent for so long."""


class Threads(ThreadWorker):
    """Gunicorn's worker with threads; it tells streams when it stops."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop politely."""
        STOPPING.set()
        super().handle_exit(sig, frame)

    def handle_quit(self, sig: int, frame: FrameType | None) -> None:
        """Stop at once."""
        STOPPING.set()
        super().handle_quit(sig, frame)


class Log(Logger):
    """Gunicorn's messages go where all others go."""

    def setup(self, cfg: Config) -> None:
        """Leave formatting and output to the root logger."""
        self.cfg = cfg
        self._access_log_enabled = False  # `log_requests` writes lines with ids and without secrets
        self.error_log.propagate = True
        self.error_log.handlers[:] = []


class Web(BaseApplication):
    """Gunicorn, set up in code alone: no file and no environment variable changes it."""

    def __init__(self, settings_file: str, handle: int, threads: int):
        self.settings_file, self.handle, self.threads = settings_file, handle, threads
        super().__init__()

    def load_config(self) -> None:
        """Tell gunicorn how to work."""
        given: dict[str, Any] = {
            "bind": f"fd://{self.handle}",
            "workers": 1,
            "threads": self.threads,
            "worker_class": Threads,
            "worker_connections": 4 * self.threads,
            "logger_class": Log,
            "graceful_timeout": GRACE_S,
            "timeout": SILENCE_S,
            "keepalive": 5,
            "forwarded_allow_ips": "127.0.0.1,::1",
            "control_socket_disable": True,
            "proc_name": "webfoot",
        }
        for name, value in given.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """The application, made in the process that answers."""
        from webfoot.web.app import create_app
        from webfoot.web.settings import load_settings
        from webfoot.web.watchman import Watchman

        settings = load_settings(self.settings_file)
        app = create_app(settings)
        log_requests(app)
        Watchman(app.extensions["webfoot"].database, settings).start()
        return app


def main() -> None:
    """Answer requests until a signal ends it."""
    parent, file, handle, threads, form = sys.argv[1:]
    end_with_parent(int(parent), signal.SIGQUIT)  # at once: another service may wait for the port
    set_up_logs(form)
    Web(file, int(handle), int(threads)).run()


if __name__ == "__main__":
    main()
