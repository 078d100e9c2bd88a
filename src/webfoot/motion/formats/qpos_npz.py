"""Readers of `.npz` files that hold MuJoCo's own `qpos`: LocoMuJoCo trajectories (named), and plain ones (not named).

LocoMuJoCo keys (its trajectory/dataclasses.py): qpos (T, nq), frequency, joint_names, jnt_type, split_points (where
one trajectory ends and the next begins). any4hdmi and plain files hold `qpos` alone, in the order of the robot's model.
"""

import json

import mujoco
import numpy as np
from numpy.typing import NDArray

from webfoot.errors import MotionError
from webfoot.motion.clip import Motion
from webfoot.motion.formats.archive import Archive
from webfoot.motion.formats.limits import number
from webfoot.motion.formats.source import Dialect, Source
from webfoot.motion.kinematics import robot_model

FREE, BALL, SLIDE, HINGE = (int(kind) for kind in mujoco.mjtJoint.__members__.values())
WIDTH = {FREE: 7, BALL: 4, SLIDE: 1, HINGE: 1}
ASSUMED_FPS = 50.0
MAX_PARTS = 2000
MAX_MANIFEST_BYTES = 2**20


def read_loco_mujoco(archive: Archive, source: Source) -> list[Motion]:
    """Every trajectory of the file; hinges by name, the base from the free joint.

    Raises:
        MotionError: a key missing or of another shape, or columns that the joints do not fill.
    """
    names, kinds = archive.text("joint_names"), archive.numbers("jnt_type", None).astype(int).tolist()
    if len(kinds) != len(names) or not set(kinds) <= WIDTH.keys():
        raise MotionError(f"{source.label}: jnt_type does not give each of the {len(names)} joints a kind from 0 to 3")
    qpos = archive.numbers("qpos", None, sum(WIDTH[kind] for kind in kinds))
    starts = np.cumsum([0, *(WIDTH[kind] for kind in kinds)])
    hinges = [i for i, kind in enumerate(kinds) if kind == HINGE]
    root = next((int(starts[i]) for i, kind in enumerate(kinds) if kind == FREE), None)
    joints = tuple(names[i] for i in hinges)
    fps = archive.number("frequency")
    parts = _parts(archive, len(qpos))
    motions = []
    for k, (begin, end) in enumerate(parts):
        name = source.name if len(parts) == 1 else f"{source.name}_{k}"
        motions.append(_clip(name, source, fps, joints, qpos[begin:end], starts[hinges], root, ()))
    return motions


def read_plain(archive: Archive, source: Source) -> list[Motion]:
    """The one clip of the file; its columns are the `qpos` of the robot's model.

    Raises:
        MotionError: another number of columns than the model has.
    """
    qpos = archive.numbers("qpos", None, None)
    robot = source.robot_for(f"{qpos.shape[1]} columns of qpos without names")
    model = robot_model(robot)
    if qpos.shape[1] != model.nq:
        raise MotionError(
            f"{source.label}: qpos has {qpos.shape[1]} columns, but the model of robot '{robot.name}' has {model.nq}; "
            "choose the robot it was made for"
        )
    addresses = model.jnt_qposadr[[model.joint(name).id for name in robot.joint_names]]
    free = np.flatnonzero(model.jnt_type == FREE)
    root = int(model.jnt_qposadr[free[0]]) if len(free) else None
    fps, note = _rate(archive, source)
    notes = (f"joint names assumed: qpos is taken in the order of the model of robot '{robot.name}'", *note)
    return [_clip(source.name, source, fps, robot.joint_names, qpos, addresses, root, notes)]


def _clip(
    name: str,
    source: Source,
    fps: float,
    joints: tuple[str, ...],
    qpos: NDArray[np.float64],
    addresses: NDArray[np.int64],
    root: int | None,
    notes: tuple[str, ...],
) -> Motion:
    return Motion(
        name=name,
        fps=fps,
        joint_names=joints,
        joint_pos=qpos[:, addresses],
        root_pos=None if root is None else qpos[:, root : root + 3],
        root_quat=None if root is None else qpos[:, root + 3 : root + 7],
        loop=False,
        source=source.label,
        notes=notes,
    )


def _parts(archive: Archive, frames: int) -> list[tuple[int, int]]:
    """First and last + 1 frame of every trajectory."""
    if "split_points" not in archive.keys:
        return [(0, frames)]
    points = archive.numbers("split_points", None)
    whole = np.isfinite(points).all() and (np.diff(points) > 1).all() and (points == np.round(points)).all()
    if not whole or not 2 <= len(points) <= MAX_PARTS or points[0] != 0 or points[-1] != frames:
        raise MotionError(
            f"{archive.label}: split_points do not rise from 0 to the {frames} frames in 1 to {MAX_PARTS - 1} parts"
        )
    cuts = points.astype(int).tolist()
    return list(zip(cuts[:-1], cuts[1:], strict=True))


def _rate(archive: Archive, source: Source) -> tuple[float, tuple[str, ...]]:
    """Rate of a plain file: its own key, the manifest.json beside it, or assumed."""
    for key in ("fps", "frequency"):
        if key in archive.keys:
            return archive.number(key), ()
    for key in ("timestep", "dt"):
        if key in archive.keys and 0.001 <= archive.number(key) <= 1:
            return 1.0 / archive.number(key), ()
    manifest = source.path.with_name("manifest.json")
    if manifest.is_file() and manifest.stat().st_size <= MAX_MANIFEST_BYTES:
        try:
            table = json.loads(manifest.read_bytes())
        except (ValueError, RecursionError):
            table = None
        if isinstance(table, dict) and "timestep" in table:
            return 1.0 / number(table, "timestep", "manifest.json", 0.001, 1.0), ("rate from manifest.json",)
    if source.columns.fps is not None:
        return source.columns.fps, ()
    return ASSUMED_FPS, (f"rate assumed: the file states none, {ASSUMED_FPS:g} frames per second are taken",)


LOCO_MUJOCO = Dialect(
    "LocoMuJoCo (qpos, joint_names, jnt_type, frequency)",
    lambda a: a.has("qpos", "joint_names", "jnt_type", "frequency"),
    read_loco_mujoco,
)
PLAIN = Dialect("MuJoCo positions (qpos)", lambda a: a.has("qpos"), read_plain)
