"""`extract`: the files of a zip, unpacked by a reader that believes none of its headers."""

import shutil
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NoReturn

from webfoot.web.uploads.archive_entries import Entry, read_entries
from webfoot.web.uploads.error import TooLarge, UploadError, megabytes, no_room_is_said

CHUNK_BYTES = 2**16
FREE_BYTES = 2**20
"""An entry may unpack to so much whatever its ratio: a short table of zeros packs a thousandfold."""


@dataclass(frozen=True)
class ArchiveLimits:
    """What a zip may hold."""

    entries: int = 2000
    """Files and folders."""
    unpacked_bytes: int = 2**30
    ratio: float = 200.0
    """Unpacked bytes of an entry against its packed ones; deflate reaches 1030."""


def extract(zip_path: Path, into: Path, limits: ArchiveLimits) -> list[Path]:
    """Unpack a zip into a new folder; what macOS adds to every zip is left out.

    Args:
        zip_path: the archive.
        into: made here; nothing of it remains where the archive is refused.
        limits: what it may hold.

    Returns:
        The files, in the archive's order.

    Raises:
        UploadError: not an ordinary zip, or an entry that an honest one does not have.
        TooLarge: more entries or bytes than the limits.
        NoRoom: the disk is full.
    """
    with no_room_is_said("the unpacked archive"), zip_path.open("rb") as file, ExitStack() as undo:
        entries = [entry for entry in read_entries(file, limits.entries) if not _is_junk(entry)]
        if all(entry.is_folder for entry in entries):
            raise UploadError("the archive holds no file; put the files into it")
        into.mkdir(parents=True)
        undo.callback(shutil.rmtree, into, ignore_errors=True)
        files = _Unpacking(file, into, limits).write(entries)
        undo.pop_all()
    return files


def _is_junk(entry: Entry) -> bool:
    return entry.parts[0] == "__MACOSX" or entry.parts[-1] == ".DS_Store"


class _Unpacking:
    """One archive on its way to the disk, its bytes counted as they are written."""

    def __init__(self, file: BinaryIO, into: Path, limits: ArchiveLimits):
        self.file, self.into, self.limits = file, into, limits
        self.written = 0

    def write(self, entries: list[Entry]) -> list[Path]:
        """Write all entries; the paths of those that are files."""
        files: list[Path] = []
        for entry in entries:
            target = self.into.joinpath(*entry.parts)
            if entry.is_folder:
                target.mkdir(parents=True, exist_ok=True)
            else:
                target.parent.mkdir(parents=True, exist_ok=True)
                self._write_file(entry, target)
                files.append(target)
        return files

    def _write_file(self, entry: Entry, target: Path) -> None:
        size = crc = 0
        with target.open("xb") as out:
            for chunk in _content(self.file, entry):
                size += len(chunk)
                self._count(entry, len(chunk), size)
                crc = zlib.crc32(chunk, crc)
                out.write(chunk)
        if (size, crc) != (entry.unpacked_bytes, entry.crc):
            raise UploadError(f"{entry.shown} is broken: it does not hold what its header says; pack it again")

    def _count(self, entry: Entry, count: int, of_entry: int) -> None:
        self.written += count
        if of_entry > entry.unpacked_bytes:
            raise UploadError(f"{entry.shown} holds more than the {entry.unpacked_bytes} bytes that its header says")
        if self.written > self.limits.unpacked_bytes:
            most = megabytes(self.limits.unpacked_bytes)
            raise TooLarge(f"the archive unpacks to more than {most}, the most that is taken; send less")
        if of_entry > max(FREE_BYTES, self.limits.ratio * entry.packed_bytes):
            raise TooLarge(f"{entry.shown} unpacks to more than {self.limits.ratio:g} times its size; send it unpacked")


def _content(file: BinaryIO, entry: Entry) -> Iterator[bytes]:
    """The unpacked bytes of an entry, never more than a chunk at once."""
    file.seek(entry.start)
    left, deflated = entry.packed_bytes, _Deflated(entry)
    while left > 0 and (packed := file.read(min(CHUNK_BYTES, left))):
        left -= len(packed)
        if entry.is_packed:
            yield from deflated.feed(packed)
        else:
            yield packed
    if entry.is_packed:
        deflated.check_end()


class _Deflated:
    """The packed bytes of one entry, unpacked as they come."""

    def __init__(self, entry: Entry):
        self.entry = entry
        self.unpacker = zlib.decompressobj(-zlib.MAX_WBITS)

    def feed(self, packed: bytes) -> Iterator[bytes]:
        while not self.unpacker.eof:
            try:
                chunk = self.unpacker.decompress(packed, CHUNK_BYTES)
            except zlib.error as error:
                raise UploadError(f"{self.entry.shown} is broken ({error}); pack it again") from error
            packed = self.unpacker.unconsumed_tail
            yield chunk
            if not packed and len(chunk) < CHUNK_BYTES:
                return
        if packed:
            self._refuse()

    def check_end(self) -> None:
        if not self.unpacker.eof or self.unpacker.unused_data:
            self._refuse()

    def _refuse(self) -> NoReturn:
        raise UploadError(f"{self.entry.shown} is cut off, or more follows its end; pack it again")
