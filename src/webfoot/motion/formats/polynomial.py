"""Reader of Open Duck's `polynomial_coefficients.pkl`: a library of one-period clips, each a set of polynomials.

Layout (FORMATS 1.3): {"vx_vy_wz": {"coefficients": {"dim_0": [16 numbers, ascending powers], ...}, "period" [s],
"fps", ...}}; dimensions are J joint positions, J joint velocities, 2 contacts, 3 linear and 3 angular velocities.
"""

import math
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from webfoot.errors import MotionError
from webfoot.motion.clip import Motion
from webfoot.motion.formats.limits import MAX_FRAMES, number, read_bytes
from webfoot.motion.formats.restricted_pickle import load_numbers

JOINTS_OF_16 = (
    *("left_hip_yaw", "left_hip_roll", "left_hip_pitch", "left_knee", "left_ankle"),
    *("neck_pitch", "head_pitch", "head_yaw", "head_roll", "left_antenna", "right_antenna"),
    *("right_hip_yaw", "right_hip_roll", "right_hip_pitch", "right_knee", "right_ankle"),
)
"""Columns of the generator that writes these files; the files themselves hold no names."""
JOINTS_BY_COUNT = {16: JOINTS_OF_16, 15: tuple(name for name in JOINTS_OF_16 if name != "head_roll")}
EXTRA_DIMENSIONS = 8
"""Contacts 2, linear velocity 3, angular velocity 3; their polynomials are only compared, never used."""
MAX_CLIPS = 5000
MAX_DEGREE = 64


def read(path: Path) -> list[Motion]:
    """All clips of the file, each exactly one gait period.

    The polynomials were fitted to the N samples of a period placed at x = 0 ... 1, so sample i is read at i / (N - 1)
    and the step from the last sample back to the first is a step like every other.

    Raises:
        MotionError: the file is not such a library.
    """
    return read_library(load_numbers(read_bytes(path), path.name), path)


def read_library(library: object, path: Path) -> list[Motion]:
    """All clips of an unpickled file.

    Raises:
        MotionError: the file is not such a library.
    """
    if not isinstance(library, dict) or not library:
        raise MotionError(f"{path.name}: holds {_kind(library)}; expected a dict of clips such as '0.074_0.037_-0.074'")
    if len(library) > MAX_CLIPS:
        raise MotionError(f"{path.name}: {len(library)} clips; at most {MAX_CLIPS} are read")
    return [_clip(clip, str(name), path) for name, clip in library.items()]


def _clip(clip: object, name: str, path: Path) -> Motion:
    label = f"{path.name}#{name}"
    if not isinstance(clip, dict):
        raise MotionError(f"{label}: holds {_kind(clip)}; expected a dict with coefficients, period and fps")
    fps = number(clip, "fps", label, 1.0, 1000.0)
    period = number(clip, "period", label, 0.01, 60.0)
    frames = _frames(clip, period, fps, label)
    coefficients = _coefficients(clip.get("coefficients"), label)
    joints = (len(coefficients) - EXTRA_DIMENSIONS) // 2
    if joints not in JOINTS_BY_COUNT or len(coefficients) != 2 * joints + EXTRA_DIMENSIONS:
        raise MotionError(f"{label}: {len(coefficients)} dimensions; expected 40 (16 joints) or 38 (15 joints)")
    values = np.linspace(0.0, 1.0, frames)[:, None] ** np.arange(coefficients.shape[1]) @ coefficients.T  # (T, D)
    return Motion(
        name=name,
        fps=fps,
        joint_names=JOINTS_BY_COUNT[joints],
        joint_pos=values[:, :joints],
        loop=True,
        source=label,
        notes=("joint names assumed: the file holds none, the order is the one of its generator",),
        stored_velocity=values[:, -6:],
    )


def _frames(clip: dict[Any, Any], period: float, fps: float, label: str) -> int:
    frames = round(period * fps)
    if not 4 <= frames <= MAX_FRAMES:
        raise MotionError(f"{label}: a period of {period:g} s at {fps:g} fps is {frames} frames; expected at least 4")
    if abs(frames / fps - period) > 0.25 / fps:
        # the fit used the whole frames of a period, int(period * fps)
        stated = clip.get("nb_steps_in_period")
        frames = stated if type(stated) is int and abs(stated - period * fps) <= 1 else math.floor(period * fps)
    return frames


def _coefficients(table: object, label: str) -> NDArray[np.float64]:
    """Coefficients of all dimensions in order, ascending powers, shape (D, degree + 1)."""
    if not isinstance(table, dict) or not table:
        raise MotionError(f"{label}: coefficients are {_kind(table)}; expected a dict dim_0, dim_1, ...")
    rows = [table.get(f"dim_{i}") for i in range(len(table))]
    for i, row in enumerate(rows):
        if not isinstance(row, list | tuple) or not 1 <= len(row) <= MAX_DEGREE + 1 or len(row) != len(rows[0] or ()):
            raise MotionError(f"{label}: dim_{i} is {_kind(row)}; expected as many coefficients as dim_0 has, 1 to 65")
        if not all(type(value) in (int, float) and abs(value) < 1e12 for value in row):
            raise MotionError(f"{label}: dim_{i} holds something that is not a finite number below 1e12")
    return np.array(rows, dtype=np.float64)


def _kind(value: object) -> str:
    if value is None:
        return "missing"
    return f"a {type(value).__name__} of {len(value)}" if hasattr(value, "__len__") else f"a {type(value).__name__}"  # type: ignore[arg-type]
