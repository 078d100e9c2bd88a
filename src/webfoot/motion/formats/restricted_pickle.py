"""Unpickle numbers and plain containers, and nothing that could run code or claim memory the file does not hold."""

import io
import pickle
import struct
from typing import Any

from webfoot.errors import MotionError

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

ALLOWED_OPCODES = frozenset(
    
        pickle.PROTO + pickle.FRAME + pickle.STOP + pickle.MARK + pickle.MEMOIZE
        + pickle.BINPUT + pickle.LONG_BINPUT + pickle.BINGET + pickle.LONG_BINGET
        + pickle.EMPTY_DICT + pickle.SETITEM + pickle.SETITEMS + pickle.EMPTY_LIST + pickle.APPEND + pickle.APPENDS
        + pickle.EMPTY_TUPLE + pickle.TUPLE + pickle.TUPLE1 + pickle.TUPLE2 + pickle.TUPLE3
        + pickle.NONE + pickle.NEWTRUE + pickle.NEWFALSE
        + pickle.BININT + pickle.BININT1 + pickle.BININT2 + pickle.LONG1 + pickle.BINFLOAT
        + pickle.SHORT_BINUNICODE + pickle.BINUNICODE + pickle.SHORT_BINBYTES + pickle.BINBYTES
        + pickle.SHORT_BINSTRING + pickle.GLOBAL + pickle.STACK_GLOBAL + pickle.REDUCE + pickle.BUILD
    
)  # fmt: skip
"""Opcodes of numbers, text, containers and of the two numpy names; all others end the reading."""


class _NumberType:
    """Stands in for `numpy.dtype`: remembers the type code and byte order, does nothing."""

    def __init__(self, code: str, *_: object):
        self.code, self.order = NUMBER_CODES[code], "<"

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        self.order = ">" if state[1] == ">" else "<"


def _number(number_type: _NumberType, raw: bytes) -> float:
    """Stands in for numpy's `scalar`: the bytes as one number."""
    return struct.unpack(number_type.order + number_type.code, raw)[0]


SAFE_NAMES = {
    ("numpy", "dtype"): _NumberType,
    ("numpy.core.multiarray", "scalar"): _number,
    ("numpy._core.multiarray", "scalar"): _number,
}


class _Unpickler(pickle._Unpickler):  # pyright: ignore[reportPrivateUsage, reportAttributeAccessIssue]
    """Python's own unpickler (not the C one, which grows its memo to any index a file names) with few opcodes."""

    dispatch = {code: load for code, load in pickle._Unpickler.dispatch.items() if code in ALLOWED_OPCODES}  # pyright: ignore # noqa: E501

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in SAFE_NAMES:
            raise MotionError(f"asks for '{module}.{name}'; only numpy numbers in plain containers are read")
        return SAFE_NAMES[module, name]


def load_numbers(content: bytes, label: str) -> object:
    """Dicts, lists, text and numbers of a pickle.

    Args:
        content: the file's bytes.
        label: the file's name, for messages.

    Raises:
        MotionError: not a pickle, or one that holds more than numbers in plain containers.
    """
    try:
        return _Unpickler(io.BytesIO(content)).load()
    except MotionError as error:
        raise MotionError(f"{label}: {error}") from None
    except MALFORMED as error:
        reason = f"{type(error).__name__}: {' '.join(str(error).split())[:120]}".rstrip(": ")
        raise MotionError(f"{label}: not a pickle of numbers in plain containers ({reason})") from None
