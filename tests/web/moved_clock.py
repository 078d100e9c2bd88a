"""Clocks that are wrong, and that are moved: for one process and all that it starts, by libfaketime."""

import os
from pathlib import Path

FAKETIME = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
"""The library; None where it is not installed."""


class MovedClock:
    """The time of day, wrong by `+1h` or `-1h` or any other; the time that passes stays what it is."""

    def __init__(self, file: Path, wrong_by: str):
        self._file = file
        self.move(wrong_by)

    def move(self, wrong_by: str) -> None:
        """Set the clock, also of processes that run; they see it within a second."""
        new = self._file.with_suffix(".new")
        new.write_text(wrong_by)
        new.replace(self._file)

    @property
    def environment(self) -> dict[str, str]:
        """For a process that shall have this clock."""
        return {
            "LD_PRELOAD": str(FAKETIME),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent / "faketime"), *_python_path()]),
        }


def _python_path() -> list[str]:
    return [os.environ["PYTHONPATH"]] if os.environ.get("PYTHONPATH") else []
