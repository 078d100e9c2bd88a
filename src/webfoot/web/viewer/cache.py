"""`DrawingCache`: documents of the 3D viewer on the disk, by what they are made from; the least used go first."""

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from webfoot.errors import MotionError, RobotError, RunError, WebfootError
from webfoot.export.atomic import write_atomically

MOST_BYTES = 10**9
"""Of all that is kept."""
LEFT_SHARE = 0.8
"""Of `MOST_BYTES`, when something has to go."""
UNUSED_S = 7 * 24 * 3600.0
"""A document that nobody has asked for so long is a leftover."""
DRAWN, REFUSED = ".gz", ".refused"
REFUSALS: dict[str, type[WebfootError]] = {kind.__name__: kind for kind in (MotionError, RobotError, RunError)}
"""What follows from the content alone, so that it need not be tried again."""
_LOCKS = [threading.Lock() for _ in range(64)]
"""Who asks for what is being drawn waits for it; a lock stands for many keys."""
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class DrawingCache:
    """Compressed documents, and sentences that say why there is none."""

    root: Path

    def get(self, key: str, draw: Callable[[], bytes]) -> bytes:
        """The document of this key, drawn where nobody has asked for it before.

        Args:
            key: 64 hexadecimal digits, of all that the document is made from.
            draw: makes it.

        Raises:
            WebfootError: there is none, today or when it was tried first.
        """
        with _LOCKS[int(key[:4], 16) % len(_LOCKS)]:
            known = self._known(key)
            return self._drawn(key, draw) if known is None else known

    def leftovers(self, unused_s: float = UNUSED_S) -> list[Path]:
        """Files that nobody has asked for so long."""
        latest = time.time() - unused_s
        return [path for path, state in self._entries() if state.st_mtime <= latest]

    def _known(self, key: str) -> bytes | None:
        with suppress(OSError):
            return _read(self._place(key, DRAWN))
        with suppress(OSError):
            kind, _, sentence = _read(self._place(key, REFUSED)).decode().partition("\n")
            raise REFUSALS[kind](sentence)
        return None

    def _drawn(self, key: str, draw: Callable[[], bytes]) -> bytes:
        try:
            content = draw()
        except (MotionError, RobotError, RunError) as error:
            self._keep(self._place(key, REFUSED), f"{type(error).__name__}\n{error}".encode())
            raise
        self._keep(self._place(key, DRAWN), content)
        return content

    def _keep(self, path: Path, content: bytes) -> None:
        """Write it where there is room; a document that cannot be kept is drawn again."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(path, content)
            self._make_room()
        except (OSError, WebfootError) as error:
            log.warning("a drawing cannot be kept: %s", error)

    def _make_room(self) -> None:
        entries = sorted(self._entries(), key=lambda entry: entry[1].st_mtime)
        total = sum(state.st_size for _, state in entries)
        wanted = total if total <= MOST_BYTES else LEFT_SHARE * MOST_BYTES
        for path, state in entries:
            if total <= wanted:
                return
            path.unlink(missing_ok=True)
            total -= state.st_size

    def _entries(self) -> Iterator[tuple[Path, os.stat_result]]:
        """Everything here, half-written files too."""
        for folder, _, names in os.walk(self.root):
            for name in names:
                with suppress(FileNotFoundError):
                    yield (path := Path(folder, name)), path.stat()

    def _place(self, key: str, ending: str) -> Path:
        return self.root / key[:2] / f"{key}{ending}"


def _read(path: Path) -> bytes:
    content = path.read_bytes()
    os.utime(path)  # it is used
    return content
