"""Reader of AWD's motion JSON (also as .txt): one recorded clip with world root, joints, feet and velocities.

Columns are found by the file's own `Frame_offset` and `Frame_size`, joints by its `Joints` list (FORMATS 1.1).
Velocities are kept for comparison only; the feet are looked at once, to say in which frame they are written.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from webfoot.errors import MotionError
from webfoot.motion.clip import Motion
from webfoot.motion.formats.json_text import Table, frames_of, parse
from webfoot.motion.formats.limits import MAX_JOINTS, number, read_bytes
from webfoot.motion.formats.polynomial import JOINTS_BY_COUNT

FOOT_BELOW_BASE_M = 0.03
"""Feet lower than this under the origin of their frame are written in the base frame, not in the world."""
SIDEWAYS_M = 0.02
"""A root further than this from the middle of the feet, sideways on average, is shifted."""


def read(path: Path) -> list[Motion]:
    """The one clip of the file.

    Raises:
        MotionError: not JSON, keys missing, or columns that do not fit.
    """
    return read_table(parse(read_bytes(path), path.name), path)


def read_table(table: Table, path: Path) -> list[Motion]:
    """The one clip of a parsed file.

    Raises:
        MotionError: keys missing, or columns that do not fit.
    """
    names = _joint_names(table, path.name)
    frames = frames_of(table, path.name)
    columns = _columns(table, len(names), frames.shape[1], path.name)
    fps, notes = _rate(table, path.name)
    root_pos, root_quat = frames[:, columns["root_pos"]], _root_quat(frames[:, columns["root_quat"]], path.name)
    if "Joints" not in table:
        notes.append("joint names assumed: the file holds none, the order is the one of its generator")
    if "left_toe_pos" in columns and "right_toe_pos" in columns:
        toes = np.stack([frames[:, columns["left_toe_pos"]], frames[:, columns["right_toe_pos"]]], axis=1)
        notes += _foot_notes(toes, root_pos, root_quat)
    stored = None
    if "world_linear_vel" in columns and "world_angular_vel" in columns:
        stored = np.column_stack([frames[:, columns["world_linear_vel"]], frames[:, columns["world_angular_vel"]]])
    return [
        Motion(
            name=path.stem,
            fps=fps,
            joint_names=names,
            joint_pos=frames[:, columns["joints_pos"]],
            root_pos=root_pos,
            root_quat=root_quat,
            loop=table.get("IsCycle") is True,
            source=path.name,
            notes=tuple(notes),
            stored_velocity=stored,
        )
    ]


def _joint_names(table: Table, label: str) -> tuple[str, ...]:
    if "Joints" not in table:
        size = _table_of(table, "Frame_size", label).get("joints_pos")
        names = JOINTS_BY_COUNT.get(size) if isinstance(size, int) else None
        if names is None:
            raise MotionError(f"{label}: 'Joints' is missing; expected the list of joint names in column order")
        return names
    names = table["Joints"]
    if not isinstance(names, list) or not names or not all(isinstance(name, str) and name for name in names):
        raise MotionError(f"{label}: 'Joints' is not a list of names; expected the joint names in column order")
    if len(names) > MAX_JOINTS:
        raise MotionError(f"{label}: {len(names)} joints; at most {MAX_JOINTS} are read")
    return tuple(name[:80] for name in names)


def _table_of(table: Table, key: str, label: str) -> Table:
    """`Frame_offset` and `Frame_size` are an object, or a list of one object."""
    value = table.get(key)
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if not isinstance(value, dict):
        raise MotionError(f"{label}: '{key}' is not an object (or a list of one) with the columns of each field")
    return value


def _columns(table: Table, joints: int, width: int, label: str) -> dict[str, slice]:
    offsets, sizes = _table_of(table, "Frame_offset", label), _table_of(table, "Frame_size", label)
    expected = {"root_pos": 3, "root_quat": 4, "joints_pos": joints}
    optional = dict.fromkeys(("left_toe_pos", "right_toe_pos", "world_linear_vel", "world_angular_vel"), 3)
    columns = {}
    for field, size in {**expected, **optional}.items():
        if field not in offsets and field in optional:
            continue
        start, stated = offsets.get(field), sizes.get(field, size)
        if type(start) is not int or not 0 <= start <= width - size:
            raise MotionError(
                f"{label}: '{field}' does not fit into frames of {width} numbers; expected an offset within them in "
                f"'Frame_offset' and {size} columns"
            )
        if stated != size:
            raise MotionError(f"{label}: 'Frame_size' gives '{field}' {str(stated)[:20]} columns; expected {size}")
        columns[field] = slice(start, start + size)
    return columns


def _rate(table: Table, label: str) -> tuple[float, list[str]]:
    if "FPS" not in table and "FrameDuration" in table:
        fps = 1.0 / number(table, "FrameDuration", label, 0.001, 1.0)
        return fps, [f"no FPS in the file: {fps:.2f} frames per second from its rounded FrameDuration"]
    fps = number(table, "FPS", label, 1.0, 1000.0)
    if "FrameDuration" in table:
        stated = number(table, "FrameDuration", label, 0.0, 10.0)
        if abs(stated * fps - 1.0) > 0.05:
            return fps, [f"FrameDuration of {stated:g} s contradicts FPS {fps:g}; FPS is used"]
    return fps, []


def _root_quat(xyzw: NDArray[np.float64], label: str) -> NDArray[np.float64]:
    """Unit quaternions, scalar first; rows that hold NaN stay for the inspection to find."""
    length = np.linalg.norm(xyzw, axis=1)
    wrong = np.flatnonzero(np.abs(length - 1.0) > 0.1)
    if len(wrong):
        t = int(wrong[0])
        raise MotionError(
            f"{label}: root rotation of frame {t} of {len(xyzw)} has length {length[t]:.3g}; expected a unit quaternion"
        )
    return (xyzw / length[:, None])[:, [3, 0, 1, 2]]


def _foot_notes(toes: NDArray[np.float64], root_pos: NDArray[np.float64], root_quat: NDArray[np.float64]) -> list[str]:
    """In which frame the feet (T, 2, 3) are written, and whether the root lies sideways of them."""
    if not (np.isfinite(toes).all() and np.isfinite(root_pos).all() and np.isfinite(root_quat).all()):
        return []
    in_base = float(np.median(toes[..., 2].min(axis=1))) < -FOOT_BELOW_BASE_M
    notes = [f"foot positions are written in the {'base' if in_base else 'world'} frame; they are not used"]
    middle = toes.mean(axis=1)
    if not in_base:
        w, x, y, z = root_quat.T
        heading = np.arctan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z))
        away = middle - root_pos
        lateral = -np.sin(heading) * away[:, 0] + np.cos(heading) * away[:, 1]
    else:
        lateral = middle[:, 1]
    shift = float(lateral.mean())
    if abs(shift) > SIDEWAYS_M:
        notes.append(
            f"root lies {abs(shift):.3f} m to the {'right' if shift > 0 else 'left'} of the middle of the feet"
        )
    return notes
