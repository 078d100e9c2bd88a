"""The event log: one JSON document a line, flushed at once, so that any tool can follow a training."""

import json
import time
from pathlib import Path

from webfoot.learn.events import Event, as_json


class EventLog:
    """Appends every event to `events.jsonl`; a half-written last line of a killed run is cut off first."""

    def __init__(self, path: Path):
        _mend(path)
        self._file = path.open("a", encoding="utf-8")

    def __call__(self, event: Event) -> None:
        """Write one event."""
        self._file.write(json.dumps({"time": round(time.time(), 3), **as_json(event)}) + "\n")
        self._file.flush()

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _mend(path: Path) -> None:
    if not path.is_file():
        return
    content = path.read_bytes()
    whole = content[: content.rfind(b"\n") + 1]
    if len(whole) < len(content):
        path.write_bytes(whole)


def read_events(path: Path) -> list[dict[str, object]]:
    """All whole lines of an event log."""
    if not path.is_file():
        return []
    events = []
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            events.append(json.loads(line))
        except json.JSONDecodeError:
            continue  # the last line of a run that was killed while writing
    return events
