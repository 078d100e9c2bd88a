"""The event log: one JSON document a line, flushed at once, so that any tool can follow a training."""

import contextlib
import json
import math
import os
import time
from pathlib import Path
from typing import Any

from webfoot.errors import RunError
from webfoot.learn.events import Event, as_json


class EventLog:
    """Appends every event to `events.jsonl`; a half-written last line of a killed run is cut off first."""

    def __init__(self, path: Path):
        _mend(path)
        self._path = path
        self._file = path.open("a", encoding="utf-8")

    def __call__(self, event: Event) -> None:
        """Write one event; a number that is not finite becomes null.

        Raises:
            RunError: the disk is full.
        """
        line = json.dumps(_finite({"time": round(time.time(), 3), **as_json(event)}), allow_nan=False)
        try:
            self._file.write(line + "\n")
            self._file.flush()
        except OSError as error:
            raise RunError(
                f"{self._path}: cannot be written ({error.strerror}); make room, then go on with --resume"
            ) from None

    def close(self) -> None:
        """Close the file; a line that could not be written before is given up."""
        with contextlib.suppress(OSError):
            self._file.close()


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(inner) for key, inner in value.items()}
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _mend(path: Path) -> None:
    if not path.is_file():
        return
    content = path.read_bytes()
    whole = content.rfind(b"\n") + 1
    if whole < len(content):
        os.truncate(path, whole)


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
