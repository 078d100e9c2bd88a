"""`Deadlines`: when each control step begins, and how well that was kept."""

import math
from dataclasses import dataclass

import numpy as np

from webfoot_runtime.hardware import Clock

REMEMBERED = 2**16
"""Latest steps whose jitter is kept for the percentiles: 22 minutes at 50 Hz."""
_SAME_S = 1e-9


@dataclass(frozen=True)
class Timing:
    """How well the steps kept their time."""

    steps: int
    missed: int
    """Steps that were not done when the next one should have begun."""
    skipped: int
    """Periods in which no step began, because the one before took so long."""
    jitter_p50_s: float
    """Lateness of a step's beginning [s], of the latest `REMEMBERED`."""
    jitter_p99_s: float
    jitter_worst_s: float
    """Of all."""
    longest_step_s: float
    """From the beginning of a step to its end, of all [s]."""

    def __str__(self) -> str:
        late = " ".join(
            f"{name} {1e3 * value:.2f}"
            for name, value in (
                ("p50", self.jitter_p50_s),
                ("p99", self.jitter_p99_s),
                ("worst", self.jitter_worst_s),
            )
        )
        return (
            f"{self.steps} steps, {self.missed} missed their deadline, {self.skipped} were left out; "
            f"began late by {late} ms; longest step {1e3 * self.longest_step_s:.2f} ms"
        )


class Deadlines:
    """Deadlines at whole periods from the first step on: lateness does not add up.

    A step that takes longer than its period makes the next one begin at once; periods that went by meanwhile are left
    out, not caught up with.
    """

    def __init__(self, period_s: float, clock: Clock):
        self.period_s, self._clock = period_s, clock
        self.missed_in_a_row = 0
        self._origin = self._began = 0.0
        self._index = -1  # of the period
        self._steps = self._missed = self._skipped = 0
        self._jitter = np.zeros(REMEMBERED)
        self._worst = self._longest = 0.0

    def wait(self) -> float:
        """Say that a step is done, and wait for the next; gives the time at which it begins [s]."""
        if self._index < 0:
            self._origin = self._clock.now()
            self._index = 0
        else:
            self._finish(self._clock.now())
        deadline = self._origin + self._index * self.period_s
        self._clock.sleep_until(deadline)
        self._began = self._clock.now()
        late = max(0.0, self._began - deadline)
        self._jitter[self._steps % REMEMBERED] = late
        self._worst = max(self._worst, late)
        self._steps += 1
        return self._began

    def _finish(self, now: float) -> None:
        self._longest = max(self._longest, now - self._began)
        self._index += 1
        over = now - (self._origin + self._index * self.period_s)
        if over <= _SAME_S:
            self.missed_in_a_row = 0
            return
        left_out = math.floor(over / self.period_s)
        self._missed, self._skipped = self._missed + 1, self._skipped + left_out
        self._index += left_out
        self.missed_in_a_row += 1

    @property
    def timing(self) -> Timing:
        """So far."""
        kept = self._jitter[: min(self._steps, REMEMBERED)]
        p50, p99 = np.percentile(kept, [50, 99]) if len(kept) else (0.0, 0.0)
        return Timing(self._steps, self._missed, self._skipped, float(p50), float(p99), self._worst, self._longest)
