"""Gaps of a recording: numbers that are missing or impossible, and whether their neighbours tell what they were."""

import numpy as np
from numpy.typing import NDArray

LONGEST_GAP_S = 0.12
"""What a joint does in a longer gap cannot be known."""
LARGEST_QUAT = 10.0
"""No component of a rotation that is only not normalised exceeds this."""
FEWEST_GOOD = 4
"""Numbers that a cubic spline needs."""
WRONG_SHARE = 0.2
"""A column of which more is finite and impossible is in another unit, not broken."""


def longest_gap(fps: float) -> int:
    """Frames of the longest gap that is filled."""
    return max(1, round(LONGEST_GAP_S * fps))


def fillable(values: NDArray[np.float64], largest: float, longest: int) -> NDArray[np.bool_]:
    """Which numbers lie in gaps that can be filled, shape (T, C).

    Args:
        values: columns over time, shape (T, C).
        largest: what no number of theirs exceeds.
        longest: frames of the longest gap that is filled.
    """
    found = np.zeros(values.shape, dtype=np.bool_)
    for column in range(values.shape[1]):
        bad = ~(np.abs(values[:, column]) <= largest)
        in_other_unit = np.isfinite(values[bad, column]).any() and bad.mean() > WRONG_SHARE
        if not bad.any() or in_other_unit or (~bad).sum() < FEWEST_GOOD:
            continue
        edges = np.flatnonzero(np.diff(np.concatenate([[False], bad, [False]]).astype(np.int8))).reshape(-1, 2)
        for first, last in edges:
            found[first:last, column] = last - first <= longest and first > 0 and last < len(values)
    return found
