"""A worker in a thread of the test."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from patience import PATIENCE_S

from webfoot.web.database import Database
from webfoot.web.settings import Settings
from webfoot.web.work.worker import Worker


@contextmanager
def at_work(database: Database, settings: Settings, name: str = "one") -> Iterator[Worker]:
    """A worker that takes what waits; drained in the end, where it was not before."""
    worker = Worker(database, settings, name)
    thread = threading.Thread(target=worker.run, daemon=True)
    thread.start()
    try:
        yield worker
    finally:
        worker.drain()
        thread.join(PATIENCE_S)
    assert not thread.is_alive()
