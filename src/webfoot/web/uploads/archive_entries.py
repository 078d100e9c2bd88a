"""`read_entries`: what a zip says it holds, refused where an honest zip would not say so.

Python's `zipfile` forgives what makes two readers see two archives in one file: bytes before and behind, directories
that overlap their content, headers that differ. Nothing of that is forgiven here.
"""

import os
import stat
import struct
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO, NamedTuple
from zipfile import ZIP_DEFLATED, ZIP_STORED

from webfoot.web.uploads.error import TooLarge, UploadError

LOCAL, CENTRAL, END = struct.Struct("<4s5H3L2H"), struct.Struct("<4s6H3L5H2L"), struct.Struct("<4s4H2LH")
"""Sections 4.3.7, 4.3.12 and 4.3.16 of PKWARE's APPNOTE.TXT 6.3.10."""
MOST_COMMENT_BYTES = 2**16 - 1
MOST_DIRECTORY_BYTES = 2**24
MOST_NAME_BYTES, MOST_PART_BYTES, MOST_DEPTH = 240, 120, 16
ENCRYPTED = 1 << 0 | 1 << 6 | 1 << 13
"""Flags of encryption: of the content, strong, of the directory."""
UNKNOWN_16, UNKNOWN_32 = 2**16 - 1, 2**32 - 1
"""Numbers that say: look into the Zip64 record."""


@dataclass(frozen=True)
class Entry:
    """One file or folder as the directory of the archive tells it."""

    name: str
    is_folder: bool
    is_packed: bool
    """Deflated, not stored."""
    crc: int
    packed_bytes: int
    unpacked_bytes: int
    header_at: int
    start: int = 0
    """Where its content begins; behind the local header, which is as long as it says."""

    @property
    def parts(self) -> tuple[str, ...]:
        """Names of the folders it lies in, and its own."""
        return tuple(self.name.rstrip("/").split("/"))

    @property
    def shown(self) -> str:
        """Its name, for a sentence."""
        return f"'{self.name[:80]}' in the archive"


class _End(NamedTuple):
    entries: int
    directory_bytes: int
    directory_at: int


class _Header(NamedTuple):
    """A header of the directory, as it lies there."""

    signature: bytes
    made_by: int
    needs: int
    flags: int
    method: int
    time: int
    date: int
    crc: int
    packed_bytes: int
    unpacked_bytes: int
    name_bytes: int
    extra_bytes: int
    comment_bytes: int
    disk: int
    internal: int
    external: int
    header_at: int


def read_entries(file: BinaryIO, most: int) -> list[Entry]:
    """All entries of a zip; no content is read.

    Raises:
        TooLarge: more than `most`.
        UploadError: not a zip, or none that an ordinary program writes.
    """
    if file.read(2) != b"PK":
        raise UploadError("the upload is not a zip archive, whatever its name says; send a .zip, or the file itself")
    end = _find_end(file)
    if end.entries > most:
        raise TooLarge(f"the archive says it holds {end.entries} files and folders; at most {most} are taken")
    file.seek(end.directory_at)
    headers = list(_headers(file.read(end.directory_bytes), end.entries))
    _check_names([entry for _, _, entry in headers])
    entries = [_located(file, header, name, entry) for header, name, entry in headers]
    _check_places(entries, end.directory_at)
    return entries


def _find_end(file: BinaryIO) -> _End:
    """The record at the end of the file, which must be its end."""
    size = file.seek(0, os.SEEK_END)
    tail_at = max(0, size - END.size - MOST_COMMENT_BYTES)
    file.seek(tail_at)
    tail = file.read(END.size + MOST_COMMENT_BYTES)
    at = tail.rfind(b"PK\5\6")
    while at >= 0:
        if at + END.size <= len(tail):
            _, disk, first, here, count, length, start, comment = END.unpack_from(tail, at)
            if at + END.size + comment == len(tail):
                break
        at = tail.rfind(b"PK\5\6", 0, at)
    else:
        raise UploadError("the archive is cut off, or something is glued behind it; pack it again")
    if UNKNOWN_16 in (here, count) or UNKNOWN_32 in (length, start):
        raise UploadError("the archive is a Zip64, which only more than 4 GB need; pack it as an ordinary zip")
    if disk or first or here != count or start + length != tail_at + at or length > MOST_DIRECTORY_BYTES:
        raise UploadError("the directory of the archive is not where it says, or in several parts; pack it again")
    return _End(count, length, start)


