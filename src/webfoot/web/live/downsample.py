"""Fewer points of a curve that look like all of them."""

import numpy as np
from numpy.typing import NDArray

LEAST_POINTS = 5
"""The first, the last, the lowest, the highest and one gap."""


def downsample(
    iterations: NDArray[np.int64], values: NDArray[np.float64], most: int = 2000
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Points out of a curve, at most `most`, so that no peak of it is lost.

    The curve is cut into buckets of equal length, and the lowest and the highest point of each are kept, with the
    first point that is not finite where there is one: a gap in the curve stays a gap. First and last always stay.

    Args:
        iterations: ascending, shape (n,).
        values: not finite where nothing is known, shape (n,).
        most: points at most, >= 5.

    Returns:
        Iterations and values of the points that are kept, in their order.

    Raises:
        ValueError: `most` leaves no room for these points.
    """
    if most < LEAST_POINTS:
        raise ValueError(f"{most} points cannot show a curve; give at least {LEAST_POINTS}")
    if len(values) <= most:
        return iterations, values
    kept = _extremes(values, np.isfinite(values), most)
    return iterations[kept], values[kept]


def _extremes(values: NDArray[np.float64], known: NDArray[np.bool_], most: int) -> NDArray[np.int64]:
    """Indices of the points that stay, ascending."""
    last = len(values) - 1
    buckets = (most - 2) // (2 if known.all() else 3)
    edges = 1 + np.arange(buckets + 1) * (last - 1) // buckets  # of all but the first and the last point
    starts, width = edges[:-1], int(np.diff(edges).max())
    table = np.minimum(starts[:, None] + np.arange(width), edges[1:, None] - 1)  # (buckets, width), the end repeated
    known, values = known[table], values[table]
    low = np.where(known, values, np.inf).argmin(axis=1)
    high = np.where(known, values, -np.inf).argmax(axis=1)
    gap = (~known).argmax(axis=1)  # of a bucket without one: its first point, which must not be counted
    has_gap = ~known.all(axis=1)
    inner = [starts + low, starts + high, (starts + gap)[has_gap]]
    return np.unique(np.concatenate([np.array([0, last]), *inner]))
