"""Readers of `.pkl` and `.npy`: pickles go through the restricted unpickler, then their keys tell the format."""

from typing import Any

from webfoot.motion.clip import Motion
from webfoot.motion.formats import arrays, pickled_dicts, polynomial, poselib
from webfoot.motion.formats.limits import read_bytes
from webfoot.motion.formats.npy import pickle_of
from webfoot.motion.formats.restricted_pickle import load_numbers
from webfoot.motion.formats.source import Dialect, Source, read_as_any

DIALECTS: tuple[Dialect[Any], ...] = (
    pickled_dicts.GMR,
    pickled_dicts.AMI,
    poselib.DIALECT,
    Dialect(
        "Open Duck's polynomials (a dict of coefficients, period, fps)",
        lambda content: isinstance(content, dict) and any(isinstance(clip, dict) for clip in content.values()),
        lambda content, source: polynomial.read_library(content, source.path),
    ),
)
"""The formats that are pickled, most telling first. A new one is one file and one line here."""


def read_pkl(source: Source) -> list[Motion]:
    """All clips of a pickle.

    Raises:
        MotionError: more than numbers in plain containers, none of the known formats, or one that cannot be used.
    """
    return _read(load_numbers(read_bytes(source.path), source.label), source)


def read_npy(source: Source) -> list[Motion]:
    """All clips of a numpy file: a plain array of joint angles, or a pickled dict.

    Raises:
        MotionError: as `read_pkl`, or no numpy file.
    """
    content = read_bytes(source.path)
    pickled = pickle_of(content)
    if pickled is None:
        return arrays.read_array(content, source)
    return _read(load_numbers(pickled, source.label), source)


def _read(content: Any, source: Source) -> list[Motion]:
    while isinstance(content, list) and len(content) == 1:
        content = content[0]  # numpy wraps one object into an array of one
    found = f"a {type(content).__name__}"
    if isinstance(content, dict):
        found = f"a dict with the keys {', '.join(str(key)[:40] for key in list(content)[:12]) or 'none'}"
    return read_as_any(DIALECTS, content, source, found)
