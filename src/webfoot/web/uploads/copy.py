"""Copies that are on the disk when they are done, hashed on the way."""

import errno
import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from webfoot.web.uploads.error import TooLarge, UploadError, megabytes

CHUNK_BYTES = 2**20
NO_FILE = {errno.ELOOP, errno.ENXIO}
"""What the system says when a link or a socket is opened as a file."""


class Readable(Protocol):
    """Anything that gives bytes when it is read."""

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes; none at the end."""
        ...


@dataclass(frozen=True)
class Stored:
    """What was written."""

    sha256: str
    """64 hexadecimal digits."""
    size: int
    """Bytes of its content."""


def copy_stream(source: Readable, target: Path, most_bytes: int | None = None) -> Stored:
    """Write what a stream gives to a new file.

    Raises:
        TooLarge: more than `most_bytes`.
    """
    digest, size = hashlib.sha256(), 0
    with target.open("xb") as file:
        while chunk := source.read(CHUNK_BYTES):
            size += len(chunk)
            if most_bytes is not None and size > most_bytes:
                raise TooLarge(f"the upload is larger than {megabytes(most_bytes)}, the most that is taken; send less")
            digest.update(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    return Stored(digest.hexdigest(), size)


def copy_tree(source: Path, target: Path) -> Stored:
    """Write the files of a folder into a new one.

    The hash is that over name, NUL and SHA-256 of each file, in the order of their names; folders without files are
    left out.

    Raises:
        UploadError: it holds no file, or anything that is neither file nor folder.
    """
    digest, size, folders = hashlib.sha256(), 0, {target.parent}
    for name in _names(source):
        place = target / name
        place.parent.mkdir(parents=True, exist_ok=True)
        with _open_file(source / name) as file:
            stored = copy_stream(file, place)
        digest.update(os.fsencode(name) + b"\0" + bytes.fromhex(stored.sha256))
        size += stored.size
        folders |= {folder for folder in place.parents if folder.is_relative_to(target)}
    for folder in folders:
        sync_folder(folder)
    return Stored(digest.hexdigest(), size)


def sync_folder(folder: Path) -> None:
    """Have the names in a folder on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _names(folder: Path) -> list[str]:
    """Files of a folder, relative, sorted by the bytes of their names."""
    places = [place for place in folder.rglob("*") if place.is_symlink() or not place.is_dir()]
    if not places:
        raise UploadError("the upload holds no file; send at least one")
    return sorted((place.relative_to(folder).as_posix() for place in places), key=os.fsencode)


@contextmanager
def _open_file(path: Path) -> Iterator[BinaryIO]:
    """An ordinary file, opened; a link, pipe or device is neither followed nor waited for."""
    refused = UploadError(f"'{path.name[:80]}' is not an ordinary file; send files and folders only")
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        if error.errno not in NO_FILE:
            raise
        raise refused from error
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise refused
        yield file
