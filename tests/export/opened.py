"""`Opened`: whether anybody opened a file, Python or a library below it (Linux inotify)."""

import ctypes
import os
from pathlib import Path

IN_OPEN = 0x20
IN_NONBLOCK = os.O_NONBLOCK


class Opened:
    """Watches one file from its creation on."""

    def __init__(self, path: Path):
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._handle = self._libc.inotify_init1(IN_NONBLOCK)
        assert self._handle >= 0 and self._libc.inotify_add_watch(self._handle, os.fsencode(path), IN_OPEN) >= 0

    def since_last_asked(self) -> bool:
        """Whether it was opened since this was asked last."""
        try:
            return bool(os.read(self._handle, 65536))
        except BlockingIOError:
            return False

    def close(self) -> None:
        """Watch no longer."""
        os.close(self._handle)
