"""Find the gait period of a clip and average its cycles into one closed cycle."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d

from webfoot.motion.reference import fourier_basis

SHORTEST_PERIOD_S = 0.2
LONGEST_PERIOD_S = 3.0
LEAST_SIMILARITY = 0.75
"""A clip repeats after a lag when its autocorrelation there is at least this (1: exactly)."""
WINDOW_FRAMES = 3000
"""A period is looked for in at most so many frames of a long clip."""


@dataclass(frozen=True)
class Cycle:
    """One gait cycle as a Fourier series in the phase, fitted to whole periods of a clip."""

    coefficients: NDArray[np.float64]
    """Constant, cos 1..K, sin 1..K, shape (1 + 2K, D)."""
    period_frames: float
    """Length of the cycle [frames of the clip]."""
    start: float
    """Frame at which phase 0 lies; all before is warm-up or what is left over from whole periods."""
    steady_from: int
    """First frame from which the clip repeats; what lies before is warm-up."""
    periods: int
    """Number of periods that were averaged."""
    spread: float
    """RMS distance of the clip from the cycle, of the channels that the period was found in."""

    def at(self, phase: NDArray[np.float64]) -> NDArray[np.float64]:
        """Channels at the given phases, shape (len(phase), D)."""
        return fourier_basis(phase, (len(self.coefficients) - 1) // 2) @ self.coefficients


def find_period(values: NDArray[np.float64], fps: float) -> float | None:
    """Period after which all columns repeat [frames], to a fraction of a frame; None if they do not.

    The first high peak of the autocorrelation r(L) = 1 - mean |x(t + L) - x(t)|^2 / (2 var x), then refined to the
    period whose Fourier series lies closest to the clip.
    """
    values = values[: WINDOW_FRAMES - WINDOW_FRAMES // 10]
    shortest, longest = max(4, round(SHORTEST_PERIOD_S * fps)), min(len(values) // 2, round(LONGEST_PERIOD_S * fps))
    variance = values.var(axis=0).sum()
    if longest <= shortest or variance < 1e-8:
        return None
    lags = np.arange(shortest, longest + 1)
    gaps = np.array([np.square(values[lag:] - values[:-lag]).sum(axis=1).mean() for lag in lags])
    similarity = 1.0 - gaps / (2.0 * variance)
    padded = np.concatenate([[-np.inf], similarity, [-np.inf]])
    is_peak = (padded[1:-1] >= padded[:-2]) & (padded[1:-1] >= padded[2:])
    is_peak[0] = False  # still falling from lag 0
    high = is_peak & (similarity >= max(LEAST_SIMILARITY, 0.9 * similarity.max()))
    if not high.any():
        return None
    return _refine(values, float(lags[np.flatnonzero(high)[0]]))


def _refine(values: NDArray[np.float64], period: float) -> float:
    values = values[-int(min(len(values), 20 * period)) :]
    for reach, steps in ((0.6, 41), (0.04, 17)):
        candidates = [period + reach * (2 * i / (steps - 1) - 1) for i in range(steps)]
        period = min(candidates, key=lambda p: _distance(values, p))
    return period


def _distance(values: NDArray[np.float64], period: float) -> float:
    basis = fourier_basis(np.arange(len(values)) / period, min(6, most_harmonics(period)))
    return float(np.square(values - basis @ np.linalg.lstsq(basis, values, rcond=None)[0]).sum())


def most_harmonics(period_frames: float) -> int:
    """Harmonics that so many samples a period can tell apart."""
    return max(1, int((period_frames - 1e-6) / 2 - 0.5))


def average_cycle(
    values: NDArray[np.float64], watched: NDArray[np.float64], period: float, harmonics: int, loop: bool
) -> Cycle:
    """Average the steady part of a clip into one cycle.

    Args:
        values: all channels, shape (T, D).
        watched: the channels that say where the gait is steady, shape (T, W).
        period: [frames].
        harmonics: of the series; fewer where a period has too few frames.
        loop: the clip is whole periods already; nothing is cut.
    """
    harmonics = min(harmonics, most_harmonics(period))
    first, last = (0, len(values)) if loop else _steady_part(watched, period)
    periods = max(1, int((last - first) / period + 1e-6))
    start = 0.0 if loop else max(0.0, last - periods * period)
    used = slice(int(np.ceil(start - 1e-9)), last)
    basis = fourier_basis((np.arange(used.start, used.stop, dtype=np.float64) - start) / period, harmonics)
    solve = np.linalg.pinv(basis)
    distance = watched[used] - basis @ (solve @ watched[used])
    return Cycle(solve @ values[used], period, start, first, periods, float(np.sqrt(np.square(distance).mean())))


def _steady_part(watched: NDArray[np.float64], period: float) -> tuple[int, int]:
    """First and last + 1 frame between which the clip stays close to the cycle of its middle."""
    frames = len(watched)
    middle = slice(int(0.3 * frames), int(0.9 * frames))
    basis = fourier_basis(np.arange(frames, dtype=np.float64) / period, min(8, most_harmonics(period)))
    if middle.stop - middle.start < max(basis.shape[1], period):
        return 0, frames
    fitted = basis @ np.linalg.lstsq(basis[middle], watched[middle], rcond=None)[0]
    distance = uniform_filter1d(np.sqrt(np.square(watched - fitted).mean(axis=1)), max(1, round(period / 4)))
    strays = distance > 3.0 * np.median(distance[middle]) + 0.01
    before, after = np.flatnonzero(strays[: middle.start]), np.flatnonzero(strays[middle.stop :])
    first = int(before[-1]) + 1 if len(before) else 0
    last = middle.stop + int(after[0]) if len(after) else frames
    return first, last