def _headers(directory: bytes, count: int) -> Iterator[tuple[_Header, bytes, Entry]]:
    at = 0
    for _ in range(count):
        if at + CENTRAL.size > len(directory) or directory[at : at + 4] != b"PK\1\2":
            raise UploadError("the directory of the archive is broken; pack it again")
        header = _Header(*CENTRAL.unpack_from(directory, at))
        name = directory[at + CENTRAL.size : at + CENTRAL.size + header.name_bytes]
        yield header, name, _entry(header, name)
        at += CENTRAL.size + header.name_bytes + header.extra_bytes + header.comment_bytes
    if at != len(directory):
        raise UploadError("the archive holds more than its directory counts; pack it again")


def _entry(header: _Header, raw: bytes) -> Entry:
    name = _name(raw)
    entry = Entry(
        *(name, name.endswith("/"), header.method == ZIP_DEFLATED),
        *(header.crc, header.packed_bytes, header.unpacked_bytes, header.header_at),
    )
    kind = stat.S_IFMT(header.external >> 16)
    if header.flags & ENCRYPTED:
        raise UploadError(f"{entry.shown} is encrypted; pack it without a password")
    if kind not in {0, stat.S_IFDIR if entry.is_folder else stat.S_IFREG}:
        raise UploadError(f"{entry.shown} is a link or a device; pack files and folders only")
    if header.method not in {ZIP_STORED, ZIP_DEFLATED}:
        raise UploadError(f"{entry.shown} is packed by method {header.method}; pack it by 'deflate', the usual one")
    if UNKNOWN_32 in (header.packed_bytes, header.unpacked_bytes, header.header_at):
        raise UploadError(f"{entry.shown} is written as Zip64; pack it as an ordinary zip")
    if entry.is_folder and header.unpacked_bytes:  # packed, nothing takes 2 bytes
        raise UploadError(f"{entry.shown} is a folder with content of its own; pack it again")
    return entry


def _name(raw: bytes) -> str:
    """A relative name, every part of which is one folder or file on any system.

    macOS writes UTF-8 without the flag that says so; code page 437 is what the format falls back to.
    """
    try:
        name = raw.decode()
    except UnicodeDecodeError:
        name = raw.decode("cp437")
    shown = "".join(c if c.isprintable() else "?" for c in name)[:80]
    parts = name.removesuffix("/").split("/")
    if not name.isprintable():
        raise UploadError(f"'{shown}' in the archive has control characters in its name; rename it")
    if "\\" in name or ":" in name:
        raise UploadError(f"'{shown}' in the archive has a backslash or a colon in its name; parts are parted by '/'")
    if name.startswith("/") or {"", ".", ".."} & set(parts):
        raise UploadError(f"'{shown}' in the archive leads outside it; names are relative, without '..'")
    longest = max(len(part.encode()) for part in parts)
    if len(raw) > MOST_NAME_BYTES or longest > MOST_PART_BYTES or len(parts) > MOST_DEPTH:
        raise UploadError(
            f"'{shown}' in the archive is too long a name: at most {MOST_NAME_BYTES} bytes, {MOST_PART_BYTES} a part, "
            f"{MOST_DEPTH} parts"
        )
    return name


def _check_names(entries: list[Entry]) -> None:
    """No two are one file where capitals do not count, and no file is the folder of another."""
    seen: set[tuple[str, ...]] = set()
    keys = [tuple(unicodedata.normalize("NFKC", part).casefold() for part in entry.parts) for entry in entries]
    folders = {key[:depth] for key in keys for depth in range(1, len(key))}
    for entry, key in zip(entries, keys, strict=True):
        if key in seen or (key in folders and not entry.is_folder):
            raise UploadError(f"{entry.shown} is there twice, or differs from another by capitals only; rename one")
        seen.add(key)


def _located(file: BinaryIO, header: _Header, name: bytes, entry: Entry) -> Entry:
    """The entry with the place of its content, which its own header must tell as the directory does."""
    file.seek(header.header_at)
    head = file.read(LOCAL.size)
    if len(head) < LOCAL.size or head[:4] != b"PK\3\4":
        raise UploadError(f"{entry.shown} is not where the directory says; pack it again")
    _, _, flags, method, _, _, _, _, _, name_bytes, extra_bytes = LOCAL.unpack(head)
    if file.read(name_bytes) != name or method != header.method or flags & ENCRYPTED:
        raise UploadError(f"{entry.shown} is called or packed otherwise in its own header; pack it again")
    return replace(entry, start=header.header_at + LOCAL.size + name_bytes + extra_bytes)


def _check_places(entries: list[Entry], directory_at: int) -> None:
    """Entries lie one behind the other from the first byte of the file to the directory."""
    at = 0
    for entry in sorted(entries, key=lambda entry: entry.header_at):
        if at == 0 and entry.header_at != 0:
            raise UploadError("something is glued in front of the archive; pack it again")
        if entry.header_at < at or entry.start + entry.packed_bytes > directory_at:
            raise UploadError(f"{entry.shown} overlaps another entry; pack it again")
        at = entry.start + entry.packed_bytes
