"""The metrics of a run as curves, kept in memory and brought up to date by the lines that are new."""

import math
import os
import threading
from collections import OrderedDict, deque
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from webfoot.web.live.curve import Curve, GrowingCurve
from webfoot.web.live.downsample import downsample
from webfoot.web.live.tail import Told, line_start, read_from

MOST_RUNS = 64
"""Runs that are kept in memory at most."""
MOST_CACHED = 10_000_000
"""Points that are kept in memory at most, 16 bytes each; the run that was asked for last stays whatever it holds."""
MOST_ITERATION = 2**53
"""Beyond this a reader in a browser could not tell iterations apart."""

MOST_ALERTS = 1000
"""Alerts of one run that are kept; the oldest make room."""

LOSS = "loss"
"""Name of the curve of the loss, see `loss_of`."""


def loss_of(values: dict[str, Any]) -> float | None:
    """The loss of an iteration from its metrics; None where they do not tell, NaN where one of them is no number.

        loss = surrogate_loss + value_loss

    That is what PPO's optimiser makes small (rsl-rl weighs the value loss with 1), less an entropy bonus, whose weight
    is 0 unless `ppo.entropy` is set. It does not judge a policy: what is learnt from changes with the policy.
    """
    if "surrogate_loss" not in values or "value_loss" not in values:
        return None
    return _number(values["surrogate_loss"]) + _number(values["value_loss"])


@dataclass(frozen=True)
class Words:
    """What a rule of health said."""

    iteration: int
    time_s: float
    """Since 1970 [s]."""
    rule: str
    text: str


class Series:
    """The curves of one run: every metric under its name, numbers of trials under `trial/`."""

    def __init__(self, path: Path):
        self.path = path
        self.size = 0
        """Points of all curves."""
        self._lock = threading.Lock()
        self._clear()

    def curves(
        self, names: Collection[str] | None = None, since: int | None = None
    ) -> tuple[dict[str, Curve], int, int]:
        """The curves as they are now, of these names or all, behind an iteration; the last iteration; the offset."""
        with self._lock:
            self._follow()
            self.size = sum(map(len, self._curves.values())) + len(self._times)
            asked = self._curves.keys() if names is None else [name for name in names if name in self._curves]
            return {name: self._curves[name].behind(since) for name in asked}, self._iteration, self._offset

    @property
    def names(self) -> list[str]:
        """Of all curves but the loss's; of the last look."""
        with self._lock:
            return sorted(self._curves.keys() - {LOSS})

    def said(self) -> tuple[Curve, list[Words]]:
        """When each iteration was told, in seconds since 1970, and what the rules of health said; of the last look."""
        with self._lock:
            return self._times.behind(None), list(self._words)

    def _clear(self) -> None:
        self._inode: int | None = None
        self._offset = 0
        self._iteration = 0
        self._curves: dict[str, GrowingCurve] = {}
        self._times = GrowingCurve()
        self._words: deque[Words] = deque(maxlen=MOST_ALERTS)

    def _follow(self) -> None:
        """Take in what was written since the last time; a log that was cut short or replaced is read anew."""
        inode = _inode(self.path)
        if inode != self._inode or line_start(self.path, self._offset) != self._offset:
            self._clear()
            self._inode = inode
        before = -1
        while before != self._offset:
            before = self._offset
            events, self._offset = read_from(self.path, before)
            for told in events:
                self._take(told)

    def _take(self, told: Told) -> None:
        if told.kind == "demonstrated":  # all before was the progress of the policy that demonstrates
            self._go_back(0)
        iteration = told.event.get("iteration")
        if type(iteration) is not int or not 0 <= iteration < MOST_ITERATION:
            return
        # A resumed run goes on from its checkpoint; progress is the first that it tells of an iteration.
        again = iteration if told.kind == "progress" else iteration + 1
        if again <= self._iteration:
            self._go_back(again)
        self._iteration = iteration
        time_s = _number(told.event.get("time"))
        self._times.put(iteration, time_s)
        if told.kind == "alert":
            self._words.append(_words(told.event, iteration, time_s))
        for name, value in _values(told).items():
            if name not in self._curves:
                self._curves[name] = GrowingCurve()
            self._curves[name].put(iteration, _number(value))

    def _go_back(self, iteration: int) -> None:
        """Drop this iteration and all behind it: they are not the past of what comes now."""
        for curve in self._curves.values():
            curve.cut(iteration)
        self._curves = {name: curve for name, curve in self._curves.items() if len(curve)}
        self._times.cut(iteration)
        self._words = deque((words for words in self._words if words.iteration < iteration), MOST_ALERTS)
        self._iteration = max(0, iteration - 1)


