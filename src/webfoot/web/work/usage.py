"""`UsageLog`: what a trainer took up while it ran, one JSON document a line in the run folder."""

import contextlib
import json
import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from webfoot.monitor.resources import Resources

USAGE = "usage.jsonl"
"""Name of the file in the run folder."""
EVERY_S = 5.0
"""Between two lines at least; a day takes 2 MB then."""
MOST_SAMPLES = 2000
"""That are given at once."""
NAMES = ("cpu", "memory_bytes", "gpu", "gpu_memory_bytes")
"""Of what is kept. Processor: of one core, so that 2 means two of them; GPU: of the busiest one, 0 to 1."""


class UsageLog:
    """Appends samples to the log of one run."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time):
        self._path, self._clock = folder / USAGE, clock
        self._next = -math.inf

    def put(self, resources: Resources) -> None:
        """Write a sample, unless one was written just now; on a full disk it is lost, which harms nobody."""
        now_s = self._clock()
        if now_s < self._next or resources.cpu_share is None:
            return
        self._next = now_s + EVERY_S
        values = (
            resources.cpu_share,
            resources.memory_bytes,
            resources.gpu_share,
            resources.gpu_memory_bytes,
        )
        line = json.dumps({"time": round(now_s, 3), **dict(zip(NAMES, values, strict=True))})
        with contextlib.suppress(OSError), self._path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")


def read_usage(folder: Path, since: float = 0.0, most: int = MOST_SAMPLES) -> dict[str, list[Any]]:
    """Samples behind a moment, at most so many and evenly spread, the last among them; by name, with their `times`."""
    rows = [row for row in _rows(folder / USAGE) if row["time"] > since]
    step = max(1, -(-len(rows) // most))
    rows = rows[::-step][::-1]
    return {"times": [row["time"] for row in rows], **{name: [row.get(name) for row in rows] for name in NAMES}}


def _rows(path: Path) -> list[dict[str, Any]]:
    """Whole lines; a broken one, as after a loss of power, is left out."""
    found = []
    with contextlib.suppress(FileNotFoundError), path.open("rb") as file:
        for line in file:
            with contextlib.suppress(ValueError):
                row = json.loads(line)
                if isinstance(row, dict) and isinstance(row.get("time"), int | float):
                    found.append(row)
    return found
