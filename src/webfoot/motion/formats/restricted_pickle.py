"""Unpickle numbers and plain containers, and nothing that could run code or claim memory the file does not hold."""

import io
import math
import pickle
import re
import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

from webfoot.errors import MotionError
from webfoot.motion.formats.npy import is_text
from webfoot.motion.formats.pickle_steps import check_steps

MALFORMED = (
    pickle.UnpicklingError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    MemoryError,
    RecursionError,
    TypeError,
    ValueError,
    struct.error,
)
"""What Python's unpickler raises on bytes that are not a pickle."""

NUMBER_CODES = {"f8": "d", "f4": "f", "i8": "q", "i4": "i", "i2": "h", "u8": "Q", "u4": "I", "u1": "B", "i1": "b"}
"""numpy type codes that may stand in a file, and how `struct` reads them."""

TEXT_CODE = re.compile(r"U\d{1,4}")
MAX_DEPTH = 12


class _NumberType:
    """Stands in for `numpy.dtype`: remembers the type code and byte order, does nothing."""

    def __init__(self, code: str, *_: object):
        if not isinstance(code, str) or not (code in (*NUMBER_CODES, "b1", "O8") or TEXT_CODE.fullmatch(code)):
            raise MotionError(f"holds numpy type {str(code)[:20]!r}; numbers, truth values and text are read")
        self.code, self.order = code, "<"

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        self.order = ">" if state[1] == ">" else "<"

    def dtype(self) -> np.dtype[Any]:
        """numpy's own type of that code."""
        return np.dtype(self.code if self.code in ("b1", "u1", "i1") else self.order + self.code)


class _Array:
    """Stands in for `numpy.ndarray` while its state is not known."""

    def __init__(self, *_: object):
        self.value: NDArray[Any] | list[Any] = np.empty(0)

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        _, shape, kind, is_fortran, raw = state
        self.value = _array(kind, shape, raw, "F" if is_fortran else "C")


def _array(kind: Any, shape: Any, raw: Any, order: str) -> NDArray[Any] | list[Any]:
    """An array whose bytes are all in the file; of objects, the plain list of them."""
    if not isinstance(kind, _NumberType) or not isinstance(shape, tuple) or len(shape) > 8:
        raise MotionError("holds a numpy array that is none")
    if kind.code == "O8":
        if not isinstance(raw, list):
            raise MotionError("holds a numpy array of objects that is no list")
        return raw
    dtype = kind.dtype()
    if not isinstance(raw, bytes | bytearray) or any(type(n) is not int or n < 0 for n in shape):
        raise MotionError("holds a numpy array without its bytes")
    if math.prod(shape) * dtype.itemsize != len(raw):
        raise MotionError(f"holds {len(raw)} bytes for an array of shape {str(shape)[:60]}")
    if dtype.kind == "U" and not is_text(bytes(raw), dtype):
        raise MotionError("holds a numpy array of text that is none")
    return np.frombuffer(bytes(raw), dtype).reshape(shape, order="F" if order == "F" else "C")


def _from_buffer(raw: Any, kind: Any, shape: Any, order: Any) -> NDArray[Any] | list[Any]:
    """Stands in for what numpy makes arrays from in newer pickles."""
    return _array(kind, shape, raw, "F" if order == "F" else "C")


def _number(number_type: _NumberType, raw: bytes) -> float:
    """Stands in for numpy's `scalar`: the bytes as one number."""
    code = "?" if number_type.code == "b1" else NUMBER_CODES[number_type.code]
    return struct.unpack(number_type.order + code, raw)[0]


def _encode(text: str, encoding: str) -> bytes:
    """Stands in for `codecs.encode`, in which old pickles keep bytes."""
    if encoding != "latin1":
        raise MotionError(f"holds text encoded as '{str(encoding)[:20]}'; only latin1 is read")
    return text.encode("latin1")


def _dict(*_: object) -> dict[Any, Any]:
    """Stands in for `OrderedDict`: a dict keeps its order too."""
    return {}


SAFE_NAMES: dict[tuple[str, str], Any] = {
    ("numpy", "dtype"): _NumberType,
    ("numpy", "ndarray"): _Array,
    ("_codecs", "encode"): _encode,
    ("collections", "OrderedDict"): _dict,
    **{(f"numpy.{core}.multiarray", "scalar"): _number for core in ("core", "_core")},
    **{(f"numpy.{core}.multiarray", "_reconstruct"): _Array for core in ("core", "_core")},
    **{(f"numpy.{core}.numeric", "_frombuffer"): _from_buffer for core in ("core", "_core")},
}
"""All names that a pickle may ask for, and the harmless things that answer to them."""


class _Unpickler(pickle.Unpickler):
    """Python's own unpickler, which knows few names."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in SAFE_NAMES:
            raise MotionError(f"asks for '{module}.{name}'; only numpy numbers in plain containers are read")
        return SAFE_NAMES[module, name]


def load_numbers(content: bytes, label: str) -> object:
    """Dicts, lists, text, numbers and numpy arrays of a pickle.

    Args:
        content: the file's bytes.
        label: the file's name, for messages.

    Raises:
        MotionError: not a pickle, or one that holds more than numbers in plain containers.
    """
    try:
        check_steps(content)
        return _plain(_Unpickler(io.BytesIO(content)).load(), {})
    except MotionError as error:
        raise MotionError(f"{label}: {error}") from None
    except MALFORMED as error:
        reason = f"{type(error).__name__}: {' '.join(str(error).split())[:120]}".rstrip(": ")
        raise MotionError(f"{label}: not a pickle of numbers in plain containers ({reason})") from None


def _plain(value: Any, done: dict[int, Any], depth: int = 0) -> Any:
    """Containers with arrays in place of what stood in for them; what is shared stays shared."""
    if depth > MAX_DEPTH:
        raise MotionError(f"nests more than {MAX_DEPTH} containers; a motion has a few")
    if not isinstance(value, _Array | dict | list | tuple):
        return value
    if id(value) not in done:
        if isinstance(value, _Array):
            done[id(value)] = _plain(value.value, done, depth + 1)
        elif isinstance(value, dict):
            done[id(value)] = {key: _plain(inner, done, depth + 1) for key, inner in value.items()}
        else:
            done[id(value)] = [_plain(inner, done, depth + 1) for inner in value]
    return done[id(value)]