class SeriesCache:
    """The curves of the runs that were asked for last."""

    def __init__(self, most_runs: int = MOST_RUNS, most_points: int = MOST_CACHED):
        self.most_runs, self.most_points = most_runs, most_points
        self._lock = threading.Lock()
        self._runs: OrderedDict[Path, Series] = OrderedDict()

    def of(self, path: Path) -> Series:
        """The curves of a run, by its event log; those that were not asked for the longest make room."""
        with self._lock:
            series = self._runs.setdefault(path, Series(path))
            self._runs.move_to_end(path)
            points = sum(kept.size for kept in self._runs.values())
            while len(self._runs) > 1 and (len(self._runs) > self.most_runs or points > self.most_points):
                points -= self._runs.popitem(last=False)[1].size
            return series


CACHE = SeriesCache()
"""Of this process."""


def metrics_of(
    path: Path,
    names: Collection[str] | None = None,
    since: int | None = None,
    most: int = 2000,
    cache: SeriesCache = CACHE,
) -> dict[str, Any]:
    """The curves of a run as a JSON-able document.

    Args:
        path: its event log; a run that has told nothing yet has no curves.
        names: of the curves that are wanted, all if None; those that do not exist (yet) are left out.
        since: iteration behind which points are wanted, all if None.
        most: points of a curve at most, >= 5.
        cache: where curves are kept between calls.

    Returns:
        `epochs` and `losses`, see `loss_of`; `series`: by name `epochs`, `values` (null where it was no number), `min`
        and `max` (null where there is none); `iteration`: the last, so that a client which has seen a later one knows
        that the run went back to a checkpoint; `offset`: from which a stream goes on without a gap.
    """
    asked = None if names is None else {*names, LOSS}
    curves, iteration, offset = cache.of(path).curves(asked, since)
    thin = {name: downsample(*curve, most) for name, curve in curves.items()}
    epochs, losses = thin.pop(LOSS, (np.empty(0, np.int64), np.empty(0)))
    return {
        "epochs": epochs.tolist(),
        "losses": _listed(losses),
        "series": {name: _document(thin[name]) for name in sorted(thin)},
        "iteration": iteration,
        "offset": offset,
    }


def _document(curve: Curve) -> dict[str, Any]:
    iterations, values = curve
    known = values[~np.isnan(values)]
    low, high = (float(known.min()), float(known.max())) if len(known) else (None, None)
    return {"epochs": iterations.tolist(), "values": _listed(values), "min": low, "max": high}


def _listed(values: NDArray[np.float64]) -> list[float | None]:
    return [None if math.isnan(value) else value for value in values.tolist()]


def _values(told: Told) -> dict[str, Any]:
    """Numbers of an event by the name of their curve."""
    event, values = told.event, told.event.get("values")
    if told.kind == "progress":  # metrics say the same, but of a policy that demonstrates there are none
        return {name: event[name] for name in ("reward", "falls", "steps_per_s") if name in event}
    if not isinstance(values, dict):
        return {}
    if told.kind == "metrics":
        loss = loss_of(values)
        return values if loss is None else {**values, LOSS: loss}
    if told.kind == "evaluated":
        return {f"trial/{name}": value for name, value in {"score": event.get("score"), **values}.items()}
    return {}


def _words(event: dict[str, Any], iteration: int, time_s: float) -> Words:
    begin = "cleared" if event.get("cleared") else event.get("severity")
    return Words(iteration, time_s, str(event.get("rule")), f"{begin}: {event.get('message')}")


def _number(value: Any) -> float:
    """NaN for what is no finite number."""
    try:
        number = float(value) if isinstance(value, int | float) else math.nan
    except OverflowError:
        return math.nan
    return number if math.isfinite(number) else math.nan


def _inode(path: Path) -> int | None:
    try:
        return os.stat(path).st_ino
    except FileNotFoundError:
        return None
