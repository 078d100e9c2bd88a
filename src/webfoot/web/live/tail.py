"""Reads an event log while a training writes it: whole lines, from a byte offset on.

The offset just behind a line names all that stands after it, so a reader needs no memory but that number, and any
process can go on where another left off.
"""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MOST_BYTES = 1 << 20
"""Read at most at once; a line that is longer is skipped. An event of 30 metrics takes about 1 kB."""
BLOCK_BYTES = 1 << 16
"""Step in which the start of a line is looked for."""


@dataclass(frozen=True, slots=True)
class Line:
    """One whole line as it stands in the file, without its end."""

    offset: int
    """Of the byte just behind the line."""
    content: bytes


@dataclass(frozen=True, slots=True)
class Told:
    """One event of a training."""

    offset: int
    """Of the byte just behind its line: reading from here gives what was told after it."""
    kind: str
    event: dict[str, Any]
    text: str
    """The line that holds it."""


def read_from(path: Path, offset: int) -> tuple[list[Told], int]:
    """The events that stand behind an offset, and the offset to go on from; lines that are no event are skipped.

    Call it again until the offset stays: then nothing is left. See `lines_from`.
    """
    lines, behind = lines_from(path, offset)
    events = (told_in(line) for line in lines)
    return [told for told in events if told is not None], behind


def lines_from(path: Path, offset: int) -> tuple[list[Line], int]:
    """The whole lines that stand behind an offset, at most 1 MiB of them, and the offset to go on from.

    A file that is not there has no lines yet. An offset that is no start of a line moves first, see `line_start`.
    """
    try:
        with path.open("rb", buffering=0) as file:
            start = _line_start(file.fileno(), offset)
            chunk = os.pread(file.fileno(), MOST_BYTES, start)
            whole = chunk.rfind(b"\n")
            if whole < 0:
                return [], _behind_long_line(file.fileno(), start) if len(chunk) == MOST_BYTES else start
    except FileNotFoundError:
        return [], 0
    lines, behind = [], start
    for content in chunk[:whole].split(b"\n"):
        behind += len(content) + 1
        lines.append(Line(behind, content))
    return lines, behind


def line_start(path: Path, offset: int) -> int:
    """The offset itself where a line starts there, else the nearest start of a line before it; 0 without a file.

    It moves where a file was cut short after it was read, and where a client makes an offset up.
    """
    try:
        with path.open("rb", buffering=0) as file:
            return _line_start(file.fileno(), offset)
    except FileNotFoundError:
        return 0


def is_read(path: Path, offset: int) -> bool:
    """Whether nothing at all stands behind an offset; cheap enough to be asked all the time."""
    return size_of(path) == offset


def size_of(path: Path) -> int:
    """Bytes of a log; 0 where there is none yet."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def told_in(line: Line) -> Told | None:
    """The event in a line; None where it holds none, as after a loss of power.

    Numbers that JSON does not know make a line a broken one, so that its text is fit for any reader.
    """
    try:
        text = line.content.decode()
        event = _DECODER.decode(text)
    except (ValueError, RecursionError):
        return None
    kind = event.get("event") if isinstance(event, dict) else None
    return Told(line.offset, kind, event, text) if isinstance(kind, str) and kind.isidentifier() else None


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


_DECODER = json.JSONDecoder(parse_constant=_refuse)


def _line_start(handle: int, offset: int) -> int:
    position = min(max(offset, 0), os.fstat(handle).st_size)
    if position and os.pread(handle, 1, position - 1) == b"\n":
        return position
    while position > 0:
        begin = max(0, position - BLOCK_BYTES)
        found = os.pread(handle, position - begin, begin).rfind(b"\n")
        if found >= 0:
            return begin + found + 1
        position = begin
    return 0


def _behind_long_line(handle: int, start: int) -> int:
    """Offset just behind the line that starts here; its start while it has no end."""
    position = start
    while block := os.pread(handle, MOST_BYTES, position):
        found = block.find(b"\n")
        if found >= 0:
            return position + found + 1
        position += len(block)
    return start
