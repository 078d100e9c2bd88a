"""A curve that grows at its end, and is cut where a run goes back."""

from array import array
from bisect import bisect_left

import numpy as np
from numpy.typing import NDArray

Curve = tuple[NDArray[np.int64], NDArray[np.float64]]
"""Iterations, ascending, and the value at each; NaN where it was no number."""


class GrowingCurve:
    """One value an iteration, 16 bytes each."""

    def __init__(self) -> None:
        self._iterations, self._values = array("q"), array("d")

    def __len__(self) -> int:
        return len(self._values)

    def put(self, iteration: int, value: float) -> None:
        """Set the value of the last iteration, or of one behind it."""
        if self._iterations and self._iterations[-1] == iteration:
            self._values[-1] = value
        else:
            self._iterations.append(iteration)
            self._values.append(value)

    def cut(self, iteration: int) -> None:
        """Forget this iteration and all behind it."""
        kept = bisect_left(self._iterations, iteration)
        del self._iterations[kept:], self._values[kept:]

    def behind(self, since: int | None) -> Curve:
        """What lies behind an iteration, all if None; a copy, since an array that is looked at cannot grow."""
        first = 0 if since is None else bisect_left(self._iterations, since + 1)
        return np.array(self._iterations[first:], dtype=np.int64), np.array(self._values[first:], dtype=np.float64)
