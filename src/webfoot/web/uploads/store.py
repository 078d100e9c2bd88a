"""`ContentStore`: files and folders below one folder, called after their content and kept once."""

import fcntl
import os
import re
import shutil
import tempfile
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from webfoot.web.uploads.copy import Readable, Stored, copy_stream, copy_tree, sync_folder
from webfoot.web.uploads.error import UploadError, no_room_is_said

SHA256 = re.compile("[0-9a-f]{64}")
TREE = "tree"
"""A folder lies alone in a folder of its own: what looks beside it, as a URDF's `../meshes` does, finds nothing."""
GRACE_S = 24 * 3600.0
"""What nobody refers to is kept so long: the row that will refer to it may not be written yet."""


@dataclass(frozen=True)
class ContentStore:
    """Immutable files and folders of files, each found by the hash of its content.

    Several processes may use one store: what is written appears whole or not at all.
    """

    root: Path

    def put(self, stream: Readable, most_bytes: int) -> Stored:
        """Keep what a stream gives.

        Raises:
            TooLarge: more than `most_bytes`.
            NoRoom: the disk is full.
        """
        with no_room_is_said("the upload"), self.draft() as draft:
            stored = copy_stream(stream, draft / "file", most_bytes)
            self._settle(draft / "file", self._place(stored.sha256))
            return stored

    def put_tree(self, folder: Path) -> Stored:
        """Keep a folder of files; its id is told by `copy_tree`.

        Raises:
            UploadError: it holds no file, or anything that is neither file nor folder.
            NoRoom: the disk is full.
        """
        with no_room_is_said("the upload"), self.draft() as draft:
            stored = copy_tree(folder, draft / "entry" / TREE)
            self._settle(draft / "entry", self._place(stored.sha256))
            return stored

    def path(self, sha256: str) -> Path:
        """Where a file or folder lies.

        Raises:
            UploadError: no id, or nothing of that id is kept.
        """
        place = self._place(sha256)
        if not place.exists():
            raise UploadError(f"nothing is kept under the id {sha256[:12]}...; upload it again")
        return place / TREE if place.is_dir() else place

    def remove(self, sha256: str) -> None:
        """Forget a file or folder; one that is not there is no mistake.

        Raises:
            UploadError: no id.
        """
        place = self._place(sha256)
        with self._locked():
            self._discard(place)

    def sweep(self, kept: Collection[str], grace_s: float = GRACE_S) -> int:
        """Remove what was put longer than `grace_s` ago and is not `kept`, and what killed processes left half written.

        Returns:
            How many were removed.
        """
        left = [draft for draft in self.root.glob(".*.tmp") if not _is_held(draft)]
        removed = 0
        for place in left + [entry for entry in self._entries() if entry.name not in kept]:
            with self._locked():
                if _age_s(place) >= grace_s:
                    self._discard(place)
                    removed += 1
        return removed

    def size(self) -> int:
        """Bytes of all that is kept."""
        return sum(_size(entry) for entry in self._entries())

    def _place(self, sha256: str) -> Path:
        if not SHA256.fullmatch(sha256):
            raise UploadError(f"'{sha256[:80]}' is not the id of an upload; one has 64 hexadecimal digits")
        return self.root / sha256[:2] / sha256

    def _entries(self) -> list[Path]:
        return [place for place in self.root.glob("[0-9a-f][0-9a-f]/*") if SHA256.fullmatch(place.name)]

    def _settle(self, draft: Path, place: Path) -> None:
        """Move what is written whole to its place, unless the same is there."""
        with self._locked():
            if place.exists() and place.is_dir() != draft.is_dir():
                raise UploadError("the upload is made to be mistaken for another one; it is refused")
            if not place.exists():
                place.parent.mkdir(exist_ok=True)
                draft.rename(place)
                sync_folder(place.parent)
            os.utime(place)  # its time of grace begins, again where it was there

    def _discard(self, place: Path) -> None:
        """Remove a file or folder; a folder leaves its place at once, then its files go."""
        if place.is_dir():
            with self.draft() as draft:
                place.rename(draft / "gone")
        else:
            place.unlink(missing_ok=True)

    @contextmanager
    def draft(self) -> Iterator[Path]:
        """A folder in the store to write in, held while this is entered; whatever is left in it goes."""
        self.root.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=".", suffix=".tmp", dir=self.root))
        try:
            with _holding(folder):
                yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Keeps a sweep from taking what another process has just found to be there already."""
        self.root.mkdir(parents=True, exist_ok=True)
        with _holding(self.root):
            yield


@contextmanager
def _holding(folder: Path) -> Iterator[None]:
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _is_held(folder: Path) -> bool:
    """Whether a process holds a folder, or has just done away with it."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except FileNotFoundError:
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def _age_s(path: Path) -> float:
    """Time since it was put; less than nothing where it is gone."""
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return -1.0


def _size(entry: Path) -> int:
    """Bytes of a file or of all files of a folder, as far as nobody is removing them."""
    files = [Path(folder, name) for folder, _, names in os.walk(entry) for name in names] or [entry]
    total = 0
    for file in files:
        with suppress(FileNotFoundError):
            total += file.stat().st_size
    return total
