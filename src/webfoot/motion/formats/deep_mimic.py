"""Reader of DeepMimic's JSON and its kin (PyBullet, motion_imitation, AMP for hardware): `Frames` and no names.

Rows of DeepMimic and PyBullet begin with the duration of the frame [s]; those of the kin state `FrameDuration` once.
Then root position 3, root rotation 4, joints. Three layouts are known:
- 44 columns: DeepMimic's humanoid, y up, x forward, quaternions wxyz, most joints spherical; its skeleton is put
  together from the lengths of its model and retargeted to the robot.
- 1 + 7 + J or 7 + J columns: one hinge a column, z up, quaternions xyzw.
- 61 columns: AMP for hardware's four-legged robots; what follows the 12 joints is not used.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from webfoot.errors import MotionError
from webfoot.motion.clip import Motion
from webfoot.motion.formats.json_text import Table, frames_of
from webfoot.motion.formats.limits import number
from webfoot.motion.formats.quaternion import stands, to_wxyz
from webfoot.motion.formats.source import Dialect, Source
from webfoot.motion.formats.table import robot_names
from webfoot.motion.retarget import retarget
from webfoot.motion.skeleton import SkeletonMotion, joint_positions

HUMANOID_WIDTH = 44
AMP_WIDTH, AMP_JOINTS = 61, 12
HUMANOID: tuple[tuple[str, int, tuple[float, float, float], slice], ...] = (
    ("root", -1, (0.0, 0.0, 0.0), slice(4, 8)),
    ("right_hip", 0, (0.0, 0.0, 0.084887), slice(16, 20)),
    ("right_knee", 1, (0.0, -0.421546, 0.0), slice(20, 21)),
    ("right_ankle", 2, (0.0, -0.40987, 0.0), slice(21, 25)),
    ("right_toe", 3, (0.13, -0.045, 0.0), slice(0, 0)),
    ("left_hip", 0, (0.0, 0.0, -0.084887), slice(30, 34)),
    ("left_knee", 5, (0.0, -0.421546, 0.0), slice(34, 35)),
    ("left_ankle", 6, (0.0, -0.40987, 0.0), slice(35, 39)),
    ("left_toe", 7, (0.13, -0.045, 0.0), slice(0, 0)),
)
"""Legs of DeepMimic's humanoid3d: name, parent, place on the parent [m], columns of its rotation (none: fixed).

