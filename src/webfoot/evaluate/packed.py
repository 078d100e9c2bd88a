"""Arrays inside JSON: base64 of little-endian numbers, rounded so that they compress."""

import base64

import numpy as np
from numpy.typing import NDArray

STEP = 2.0**-14
"""Metres, radians and parts of a unit quaternion are rounded to this; a power of two ends in zeros as a float."""


def floats(values: NDArray[np.float64], step: float = STEP) -> str:
    """As float32."""
    return _base64(np.round(values / step) * step, "<f4")


def indices(values: NDArray[np.int64]) -> str:
    """As uint32."""
    return _base64(values, "<u4")


def flags(values: NDArray[np.bool_]) -> str:
    """As uint8, 0 or 1."""
    return _base64(values, "u1")


def _base64(values: NDArray, dtype: str) -> str:
    return base64.b64encode(np.ascontiguousarray(values, dtype=dtype).tobytes()).decode()
