"""Server-sent events: a run's event log as a stream that a browser follows, and takes up where it broke off.

The id of an event is the byte offset just behind its line, so `Last-Event-ID` is all that any process needs to go on.
Format: https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

import re
import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from webfoot.web.live.tail import Line, Told, is_read, line_start, lines_from, size_of, told_in

POLL_S = 0.25
"""Between two looks at the log."""
HEARTBEAT_S = 15.0
"""Silence after which a comment is sent: proxies close what is silent for long, and a client that is gone is noticed
only when something is written to it."""
MOST_LATE = 2000
"""Events of a frequent kind that a client gets at most of what was told before it came."""
THINNED = {"progress", "metrics", "evaluated", "checkpointed"}
"""Kinds of which every one follows from the next; of all others each one counts."""

SHARED_BYTES = 1 << 20
"""Of a log, that are read at once for all streams that stand at one offset; who has more to catch up reads alone."""
SHARED_S = 2.0
"""Time for which they are kept: streams that stand together ask within one look of the feed."""
MOST_SHARED = 32
"""Pieces that are kept, of all logs together."""

RETRY = b"retry: 2000\n\n"
"""Time after which a client whose stream broke off comes back [ms]."""
HEARTBEAT = b": still here\n\n"
OVER = "over"
"""Event that ends a stream: a client closes it then, else it would come back for ever."""

_KIND = re.compile(rb'"event": ?"(\w+)"')
_LINE_END = re.compile(r"\r\n|\r|\n")


def encode(id: int | None, event: str, data: str) -> bytes:
    """One event as the stream carries it; line breaks in the data become those of the format.

    An event without an id leaves the client's `Last-Event-ID` as it is.
    """
    assert event.isidentifier(), event
    lines = "".join(f"data: {line}\n" for line in _LINE_END.split(data))
    first = "" if id is None else f"id: {id}\n"
    return f"{first}event: {event}\n{lines}\n".encode()


def offset_of(last_event_id: str | None) -> int:
    """The offset that a client's `Last-Event-ID` names; 0, the beginning, where it names none."""
    text = last_event_id or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def follow(
    path: Path,
    offset: int,
    is_over: Callable[[], bool],
    clock: Callable[[], float] = time.monotonic,
    wait: Callable[[float], object] = time.sleep,
    aside: Callable[[], Iterable[tuple[str, str]]] = tuple,
    read: "Reader | None" = None,
) -> Iterator[bytes]:
    """What a training tells behind an offset, as it comes, to its end.

    A client that comes late gets at most 2,000 events of each frequent kind, evenly spread, and the last of each.
    A resumed run goes back to its checkpoint: an event whose iteration is not above the last one's says that all from
    there on is told anew.

    Args:
        path: event log of the run; it may not be there yet.
        offset: `offset_of` what the client has seen.
        is_over: whether nothing is written to the log any more; asked before each look at it.
        clock: seconds that only grow.
        wait: sleeps for so many seconds; what is true of its answer ends the stream, as `threading.Event.wait` does
            when the server stops, and the client comes back.
        aside: what else there is to tell, as kind and data; these events carry no id.
        read: `unread`, or what a `Digest` has of it; one that does not give all is asked again after the next wait.
    """
    read = read or unread
    yield RETRY
    spoken_at = clock()
    while True:
        over = is_over()  # before the log is read: what was told up to here is in it
        others = b"".join(encode(None, *other) for other in aside())
        is_moving = True
        while is_moving:
            begin = offset
            for content, behind in read(path, begin):
                offset = behind
                if content:
                    yield content
                    spoken_at = clock()
            is_moving = over and offset != begin
        if others:
            yield others
            spoken_at = clock()
        if over:
            yield encode(offset, OVER, "{}")
            return
        if clock() - spoken_at >= HEARTBEAT_S:
            yield HEARTBEAT
            spoken_at = clock()
        if wait(POLL_S):
            return


Reader = Callable[[Path, int], Iterable[tuple[bytes, int]]]
"""Gives what stands behind an offset of a log as a stream carries it, in pieces, with the offset behind each."""


class Digest:
    """Reads and encodes what is new in a log once for all streams of a process that stand at one offset.

    Two hundred threads that open, read and encode the same lines keep each other waiting, and the training with them.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic):
        self._clock = clock
        self._kept: OrderedDict[tuple[Path, int], tuple[float, bytes, int]] = OrderedDict()
        self._lock = threading.Lock()

    def unread(self, path: Path, offset: int) -> Iterator[tuple[bytes, int]]:
        """As `unread`, up to where the log ended when the first stream asked."""
        known = self._known(path, offset)
        if known is None and not 0 < size_of(path) - offset <= SHARED_BYTES:
            yield from unread(path, offset)
            return
        if known is None:
            with self._lock:
                known = self._known(path, offset) or self._read(path, offset)
        yield known

    def _known(self, path: Path, offset: int) -> tuple[bytes, int] | None:
        read_at, content, behind = self._kept.get((path, offset), (float("-inf"), b"", 0))
        return (content, behind) if self._clock() - read_at <= SHARED_S else None

    def _read(self, path: Path, offset: int) -> tuple[bytes, int]:
        pieces = list(unread(path, offset))
        content, behind = b"".join(content for content, _ in pieces), pieces[-1][1] if pieces else offset
        if behind != offset:  # half a line may be whole at the next look
            self._kept[path, offset] = self._clock(), content, behind
            if len(self._kept) > MOST_SHARED:
                self._kept.popitem(last=False)
        return content, behind


def unread(path: Path, offset: int) -> Iterator[tuple[bytes, int]]:
    """What stands behind an offset now, thinned, in pieces; the offset behind each."""
    if is_read(path, offset):
        return
    offset = line_start(path, offset)
    left, until = _count(path, offset)
    every = {kind: -(-number // MOST_LATE) for kind, number in left.items()}
    if offset >= until:  # nothing is left, though the offset may have moved
        yield b"", offset
    while offset < until:
        before = offset
        lines, behind = lines_from(path, offset)
        content = []
        for line in lines:
            kind = _kind(line)
            left[kind] -= 1  # counted down, so that the last of a kind is told in any case
            if line.offset <= until and (kind not in THINNED or left[kind] % every.get(kind, 1) == 0):
                told = told_in(line)
                content += [_encoded(told)] if told else []
        offset = min(behind, until)
        yield b"".join(content), offset
        if offset <= before:  # the log was cut short meanwhile
            return


def _count(path: Path, offset: int) -> tuple[Counter[str], int]:
    """Lines of every kind behind an offset, and the offset behind them; without reading what they say."""
    numbers: Counter[str] = Counter()
    before = -1
    while before != offset:
        before = offset
        lines, offset = lines_from(path, before)
        numbers.update(map(_kind, lines))
    return numbers, offset


def _kind(line: Line) -> str:
    found = _KIND.search(line.content)
    return found[1].decode() if found else ""


def _encoded(told: Told) -> bytes:
    return encode(told.offset, told.kind, told.text)
