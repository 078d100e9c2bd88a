"""Why two arrays that should be equal are not: order, sign, scale, offset or delay. Needs numpy alone."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Kind = Literal["order", "sign", "scale", "unit", "offset", "delay", "history", "frozen", "not finite", "misread", "?"]

EXPLAINED = 0.05
"""A cause explains a difference if no more than this share of it remains."""
LONGEST_DELAY = 10
"""Control steps that are tried, to either side."""
SAME_FACTOR = 0.01
"""Factors that differ by less are the same."""

UNITS: dict[str, float] = {
    "degrees instead of radians": 180 / math.pi,
    "radians instead of degrees": math.pi / 180,
    "m/s^2 instead of a unit vector": 9.81,
    "g instead of m/s^2": 1 / 9.81,
    "turns per minute instead of rad/s": 30 / math.pi,
    "rad/s instead of turns per minute": math.pi / 30,
    "thousandths": 1000.0,
    "thousands": 0.001,
}
"""Factor between what was seen and what was expected, and the units that make it."""


@dataclass(frozen=True)
class Cause:
    """What turns what was expected into what was seen."""

    kind: Kind
    words: str
    """The rest of a sentence that begins with the name of what was seen."""
    columns: tuple[int, ...]
    """Those that it concerns."""


@dataclass(frozen=True)
class Pair:
    """What was seen and what was expected at the same instants, both (T, width)."""

    seen: NDArray[np.float64]
    expected: NDArray[np.float64]
    names: Sequence[str]
    """Of the columns."""
    tolerance: float

    @property
    def wrong(self) -> tuple[int, ...]:
        """Columns that differ by more than the tolerance."""
        return tuple(np.flatnonzero(~(np.abs(self.seen - self.expected).max(axis=0) <= self.tolerance)).tolist())

    def explains(self, made: NDArray[np.floating]) -> bool:
        """Whether hardly anything of the difference remains between `made` and what was seen."""
        allowed = max(self.tolerance, EXPLAINED * _rms(self.seen - self.expected))
        return bool(_rms(self.seen - made) <= allowed and (_column_rms(self.seen - made) <= 4 * allowed).all())

    def named(self, columns: Sequence[int]) -> str:
        """Names of some columns, at most four."""
        shown = ", ".join(f"'{self.names[column]}'" for column in columns[:4])
        return shown + (f" and {len(columns) - 4} more" if len(columns) > 4 else "")


def explain(pair: Pair, offsets: dict[str, NDArray[np.float64]], in_time: bool) -> Cause:
    """The simplest cause of a difference.

    Args:
        pair: differs by more than its tolerance.
        offsets: what may have been added, by the words that say so; each (width,).
        in_time: whether rows follow each other in time, so that a delay shows.
    """
    if not np.isfinite(pair.seen).all():
        bad = tuple(np.flatnonzero(~np.isfinite(pair.seen).all(axis=0)).tolist())
        return Cause("not finite", f"holds NaN or infinity in {pair.named(bad)}", bad)
    found = _at_once(pair, offsets)
    if found is None and in_time:
        found = _late(pair, offsets)
    if found is not None:
        return found
    largest = float(np.abs(pair.seen - pair.expected).max())
    return Cause("?", f"differs by up to {largest:.3g} in {pair.named(pair.wrong)}, for no simple reason", pair.wrong)


def _at_once(pair: Pair, offsets: dict[str, NDArray[np.float64]]) -> Cause | None:
    for try_one in (signed_order, _frozen, _scaled):
        found = try_one(pair)
        if found is not None:
            return found
    return _shifted(pair, offsets)


def signed_order(pair: Pair) -> Cause | None:
    """The columns in another order, some with the other sign; a column that is right stays where it is."""
    seen, expected = pair.seen, pair.expected
    same = _column_rms(seen[:, :, None] - expected[:, None, :])  # (width seen, width expected)
    other = _column_rms(seen[:, :, None] + expected[:, None, :])
    cost = np.minimum(same, other)
    order = _assigned(cost, np.abs(seen - expected).max(axis=0) <= pair.tolerance)
    here = np.arange(len(order))
    sign = np.where(same[here, order] <= other[here, order], 1.0, -1.0)
    if not pair.explains(sign * expected[:, order]):
        return None
    moved = np.flatnonzero(order != here).tolist()
    flipped = np.flatnonzero((sign < 0) & (np.abs(seen).max(axis=0) > pair.tolerance)).tolist()
    if not moved:
        where = "in all columns" if len(flipped) == len(order) > 1 else f"in {pair.named(flipped)}"
        return Cause("sign", f"has the opposite sign {where}", tuple(flipped))
    places = ", ".join(f"'{pair.names[order[i]]}' stands in the place of '{pair.names[i]}'" for i in moved[:4])
    signs = f", and {pair.named(flipped)} has the opposite sign" if flipped else ""
    return Cause("order", f"has another order: {places}{signs}", tuple(moved))


def _assigned(cost: NDArray[np.float64], right: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Which expected column each seen one is: right ones stay, then always the cheapest pair that is left."""
    order = np.where(right, np.arange(len(right)), -1)
    cost = cost - 1e-12 * np.eye(len(right))
    cost[right], cost[:, right] = np.inf, np.inf
    for _ in range(int((~right).sum())):
        row, column = np.unravel_index(np.argmin(cost), cost.shape)
        order[row] = column
        cost[row], cost[:, column] = np.inf, np.inf
    return order


