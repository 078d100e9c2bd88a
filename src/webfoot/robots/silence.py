"""MuJoCo's warnings kept off the disk: by itself it appends them to MUJOCO_LOG.TXT in the working folder."""

import ctypes

import mujoco

_unheard = ctypes.CFUNCTYPE(None, ctypes.c_char_p)(("strlen", ctypes.CDLL(None)))
"""A function of C that takes a text and does nothing to it.

Simulations warn from threads of C++; a function of Python would have them wait for the interpreter's lock.
"""


def silence_warnings() -> None:
    """Leave MuJoCo's warnings to the counters in `MjData.warning`; a handler that somebody has set stays."""
    if mujoco.get_mju_user_warning() is None:
        mujoco.set_mju_user_warning(_unheard)
