"""`turn`: processes that look at what was uploaded wait for each other: each may take a core and much memory."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from webfoot.web.uploads.error import UploadError

AT_ONCE = 2
"""Inspections of one web process, and drawings; each may take 3 GB."""
WORK = {"inspected": threading.BoundedSemaphore(AT_ONCE), "drawn": threading.BoundedSemaphore(AT_ONCE)}
"""What is done to uploads; who waits for one does not wait for the other."""


class Busy(UploadError):
    """An upload that found no turn; nothing is wrong with it."""

    retry_after_s = 30


@contextmanager
def turn(wait_s: float, work: str = "inspected") -> Iterator[None]:
    """While this is entered, at most one other such piece of work is done in this process.

    Raises:
        Busy: there was no turn within `wait_s`.
    """
    if not WORK[work].acquire(timeout=wait_s):
        raise Busy(f"{AT_ONCE} uploads of others are being {work}; try again in {Busy.retry_after_s} s")
    try:
        yield
    finally:
        WORK[work].release()
