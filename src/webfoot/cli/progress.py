"""What a training shows while it runs: a bar in a terminal, a line now and then elsewhere."""

import sys
import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from webfoot.cli.say import say
from webfoot.counted import counted
from webfoot.learn.events import Alert, Demonstrated, Diverged, Evaluated, Event, Finished, Prepared, Returned, Staged
from webfoot.learn.events import Progress as Advance

LINE_EVERY_S = 10.0
REDRAW_EVERY_S = 0.2
NOTED_MOTIONS = 2


class Display:
    """Shows the events of a training; call it with each."""

    def __init__(self, quiet: bool = False):
        self.quiet = quiet
        self._advance: Advance | None = None
        self._trial = ""
        self._stage = ""
        self._motions = 0
        self._shown_at = -float("inf")
        self._bar: Progress | None = None
        if not quiet and sys.stderr is not None and sys.stderr.isatty():
            self._bar = Progress(
                TextColumn("{task.description}"),
                BarColumn(bar_width=24),
                TextColumn("{task.fields[words]}"),
                console=Console(stderr=True),
                auto_refresh=False,  # a thread that draws would take time from the physics
            )

    def __enter__(self) -> Self:
        if self._bar:
            self._bar.start()
            self._task = self._bar.add_task("training", total=None, words="starting")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar:
            self._draw()
            self._bar.stop()

    def __call__(self, event: Event) -> None:
        """Take note of an event, and show it if it is time."""
        if isinstance(event, Prepared):
            self._prepared(event)
        elif isinstance(event, Demonstrated) and not self.quiet:
            say(f"a policy that tracks the motion was trained in {clock(event.elapsed_s)} ({event.stopped})")
        elif isinstance(event, Diverged):
            say(f"stopped learning in epoch {event.iteration}: {event.reason}")
        elif isinstance(event, Alert) and not self.quiet:
            say(alert_words(event))
        elif isinstance(event, Returned) and not self.quiet:
            say(f"epoch {event.iteration}: back to the best policy so far: {event.reason}")
        elif isinstance(event, Staged):
            self._stage = f", {event.stage} {event.level:.0%}"
        elif isinstance(event, Evaluated):
            self._trial = trial_words(event)
        elif isinstance(event, Advance):
            self._advance = event
            self._show()
        elif isinstance(event, Finished) and not self.quiet:
            self._draw()
            say(f"{counted(event.iteration, 'epoch')} in {clock(event.elapsed_s)}: {event.reason}")

    def _prepared(self, event: Prepared) -> None:
        """Say what was done to a motion; of a library only the first few, the rest stands in the run's event log."""
        self._motions += 1
        if not self.quiet and self._motions <= NOTED_MOTIONS:
            for note in event.notes:
                say(f"{event.motion}: {note}")
        if not self.quiet and self._motions == NOTED_MOTIONS + 1:
            say("what was done to further motions stands in events.jsonl")

    def _show(self) -> None:
        now, advance = time.monotonic(), self._advance
        if self.quiet or advance is None:
            return
        if self._bar:
            if now - self._shown_at >= REDRAW_EVERY_S:
                self._shown_at = now
                self._draw()
        elif now - self._shown_at >= LINE_EVERY_S:
            self._shown_at = now
            words = f"{progress_words(advance)}{self._stage}{self._trial}"
            say(f"epoch {advance.iteration} of {advance.epochs}, {words}")

    def _draw(self) -> None:
        advance = self._advance
        if self._bar is None or advance is None:
            return
        words = f"{advance.iteration}/{advance.epochs} {progress_words(advance)}{self._stage}{self._trial}"
        self._bar.update(self._task, total=advance.epochs, completed=advance.iteration, words=words)
        self._bar.refresh()


def progress_words(event: Advance) -> str:
    """How far, how fast, how well, and how long still."""
    left = "" if event.eta_s is None else f", at most {clock(event.eta_s)} left"
    return f"{clock(event.elapsed_s)}{left}, {event.steps_per_s:,.0f} steps/s, reward {event.reward:.2f}"


def trial_words(event: Evaluated) -> str:
    """What the last trial from a standing start showed."""
    parts = (("survival", "survival", "{:.0%}"), ("speed_error", "speed error", "{:.0%}"))
    words = [f"{label} {form.format(event.values[name])}" for name, label, form in parts if name in event.values]
    if "joint_rmse" in event.values:
        words.append(f"joint error {event.values['joint_rmse']:.3f} rad")
    return "".join(f", {word}" for word in words)


def alert_words(event: Alert) -> str:
    """An alert as one line."""
    return f"epoch {event.iteration}: {'over: ' if event.cleared else ''}{event.message}"


def clock(seconds: float) -> str:
    """Minutes and seconds, with hours where there are any."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
