"""How much of a known number is done: a bar in a terminal, a line now and then elsewhere."""

import sys
import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from webfoot.cli.say import say

LINE_EVERY_S = 10.0


class Count:
    """Shows how many are done; call it with the number done and that of all."""

    def __init__(self, what: str):
        """Args: what: what is counted, in the plural."""
        self._what, self._shown_at = what, time.monotonic()
        self._bar: Progress | None = None
        if sys.stderr is not None and sys.stderr.isatty():
            columns = (TextColumn(what), BarColumn(bar_width=24), MofNCompleteColumn(), TimeRemainingColumn())
            self._bar = Progress(*columns, console=Console(stderr=True), transient=True)

    def __enter__(self) -> Self:
        if self._bar:
            self._bar.start()
            self._task = self._bar.add_task(self._what, total=None)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar:
            self._bar.stop()

    def __call__(self, done: int, total: int) -> None:
        """Show that so many of all are done."""
        now = time.monotonic()
        if self._bar:
            self._bar.update(self._task, completed=done, total=total)
        elif now - self._shown_at >= LINE_EVERY_S and done < total:
            self._shown_at = now
            say(f"{done:,} of {total:,} {self._what}")
