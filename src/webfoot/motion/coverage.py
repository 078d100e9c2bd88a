"""`coverage`: which velocity commands a library of clips serves, and where its holes are."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

CELLS = 5
"""The commanded range is looked at in so many cells an axis."""
LEAST_RANGE = (0.02, 0.02, 0.1)
"""An axis on which the clips differ by less is one cell [m/s, m/s, rad/s]."""


@dataclass(frozen=True)
class Coverage:
    """Commands of a library: (vx, vy [m/s], wz [rad/s])."""

    clips: int
    low: tuple[float, float, float]
    high: tuple[float, float, float]
    cells: int
    """Cells of the box between `low` and `high`."""
    covered: int
    """Cells that hold at least one clip."""
    holes: tuple[tuple[float, float, float], ...]
    """Middles of the empty cells, those furthest from any clip first."""
    serves: dict[str, bool]
    """Whether a clip lies within half a cell of the commands every library should have: still, straight, back, ..."""

    def to_dict(self) -> dict[str, Any]:
        """The coverage as plain JSON."""
        return asdict(self)


def coverage(commands: NDArray[np.float64]) -> Coverage:
    """Divide the box that the commands span into cells and count the empty ones.

    Args:
        commands: vx, vy [m/s], wz [rad/s] of every clip, shape (N, 3), N >= 1.
    """
    low, high = commands.min(axis=0), commands.max(axis=0)
    count = np.where(high - low > LEAST_RANGE, CELLS, 1)
    width = np.maximum((high - low) / count, LEAST_RANGE)
    cell = np.minimum(((commands - low) / width).astype(np.int64), count - 1)
    filled = np.zeros(count, dtype=np.bool_)
    filled[tuple(cell.T)] = True
    empty = np.argwhere(~filled)
    span = (high - low) / count
    middles = low + (empty + 0.5) * span
    far = _distance(middles, commands, width)
    ordered = middles[np.argsort(-far, kind="stable")]
    wanted = {"standing still": (0.0, 0.0, 0.0), "straight ahead": (max(high[0], 0.02), 0.0, 0.0)}
    wanted |= {"straight back": (min(low[0], -0.02), 0.0, 0.0)}
    wanted |= {"turning left": (0.0, 0.0, max(high[2], 0.1)), "turning right": (0.0, 0.0, min(low[2], -0.1))}
    wanted |= {"stepping left": (0.0, max(high[1], 0.02), 0.0), "stepping right": (0.0, min(low[1], -0.02), 0.0)}
    serves = {name: bool(_distance(np.array([place]), commands, width)[0] <= 0.5) for name, place in wanted.items()}
    return Coverage(
        len(commands),
        _triple(low),
        _triple(high),
        filled.size,
        int(filled.sum()),
        tuple(_triple(m) for m in ordered),
        serves,
    )


def _distance(
    places: NDArray[np.float64], commands: NDArray[np.float64], width: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Distance of places to the nearest command in cells, the largest over the axes, shape (len(places),)."""
    if not len(places):
        return np.zeros(0)
    return (np.abs(places[:, None] - commands[None]) / width).max(axis=2).min(axis=1)


def _triple(values: NDArray[np.float64]) -> tuple[float, float, float]:
    vx, vy, wz = (round(float(v), 4) + 0.0 for v in values)
    return vx, vy, wz


def commands_of(measures: list[dict[str, float]]) -> NDArray[np.float64]:
    """Commands of inspected clips, shape (N, 3); clips that could not be prepared have none."""
    names = ("command_vx_ms", "command_vy_ms", "command_wz_rads")
    rows = [[numbers[name] for name in names] for numbers in measures if names[0] in numbers]
    return np.array(rows, dtype=np.float64).reshape(-1, 3)
