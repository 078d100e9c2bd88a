"""`serve`: the service on one machine: a process that answers, a worker, and this one, which looks after both."""

import contextlib
import logging
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from webfoot.web.hosts import own_names
from webfoot.web.ops import private
from webfoot.web.ops.child import Child, end_all
from webfoot.web.ops.listener import address_of, is_local, listen
from webfoot.web.ops.opened import opened
from webfoot.web.ops.parent import StopSignals
from webfoot.web.ops.probe import Probe
from webfoot.web.ops.web_process import GRACE_S
from webfoot.web.services.accounts import first_administrator
from webfoot.web.settings import Settings, save_settings

log = logging.getLogger(__name__)

LOCK = "serve.lock"
"""Held in the data folder by the one `webfoot serve` that it has; it tells its address."""
DEFAULT_HOST, DEFAULT_PORT = "127.0.0.1", 8800
THREADS = 256
"""Two hundred live streams, each of which holds a thread, and fifty requests beside them."""
LOOK_S = 0.1
SLACK_S = 15.0
"""Time to end after trainings were given theirs."""


@dataclass(frozen=True)
class Serving:
    """How the service is run."""

    host: str = DEFAULT_HOST
    port: int = DEFAULT_PORT
    threads: int = THREADS
    worker: bool = True
    """Whether a worker is run beside it."""
    log_format: str = "plain"


def serve(settings: Settings, how: Serving, tell: Callable[[str], None], warn: Callable[[str], None]) -> int:
    """Run the service until a signal ends it; gives the exit code.

    Args:
        tell: is given the address, and the first administrator's link, as soon as the service answers.
        warn: is given what is unwise.

    Raises:
        WebfootError: address, data folder or database cannot be used.
    """
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(listen(how.host, how.port))
        address = address_of(listener)
        lock = settings.data_dir / LOCK
        stack.enter_context(private.held(lock, "webfoot serve", address=settings.public_url or address))
        sentences = _prepare(settings, settings.public_url or address)
        if not is_local(listener) and not settings.secure_cookies:
            warn(
                f"warning: {how.host} can be reached from other machines, and passwords and cookies would go there "
                "unencrypted; put a TLS proxy in front and set secure_cookies, see docs/operations.md"
            )
        for left in settings.data_dir.glob(f".{LOCK}.*.tmp"):  # of one that was killed
            left.unlink(missing_ok=True)
        if not is_local(listener):
            settings = settings.model_copy(update={"hosts": (*settings.hosts, *own_names(how.host))})
        file = stack.enter_context(private.private_file(settings.data_dir, LOCK))
        save_settings(settings, file)
        return _run(_children(how, file, listener), listener, settings, lambda: tell("\n".join(sentences)))


def _prepare(settings: Settings, address: str) -> list[str]:
    """Bring the database up to date, and see that somebody can come in; gives what to say once the service answers."""
    database = opened(settings)
    settings.secret()
    with database.writing() as session:
        invited = first_administrator(session)
    database.engine.dispose()
    sentences = [f"webfoot answers at {address}"]
    if invited is not None:
        link = f"{address}/invitation/{invited.text}"
        sentences.append(f"nobody manages it yet; set the administrator's password here, once: {link}")
    return sentences


def _children(how: Serving, file: Path, listener: socket.socket) -> list[Child]:
    handle = listener.fileno()
    words = [str(file), str(handle), str(how.threads), how.log_format]
    web = Child("web", "webfoot.web.ops.web_process", words, [handle])
    worker = Child("worker", "webfoot.web.ops.worker_process", [str(file), how.log_format])
    return [web, worker] if how.worker else [web]


def _run(children: list[Child], listener: socket.socket, settings: Settings, welcome: Callable[[], None]) -> int:
    with StopSignals() as signals, contextlib.closing(Probe(listener)) as probe:
        is_told = False
        while signals.count == 0:
            for child in children:
                child.keep()
            if not is_told and probe.is_answered():
                is_told = True
                probe.close()
                welcome()
            time.sleep(LOOK_S)
        log.info("the service stops: nothing new is begun, trainings write a checkpoint and go back to the queue")
        listener.close()
        if end_all(children, lambda: signals.count > 1, max(settings.grace_s, GRACE_S) + SLACK_S):
            log.info("the service has stopped")
            return 0
        return 0 if signals.count < 2 else 130


def served_at(settings: Settings) -> str:
    """The address of the service that these settings are of, as far as it can be told from here."""
    told = private.told_by(settings.data_dir / LOCK)
    return settings.public_url or told.get("address", f"http://{DEFAULT_HOST}:{DEFAULT_PORT}")