def _scaled(pair: Pair) -> Cause | None:
    power = (pair.expected**2).sum(axis=0)
    factor = np.where(power > 0, (pair.seen * pair.expected).sum(axis=0) / np.where(power > 0, power, 1.0), 1.0)
    if not pair.explains(factor * pair.expected):
        return None
    moving = np.array([column for column in pair.wrong if power[column] > 0], dtype=int)
    if not len(moving):
        return None
    typical = float(np.median(factor[moving]))
    if np.abs(factor[moving] - typical).max() > SAME_FACTOR * abs(typical):
        each = ", ".join(f"'{pair.names[i]}' by {factor[i]:.4g}" for i in moving[:4])
        return Cause("scale", f"is scaled column by column: {each}", tuple(moving.tolist()))
    which = "" if len(moving) == len(factor) else f" in {pair.named(moving.tolist())}"
    unit = _unit_of(typical)
    if unit:
        return Cause("unit", f"is in {unit}{which}: {abs(typical):.4g} times as large", tuple(moving.tolist()))
    return Cause("scale", f"is {typical:.4g} times what it should be{which}", tuple(moving.tolist()))


def _unit_of(factor: float) -> str:
    for words, known in UNITS.items():
        if abs(abs(factor) / known - 1) < SAME_FACTOR:
            return words + (", with the opposite sign" if factor < 0 else "")
    return ""


def _frozen(pair: Pair) -> Cause | None:
    wrong = list(pair.wrong)
    still = len(pair.seen) > 2 and np.ptp(pair.seen[:, wrong], axis=0).max() == 0
    moves = np.ptp(pair.expected[:, wrong], axis=0).max() > pair.tolerance
    return Cause("frozen", f"never changes in {pair.named(wrong)}", pair.wrong) if still and moves else None


def _shifted(pair: Pair, offsets: dict[str, NDArray[np.float64]]) -> Cause | None:
    for words, offset in offsets.items():
        if pair.explains(pair.expected + offset):
            return Cause("offset", words, pair.wrong)
    mean = (pair.seen - pair.expected).mean(axis=0)
    if len(pair.seen) > 2 and pair.explains(pair.expected + mean):
        each = ", ".join(f"'{pair.names[i]}' by {mean[i]:+.4g}" for i in pair.wrong[:4])
        return Cause("offset", f"is shifted: {each}", pair.wrong)
    return None


def _late(pair: Pair, offsets: dict[str, NDArray[np.float64]]) -> Cause | None:
    """The same a few steps before or after; whole, or with one of the other causes on top."""
    steps = [k for size in range(1, LONGEST_DELAY + 1) for k in (size, -size) if len(pair.seen) > 3 * size]
    for also in (False, True):
        for k in steps:
            seen, expected = (pair.seen[k:], pair.expected[:-k]) if k > 0 else (pair.seen[:k], pair.expected[-k:])
            shifted = Pair(seen, expected, pair.names, pair.tolerance)
            amount = f"{abs(k)} control step{'s' if abs(k) > 1 else ''} {'late' if k > 0 else 'early'}"
            if not also and _explains_alone(pair, shifted):
                return Cause("delay", f"is {amount}", pair.wrong)
            on_top = _at_once(shifted, offsets) if also and shifted.wrong else None
            if on_top is not None and on_top.kind != "frozen":
                return Cause("delay", f"is {amount}, and {on_top.words}", pair.wrong)
    return None


def _explains_alone(pair: Pair, shifted: Pair) -> bool:
    allowed = max(pair.tolerance, EXPLAINED * _rms(pair.seen - pair.expected))
    return bool(_rms(shifted.seen - shifted.expected) <= allowed)


def _rms(values: NDArray[np.float64]) -> float:
    return float(np.sqrt((values**2).mean()))


def _column_rms(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.sqrt((values**2).mean(axis=0))
