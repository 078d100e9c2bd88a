"""`check_steps`: a pickle's opcodes, walked through before anything is made of them.

Python's C unpickler is many times as fast as the one in Python, but it does whatever the opcodes say: it grows its memo
to any index, and claims as many bytes as a length names. So what they are and what they may ask for is settled here.
"""

import pickle

from webfoot.errors import MotionError

MAX_STEPS = 4_000_000
"""Each may leave an object behind."""
_FIXED = {
    0: pickle.STOP + pickle.MARK + pickle.MEMOIZE + pickle.NONE + pickle.NEWTRUE + pickle.NEWFALSE
       + pickle.EMPTY_DICT + pickle.SETITEM + pickle.SETITEMS + pickle.EMPTY_LIST + pickle.APPEND + pickle.APPENDS
       + pickle.EMPTY_TUPLE + pickle.TUPLE + pickle.TUPLE1 + pickle.TUPLE2 + pickle.TUPLE3
       + pickle.STACK_GLOBAL + pickle.REDUCE + pickle.BUILD,
    1: pickle.PROTO + pickle.BINPUT + pickle.BINGET + pickle.BININT1,
    2: pickle.BININT2,
    4: pickle.BININT + pickle.LONG_BINGET,
    8: pickle.BINFLOAT,
}  # fmt: skip
"""Opcodes of numbers, text and containers, by how many bytes follow."""
_COUNTED = {
    1: pickle.LONG1 + pickle.SHORT_BINUNICODE + pickle.SHORT_BINBYTES + pickle.SHORT_BINSTRING,
    4: pickle.BINUNICODE + pickle.BINBYTES + pickle.BINSTRING,
    8: pickle.BYTEARRAY8,
}
"""Opcodes that a length follows, of so many bytes, and then as many bytes as it says."""
_SIZE = {code: size for size, codes in _FIXED.items() for code in codes}
_SIZES = [_SIZE.get(code, -1) for code in range(256)]
"""By opcode, how many bytes follow; -1: not as many each time, or the opcode is not read."""
_WIDTHS = {code: width for width, codes in _COUNTED.items() for code in codes}
_STOP, _FRAME, _PUT, _GLOBAL = pickle.STOP[0], pickle.FRAME[0], pickle.LONG_BINPUT[0], pickle.GLOBAL[0]


def check_steps(content: bytes) -> None:
    """Walk through a pickle up to its end.

    Raises:
        MotionError: more than `MAX_STEPS` opcodes.
        pickle.UnpicklingError: an opcode that is not read, or one that asks for more than there is.
        IndexError: it breaks off.
    """
    place, sizes = 0, _SIZES
    for step in range(MAX_STEPS):
        code = content[place]
        size = sizes[code]
        place += 1 + size if size >= 0 else 1 + _length(content, code, place + 1, step)
        if code == _STOP:
            return
    raise MotionError(f"takes more than {MAX_STEPS} steps to read; keep numbers in numpy arrays")


def _length(content: bytes, code: int, place: int, step: int) -> int:
    """How many bytes follow an opcode whose length is not fixed, or that may ask for more than it should."""
    width = _WIDTHS.get(code, {_FRAME: 8, _PUT: 4}.get(code, 0))
    number = int.from_bytes(content[place : place + width], "little")
    length = width
    if code in _WIDTHS:
        length += number
    elif code == _FRAME:
        if number > len(content) - place - width:
            raise pickle.UnpicklingError("a frame is longer than the file")
    elif code == _PUT:
        if number > step:
            raise pickle.UnpicklingError("remembers an object under a number that it has not come to")
    elif code == _GLOBAL:
        length = content.index(b"\n", content.index(b"\n", place) + 1) + 1 - place
    else:
        raise pickle.UnpicklingError(f"has opcode {bytes([code])!r}")
    if place + length > len(content):
        raise pickle.UnpicklingError("breaks off")
    return length