Source: lengths of the character file of Peng et al., "DeepMimic", 2018; the toe is the front of its foot box.
"""


def read(table: Table, source: Source) -> list[Motion]:
    """The one clip of a parsed file.

    Raises:
        MotionError: a number of columns that fits no layout, or numbers that are no rotations.
    """
    frames = frames_of(table, source.label)
    loop = str(table.get("Loop", table.get("LoopMode", ""))).lower() == "wrap"
    if frames.shape[1] == HUMANOID_WIDTH and not source.columns.joints:
        frames, fps, notes = _timed(frames, loop, source)
        clip = retarget(_humanoid(frames, fps, loop, source), source.robot_for("a humanoid's skeleton without a robot"))
        for note in (*notes, *_stretched(frames)):
            clip = clip.noted(note)
        return [clip]
    return [_hinges(table, frames, loop, source)]


def _timed(
    frames: NDArray[np.float64], loop: bool, source: Source
) -> tuple[NDArray[np.float64], float, tuple[str, ...]]:
    """Frames without the one that a loop repeats, and their rate, from the duration in column 0."""
    durations = frames[:, 0]
    closing = loop and len(frames) > 2 and durations[-1] == 0.0
    used = durations[:-1]
    step = float(np.median(used))
    if not 0.001 <= step <= 1.0:
        raise MotionError(
            f"{source.label}: a frame lasts {step:.3g} s by column 0; expected 0.001 to 1 s, the duration of each frame"
        )
    fps = 1.0 / step
    notes = ()
    if (np.abs(used - step) > 0.05 * step).any():
        notes = (f"durations of the frames differ; all are taken as {1000 * step:.1f} ms",)
    fps = float(round(fps)) if abs(fps - round(fps)) < 0.02 else fps
    return (frames[:-1] if closing else frames), source.columns.fps or fps, notes


def _stretched(frames: NDArray[np.float64]) -> list[str]:
    """Says which rotations had to be brought to unit length; clips edited by hand hold such."""
    turns = {name: frames[:, columns] for name, _, _, columns in HUMANOID if columns.stop - columns.start == 4}
    off = {name: float(np.abs(np.linalg.norm(quat, axis=1) - 1.0).max()) for name, quat in turns.items()}
    names = ", ".join(f"{name} by {size:.2f}" for name, size in off.items() if size > 0.01)
    return [f"rotations brought to unit length: {names}"] if names else []


def _humanoid(frames: NDArray[np.float64], fps: float, loop: bool, source: Source) -> SkeletonMotion:
    rotations = [_turn(frames[:, columns], name, source.label) for name, _, _, columns in HUMANOID]
    offsets = np.array([offset for _, _, offset, _ in HUMANOID])
    parents = tuple(parent for _, parent, _, _ in HUMANOID)
    local = np.tile(offsets, (len(frames), 1, 1))
    local[:, 0] = frames[:, 1:4]
    return SkeletonMotion(
        name=source.name,
        fps=fps,
        joint_names=tuple(name for name, *_ in HUMANOID),
        parents=parents,
        positions=joint_positions(parents, local, rotations),
        loop=loop,
        source=source.label,
    )


def _turn(columns: NDArray[np.float64], joint: str, label: str) -> Rotation:
    """Rotation of a spherical joint (wxyz), of a hinge about z, or none."""
    if columns.shape[1] == 0:
        return Rotation.identity(len(columns))
    bad = ~(np.abs(columns) < 1e3).all(axis=1)
    if columns.shape[1] == 4:
        bad |= ~(np.abs(np.linalg.norm(np.clip(columns, -10, 10), axis=1) - 1.0) < 0.5)
    if bad.any():
        raise MotionError(f"{label}: frame {int(bad.argmax())} of {len(columns)} holds no rotation for {joint}")
    if columns.shape[1] == 1:
        return Rotation.from_euler("z", columns)
    return Rotation.from_quat(columns, scalar_first=True)


def _hinges(table: Table, frames: NDArray[np.float64], loop: bool, source: Source) -> Motion:
    width, has_duration = frames.shape[1], "FrameDuration" not in table and "FPS" not in table
    first = 1 if has_duration else 0
    joints = AMP_JOINTS if width == AMP_WIDTH and not has_duration else width - first - 7
    names, assumed = _names(joints, width, source)
    notes = [assumed]
    if has_duration:
        frames, fps, more = _timed(frames, loop, source)
        notes += more
    elif "FPS" in table:
        fps = number(table, "FPS", source.label, 1.0, 1000.0)
    else:
        fps = 1.0 / number(table, "FrameDuration", source.label, 0.001, 1.0)
    quat, more = to_wxyz(frames[:, first + 3 : first + 7], "xyzw", source.columns.quat_order)
    notes += more
    has_root = stands(quat) or source.columns.quat_order is not None
    if not has_root:
        notes.append("root dropped: in neither order of its quaternions does the base stand; its frame is another one")
    return Motion(
        name=source.name,
        fps=fps,
        joint_names=names,
        joint_pos=frames[:, first + 7 : first + 7 + joints],
        root_pos=frames[:, first : first + 3] if has_root else None,
        root_quat=quat if has_root else None,
        loop=loop,
        source=source.label,
        notes=tuple(notes),
    )


def _names(joints: int, width: int, source: Source) -> tuple[tuple[str, ...], str]:
    said = source.columns.joints
    if said and len(said) != joints:
        raise MotionError(
            f"{source.label}: {len(said)} joint names given, but its {width} columns hold {joints} joints; give "
            "one for each"
        )
    if said:
        return said, "joints named as given"
    robot = source.robot_for(f"{max(joints, 0)} joint columns without names")
    names, notes = robot_names(joints, robot, f"{source.label}: {width} columns in a frame")
    return names, notes[0]


DIALECT = Dialect("DeepMimic or PyBullet (Frames without Frame_offset)", lambda table: "Frames" in table, read)
