"""`Archive`: the arrays of an `.npz`, each unpacked only when it is asked for, and no header believed."""

import io
import struct
import zipfile
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from webfoot.errors import MotionError
from webfoot.motion.formats.limits import MAX_FILE_BYTES, MAX_FRAMES
from webfoot.motion.formats.npy import array_of

MAX_UNPACKED_BYTES = 4 * MAX_FILE_BYTES
MAX_NUMBERS = 2**24
"""Numbers in one array: 128 MiB as float64."""
MAX_MEMBERS = 1000
PACKED_BY_NUMPY = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
NOT_AN_ARCHIVE = (
    *(zipfile.BadZipFile, zlib.error, struct.error),
    *(ValueError, OSError, EOFError, LookupError, NotImplementedError, RuntimeError, OverflowError, MemoryError),
)
"""What Python's zipfile raises on bytes that are not an archive."""


class Archive:
    """The arrays of one `.npz` by name."""

    def __init__(self, content: bytes, label: str):
        self.label = label
        self._unpacked = 0
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
        except NOT_AN_ARCHIVE as error:
            raise self._broken(error) from None
        members = self._zip.infolist()
        if len(members) > MAX_MEMBERS:
            raise MotionError(f"{label}: {len(members)} arrays; at most {MAX_MEMBERS} are read")
        self.keys = frozenset(member.filename.removesuffix(".npy") for member in members)

    def has(self, *keys: str) -> bool:
        """Whether all these arrays are there."""
        return self.keys.issuperset(keys)

    def array(self, key: str) -> NDArray[Any]:
        """One array: numbers, truth values or text.

        Raises:
            MotionError: missing, not an array, or larger than what is read of one file.
        """
        if key not in self.keys:
            raise MotionError(f"{self.label}: key {key} missing; the file holds {self.listed()}")
        try:
            member = self._zip.getinfo(f"{key}.npy")
            if member.compress_type not in PACKED_BY_NUMPY:
                raise MotionError(f"{self.label}: {key} is packed in an unusual way; write it with numpy.savez")
            self._unpacked += member.file_size
            if self._unpacked > MAX_UNPACKED_BYTES:
                size, limit = self._unpacked / 2**20, MAX_UNPACKED_BYTES // 2**20
                raise MotionError(f"{self.label}: unpacks to {size:.0f} MiB; at most {limit} MiB are read")
            content = self._zip.read(member)
        except NOT_AN_ARCHIVE as error:
            raise self._broken(error) from None
        return array_of(content, f"{self.label}: {key}")

    def numbers(self, key: str, *shape: int | None) -> NDArray[np.float64]:
        """One array of numbers as float64; a None in `shape` is any length, no shape at all is any shape.

        Raises:
            MotionError: missing, no numbers, or of another shape.
        """
        value = self.array(key)
        if value.dtype.kind not in "iuf":
            raise MotionError(f"{self.label}: {key} is {kind(value)}; it must hold numbers")
        expected = " x ".join("any" if n is None else str(n) for n in shape)
        fits = len(shape) == value.ndim and all(n in (None, m) for n, m in zip(shape, value.shape, strict=False))
        if shape and not fits:
            raise MotionError(f"{self.label}: {key} has shape {value.shape}; it must be {expected}")
        if value.size > MAX_NUMBERS or (shape and len(value) > MAX_FRAMES):
            raise MotionError(f"{self.label}: {key} has shape {value.shape}; at most {MAX_FRAMES} frames are read")
        with np.errstate(invalid="ignore"):  # signalling NaN, left for the inspection to find
            return value.astype(np.float64)

    def number(self, key: str) -> float:
        """One number, whatever the shape it is wrapped in.

        Raises:
            MotionError: missing, or not one number.
        """
        value = self.numbers(key)
        if value.size != 1:
            raise MotionError(f"{self.label}: {key} has shape {value.shape}; it must be one number")
        return float(value.item())

    def text(self, key: str) -> tuple[str, ...]:
        """A list of names.

        Raises:
            MotionError: missing, or not a list of text.
        """
        value = self.array(key)
        if value.dtype.kind != "U" or value.ndim != 1:
            raise MotionError(f"{self.label}: {key} is {kind(value)}; it must be a list of names")
        return tuple(str(name)[:80] for name in value)

    def listed(self) -> str:
        """Its keys, for messages."""
        names = sorted(key[:40] for key in self.keys)
        shown = ", ".join(names[:12]) or "nothing"
        return shown if len(names) <= 12 else f"{shown} and {len(names) - 12} more"

    def _broken(self, error: Exception) -> MotionError:
        if isinstance(error, zipfile.BadZipFile) and str(error) == "File is not a zip file":
            return MotionError(f"{self.label}: holds no arrays, whatever its ending says; write it with numpy.savez")
        reason = " ".join(str(error).split())[:120] or type(error).__name__
        return MotionError(f"{self.label}: not a readable .npz motion ({reason}); write it with numpy.savez")


def kind(value: NDArray[Any]) -> str:
    """Type and shape of an array, for messages."""
    return f"an array of type {value.dtype} and shape {value.shape}"
