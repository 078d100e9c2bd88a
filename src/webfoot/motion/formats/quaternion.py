"""Quaternions of a file as wxyz, whichever order they are stored in."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Order = Literal["xyzw", "wxyz"]
UPRIGHT = 0.5
"""A base whose z axis points up by this on average (60 degrees of tilt) stands."""


def to_wxyz(
    quat: NDArray[np.float64], usual: Order, said: Order | None = None
) -> tuple[NDArray[np.float64], tuple[str, ...]]:
    """Scalar first, and a note where the file's order is not the usual one of its format.

    A base that lies down on average in the usual order, and stands in the other one, is stored in the other one.

    Args:
        quat: as stored, shape (T, 4).
        usual: order of the format.
        said: order that the user states, which is believed.
    """
    order, notes = said or usual, ()
    other: Order = "wxyz" if usual == "xyzw" else "xyzw"
    if said is None and _up(_reordered(quat, usual)) < UPRIGHT <= _up(_reordered(quat, other)):
        order, notes = other, (f"root rotations taken as {other}: as {usual} the base would lie down",)
    return _reordered(quat, order), notes


def stands(wxyz: NDArray[np.float64]) -> bool:
    """Whether the base's z axis points up on average."""
    return _up(wxyz) >= UPRIGHT


def _reordered(quat: NDArray[np.float64], order: Order) -> NDArray[np.float64]:
    return quat[:, [3, 0, 1, 2]] if order == "xyzw" else quat


def _up(wxyz: NDArray[np.float64]) -> float:
    """How far the base's z axis points up, -1 to 1, averaged over the frames that are finite."""
    sound = wxyz[np.isfinite(wxyz).all(axis=1) & (np.abs(wxyz) < 10.0).all(axis=1)]
    length = np.square(sound).sum(axis=1)
    sound, length = sound[length > 1e-6], length[length > 1e-6]
    return float((1.0 - 2.0 * (np.square(sound[:, 1]) + np.square(sound[:, 2])) / length).mean()) if len(sound) else 1.0
