"""`turn`: inspections of uploads wait for each other, since each may take a core and much memory."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from webfoot.web.uploads.error import UploadError

AT_ONCE = 2
"""Inspections of one web process; each may take 3 GB."""
_free = threading.BoundedSemaphore(AT_ONCE)


class Busy(UploadError):
    """An upload that found no turn; nothing is wrong with it."""

    retry_after_s = 30


@contextmanager
def turn(wait_s: float) -> Iterator[None]:
    """While this is entered, at most one other inspection runs in this process.

    Raises:
        Busy: there was no turn within `wait_s`.
    """
    if not _free.acquire(timeout=wait_s):
        raise Busy(f"{AT_ONCE} uploads of others are being inspected; try again in {Busy.retry_after_s} s")
    try:
        yield
    finally:
        _free.release()
