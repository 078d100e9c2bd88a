"""`UploadError` and its kinds: what was sent cannot be taken."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from webfoot.errors import WebfootError

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
"""What the system says when there is no room: on the disk, in a quota, in a file."""


class UploadError(WebfootError):
    """An upload that cannot be taken."""


class TooLarge(UploadError):
    """An upload above its limit."""


class NoRoom(UploadError):
    """An upload that found no room on our disk; nothing is wrong with it."""


@contextmanager
def no_room_is_said(what: str) -> Iterator[None]:
    """While this is entered, a full disk is one sentence.

    Raises:
        NoRoom: in place of the system's error.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in FULL:
            raise
        raise NoRoom(f"{what} does not fit on the disk of the service; free some room and send it again") from error


def megabytes(count: int) -> str:
    """A number of bytes for a sentence: '256 MB', or '900 bytes' below one."""
    return f"{count / 1e6:.4g} MB" if count >= 10**6 else f"{count} bytes"
