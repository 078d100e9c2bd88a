"""`SessionProvider`: what TensorBoard is shown: of the sessions that whoever asks may see, the curves and the alerts.

TensorBoard reads no file: the numbers come from the runs' event logs, by the same cache that draws our own curves. That
keeps memory bounded, and cuts a curve where a resumed run goes back, so that no line is drawn back to its start.
"""

# pyright: reportIncompatibleMethodOverride=false
# (the base class says in words what its methods return, and in code that they return nothing)

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tensorboard.data import provider

from webfoot.web.live.curve import Curve
from webfoot.web.live.downsample import LEAST_POINTS, downsample
from webfoot.web.live.series import CACHE, SeriesCache, Words

SCALARS, TEXT = "scalars", "text"
"""The two of TensorBoard's plugins that have something to show."""


@dataclass(frozen=True)
class Source:
    """One run."""

    name: str
    """As TensorBoard shows it."""
    path: Path
    """Its event log."""
    start_s: float
    """When it was asked for, in seconds since 1970 [s]."""


class SessionProvider(provider.DataProvider):
    """Shows some runs; which ones is asked anew at every request.

    An experiment, which is a part of the address, is a choice of sessions: `/tensorboard/experiment/12,15/`.
    """

    def __init__(self, sources: Callable[[str], Sequence[Source]], cache: SeriesCache = CACHE):
        self._sources, self._cache = sources, cache

    def list_plugins(self, ctx: Any = None, *, experiment_id: str) -> list[str]:
        """The plugins that have something to show."""
        return [SCALARS, TEXT]

    def list_runs(self, ctx: Any = None, *, experiment_id: str) -> list[provider.Run]:
        """The runs that may be seen."""
        found = self._sources(experiment_id)
        return [provider.Run(run_id=one.name, run_name=one.name, start_time=one.start_s) for one in found]

    def list_scalars(
        self, ctx: Any = None, *, experiment_id: str, plugin_name: str, run_tag_filter: Any = None
    ) -> dict[str, dict[str, provider.ScalarTimeSeries]]:
        """Names of all curves."""
        listed: dict[str, dict[str, provider.ScalarTimeSeries]] = {}
        for run, tag, (steps, _), times in self._curves(experiment_id, plugin_name, run_tag_filter):
            listed.setdefault(run, {})[tag] = provider.ScalarTimeSeries(
                max_step=int(steps[-1]),
                max_wall_time=float(times[-1]),
                plugin_content=b"",
                description="",
                display_name=tag,
            )
        return listed

    def read_scalars(
        self,
        ctx: Any = None,
        *,
        experiment_id: str,
        plugin_name: str,
        downsample: int | None = None,
        run_tag_filter: Any = None,
    ) -> dict[str, dict[str, list[provider.ScalarDatum]]]:
        """Curves; where points are left out, the lowest and highest stay."""
        told: dict[str, dict[str, list[provider.ScalarDatum]]] = {}
        for run, tag, curve, times in self._curves(experiment_id, plugin_name, run_tag_filter):
            told.setdefault(run, {})[tag] = _points(curve, times, downsample)
        return told

    def read_last_scalars(
        self, ctx: Any = None, *, experiment_id: str, plugin_name: str, run_tag_filter: Any = None
    ) -> dict[str, dict[str, provider.ScalarDatum]]:
        """The last point of every curve."""
        told: dict[str, dict[str, provider.ScalarDatum]] = {}
        for run, tag, (steps, values), times in self._curves(experiment_id, plugin_name, run_tag_filter):
            told.setdefault(run, {})[tag] = provider.ScalarDatum(int(steps[-1]), float(times[-1]), float(values[-1]))
        return told

    def list_tensors(
        self, ctx: Any = None, *, experiment_id: str, plugin_name: str, run_tag_filter: Any = None
    ) -> dict[str, dict[str, provider.TensorTimeSeries]]:
        """Names of the rules of health that have said something."""
        listed: dict[str, dict[str, provider.TensorTimeSeries]] = {}
        for run, tag, said in self._texts(experiment_id, plugin_name, run_tag_filter):
            listed.setdefault(run, {})[tag] = provider.TensorTimeSeries(
                max_step=said[-1].iteration,
                max_wall_time=_finite(said[-1].time_s),
                plugin_content=b"",
                description="",
                display_name=tag,
            )
        return listed

    def read_tensors(
        self,
        ctx: Any = None,
        *,
        experiment_id: str,
        plugin_name: str,
        downsample: int | None = None,
        run_tag_filter: Any = None,
    ) -> dict[str, dict[str, list[provider.TensorDatum]]]:
        """What the rules of health have said, the last `downsample` of each."""
        told: dict[str, dict[str, list[provider.TensorDatum]]] = {}
        for run, tag, said in self._texts(experiment_id, plugin_name, run_tag_filter):
            told.setdefault(run, {})[tag] = [
                provider.TensorDatum(one.iteration, _finite(one.time_s), np.array([one.text.encode()], dtype=object))
                for one in said[-(downsample or len(said)) :]
            ]
        return told

    def _chosen(self, experiment_id: str, run_tag_filter: Any) -> list[Source]:
        runs = None if run_tag_filter is None else run_tag_filter.runs
        return [one for one in self._sources(experiment_id) if runs is None or one.name in runs]

    def _curves(
        self, experiment_id: str, plugin_name: str, run_tag_filter: Any
    ) -> Iterable[tuple[str, str, Curve, NDArray[np.float64]]]:
        """Run, tag, curve and the times of its points, of all that is asked for and holds a point."""
        if plugin_name != SCALARS:
            return
        for one in self._chosen(experiment_id, run_tag_filter):
            series = self._cache.of(one.path)
            curves, _, _ = series.curves()
            (iterations, times), _ = series.said()
            for name, curve in curves.items():
                tag = _tag(name)
                if len(curve[0]) and _passes(run_tag_filter, tag):
                    yield one.name, tag, curve, _times_of(curve[0], iterations, times)

    def _texts(
        self, experiment_id: str, plugin_name: str, run_tag_filter: Any
    ) -> Iterable[tuple[str, str, list[Words]]]:
        if plugin_name != TEXT:
            return
        for one in self._chosen(experiment_id, run_tag_filter):
            series = self._cache.of(one.path)
            series.curves(names=())
            said: dict[str, list[Words]] = {}
            for words in series.said()[1]:
                said.setdefault(f"alert/{words.rule}", []).append(words)
            for tag, texts in said.items():
                if _passes(run_tag_filter, tag):
                    yield one.name, tag, texts


def _tag(name: str) -> str:
    """As the files that a training writes for TensorBoard name it."""
    return name if name.startswith("trial/") else f"train/{name}"


def _passes(run_tag_filter: Any, tag: str) -> bool:
    return run_tag_filter is None or run_tag_filter.tags is None or tag in run_tag_filter.tags


def _times_of(
    steps: NDArray[np.int64], iterations: NDArray[np.int64], times: NDArray[np.float64]
) -> NDArray[np.float64]:
    """When each step was told; 0 where that is not known."""
    if not len(iterations):
        return np.zeros(len(steps))
    place = np.minimum(np.searchsorted(iterations, steps), len(iterations) - 1)
    return np.nan_to_num(np.where(iterations[place] == steps, times[place], 0.0))


def _points(curve: Curve, times: NDArray[np.float64], most: int | None) -> list[provider.ScalarDatum]:
    steps, values = curve
    kept, _ = downsample(steps, values, max(LEAST_POINTS, most or len(steps)))
    places = np.searchsorted(steps, kept)
    return [provider.ScalarDatum(int(steps[n]), float(times[n]), float(values[n])) for n in places]


def _finite(seconds: float) -> float:
    return seconds if math.isfinite(seconds) else 0.0
