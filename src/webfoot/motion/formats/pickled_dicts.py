"""Readers of pickled dicts of arrays: GMR and TWIST `.pkl` (no names), ami-iit `.npy` (with names).

GMR and TWIST (FORMATS 1.4): fps, root_pos (T, 3), root_rot (T, 4) xyzw, dof_pos (T, D); its kin PHC and OmniH2O call
them root_trans_offset and dof and keep many clips in one file. ami-iit: joints_list, joint_positions, root_position,
root_quaternion xyzw, fps.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from webfoot.errors import MotionError
from webfoot.motion.clip import Motion
from webfoot.motion.formats.archive import MAX_NUMBERS
from webfoot.motion.formats.limits import MAX_FRAMES, MAX_JOINTS, number
from webfoot.motion.formats.quaternion import to_wxyz
from webfoot.motion.formats.source import Dialect, Source
from webfoot.motion.formats.table import robot_names

DOF, ROOT_POS, ROOT_ROT = ("dof_pos", "dof"), ("root_pos", "root_trans_offset", "root_trans"), ("root_rot", "root_quat")
ASSUMED_FPS = 30.0
"""Rate of GMR's files."""
MAX_CLIPS = 5000


def read_nameless(content: Any, source: Source) -> list[Motion]:
    """The one clip of a GMR or TWIST dict, or every clip of a dict of them.

    Raises:
        MotionError: an array missing or of another shape, or a number of joints that fits nothing.
    """
    if _is_nameless(content):
        return [_nameless(content, source.name, source.label, source)]
    if len(content) > MAX_CLIPS:
        raise MotionError(f"{source.label}: {len(content)} clips; at most {MAX_CLIPS} are read")
    clips = {str(name)[:80]: clip for name, clip in content.items()}
    return [_nameless(clip, name, f"{source.label}#{name}", source) for name, clip in clips.items()]


def read_named(content: Any, source: Source) -> list[Motion]:
    """The one clip of an ami-iit dict.

    Raises:
        MotionError: an array missing or of another shape.
    """
    label, names = source.label, content["joints_list"]
    if isinstance(names, np.ndarray):
        names = names.tolist()
    if not isinstance(names, list) or not names or not all(isinstance(name, str) and name for name in names):
        raise MotionError(f"{label}: joints_list is not a list of names")
    joint_pos = _array(content, ("joint_positions",), (None, len(names)), label)
    pos, quat, notes = _root(content, ("root_position",), ("root_quaternion",), len(joint_pos), source, label)
    return [
        Motion(
            name=source.name,
            fps=number(content, "fps", label, 1.0, 1000.0),
            joint_names=tuple(name[:80] for name in names),
            joint_pos=joint_pos,
            root_pos=pos,
            root_quat=quat,
            loop=False,
            source=label,
            notes=notes,
        )
    ]


def _nameless(table: Any, name: str, label: str, source: Source) -> Motion:
    joint_pos = _array(table, DOF, (None, None), label)
    joints = joint_pos.shape[1]
    names, notes = source.columns.joints, ("joints named as given",)
    if names and len(names) != joints:
        raise MotionError(f"{label}: {len(names)} joint names given, but it has {joints} joints; give one for each")
    if not names:
        names, notes = robot_names(joints, source.robot_for(f"{joints} joints without names"), label)
    fps = source.columns.fps
    if fps is None and table.get("fps") is not None:
        fps = number(table, "fps", label, 1.0, 1000.0)
    if fps is None:
        fps, notes = ASSUMED_FPS, (*notes, f"rate assumed: the file states none, {ASSUMED_FPS:g} frames per second")
    pos, quat, more = _root(table, ROOT_POS, ROOT_ROT, len(joint_pos), source, label)
    return Motion(name, fps, names, joint_pos, pos, quat, False, source=label, notes=(*notes, *more))


def _root(
    table: Any, pos_keys: tuple[str, ...], rot_keys: tuple[str, ...], frames: int, source: Source, label: str
) -> tuple[NDArray[np.float64] | None, NDArray[np.float64] | None, tuple[str, ...]]:
    pos = quat = None
    notes: tuple[str, ...] = ()
    if any(table.get(key) is not None for key in pos_keys):
        pos = _array(table, pos_keys, (frames, 3), label)
    if any(table.get(key) is not None for key in rot_keys):
        stored = _array(table, rot_keys, (frames, 4), label)
        quat, notes = to_wxyz(stored, "xyzw", source.columns.quat_order)
    return pos, quat, notes


def _array(table: Any, keys: tuple[str, ...], shape: tuple[int | None, ...], label: str) -> NDArray[np.float64]:
    """The numbers under the first key that is there, of that shape; None is any length."""
    key = next((key for key in keys if table.get(key) is not None), keys[0])
    expected = " x ".join("any" if n is None else str(n) for n in shape)
    try:
        value = np.asarray(table.get(key))
    except ValueError:  # rows of different lengths
        raise MotionError(f"{label}: {key} is no table of numbers; it must be {expected}") from None
    if value.dtype.kind not in "iuf" or value.ndim != len(shape):
        raise MotionError(f"{label}: {key} is no array of numbers of shape {expected}")
    if any(n not in (None, m) for n, m in zip(shape, value.shape, strict=True)):
        raise MotionError(f"{label}: {key} has shape {value.shape}; it must be {expected}")
    if value.size > MAX_NUMBERS or len(value) > MAX_FRAMES or value.shape[-1] > MAX_JOINTS or value.size == 0:
        raise MotionError(f"{label}: {key} has shape {value.shape}; at most {MAX_FRAMES} x {MAX_JOINTS} are read")
    with np.errstate(invalid="ignore"):
        return value.astype(np.float64)


def _is_nameless(content: Any) -> bool:
    return isinstance(content, dict) and any(key in content for key in DOF)


def _is_nameless_library(content: Any) -> bool:
    return isinstance(content, dict) and bool(content) and all(_is_nameless(clip) for clip in content.values())


GMR = Dialect[Any](
    "GMR, TWIST or PHC (dof_pos, root_pos, root_rot, fps)",
    lambda content: _is_nameless(content) or _is_nameless_library(content),
    read_nameless,
)
AMI = Dialect[Any](
    "ami-iit (joints_list, joint_positions, fps)",
    lambda content: isinstance(content, dict) and {"joints_list", "joint_positions"} <= content.keys(),
    read_named,
)
