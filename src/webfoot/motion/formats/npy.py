"""One array of a numpy file, without numpy's own loader, which would claim any memory that a header names."""

import io
import math
import tokenize
import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from webfoot.errors import MotionError

MALFORMED = (ValueError, TypeError, LookupError, SyntaxError, RecursionError, MemoryError, tokenize.TokenError)
"""What numpy raises on a header that is not one."""


def array_of(content: bytes, label: str) -> NDArray[Any]:
    """The array in the bytes of a `.npy` file: numbers, truth values or text, never objects.

    Raises:
        MotionError: no such file, or fewer or more bytes than its header says.
    """
    try:
        shape, is_fortran, dtype, start = _header(content)
    except MALFORMED as error:
        reason = " ".join(str(error).split())[:120] or type(error).__name__
        raise MotionError(f"{label}: not a numpy array ({reason}); save it with numpy.save") from None
    if dtype.kind not in "fiubU" or dtype.itemsize == 0 or any(type(n) is not int or n < 0 for n in shape):
        raise MotionError(f"{label}: an array of {str(dtype)[:40]}; expected numbers (float32 or float64)")
    body, expected = content[start:], math.prod(shape) * dtype.itemsize
    if len(body) != expected:
        raise MotionError(f"{label}: holds {len(body)} bytes of numbers, its header says {expected}; is it cut off?")
    if dtype.kind == "U" and not is_text(body, dtype):
        raise MotionError(f"{label}: an array of text that is none; save it with numpy.save")
    try:
        return np.frombuffer(body, dtype=dtype).reshape(shape, order="F" if is_fortran else "C")
    except ValueError as error:  # more than 64 dimensions, or no element and a dimension beyond any address
        raise MotionError(f"{label}: an array whose shape cannot be ({error}); save it with numpy.save") from None


def is_text(body: bytes, dtype: np.dtype[Any]) -> bool:
    """Whether every letter of an array of text is one; numpy makes broken strings of others."""
    codes = np.frombuffer(body, dtype=f"{dtype.byteorder.replace('|', '=')}u4")
    return bool(((codes < 0xD800) | ((codes > 0xDFFF) & (codes <= 0x10FFFF))).all())


def pickle_of(content: bytes) -> bytes | None:
    """The pickle behind the header of an array of objects; None for any other file."""
    try:
        _, _, dtype, start = _header(content)
    except MALFORMED:
        return None
    return content[start:] if dtype.kind == "O" and dtype.names is None else None


def _header(content: bytes) -> tuple[tuple[int, ...], bool, np.dtype[Any], int]:
    """Shape, whether in Fortran's order, type, and where the array's bytes start."""
    stream = io.BytesIO(content)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        version = np.lib.format.read_magic(stream)
        read_header = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}[
            version
        ]
        shape, is_fortran, dtype = read_header(stream)
    return shape, is_fortran, dtype, stream.tell()
