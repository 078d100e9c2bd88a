"""A table of numbers without names as a clip: what its columns are, from what was said or from their number."""

import numpy as np
from numpy.typing import NDArray

from webfoot.errors import MotionError
from webfoot.motion.clip import Motion
from webfoot.motion.formats.limits import MAX_JOINTS
from webfoot.motion.formats.quaternion import to_wxyz
from webfoot.motion.formats.source import Source
from webfoot.robots.spec import Robot

ROOT_COLUMNS = 7
"""Position and rotation of the base, before the joints: the layout of Unitree's retargeted LAFAN1 files."""
G1_LEG = ("hip_pitch", "hip_roll", "hip_yaw", "knee", "ankle_pitch", "ankle_roll")
G1_ARM = ("shoulder_pitch", "shoulder_roll", "shoulder_yaw", "elbow", "wrist_roll", "wrist_pitch", "wrist_yaw")
G1_JOINTS = (
    *(f"{side}_{joint}_joint" for side in ("left", "right") for joint in G1_LEG),
    *("waist_yaw_joint", "waist_roll_joint", "waist_pitch_joint"),
    *(f"{side}_{joint}_joint" for side in ("left", "right") for joint in G1_ARM),
)
"""Joint columns of the LAFAN1 files for Unitree's G1 (FORMATS 1.4)."""


def clip_of_table(values: NDArray[np.float64], source: Source, fps: float, why_fps: str) -> Motion:
    """One clip of a table (T, W).

    Columns are what the column map says; else `--joints` with or without seven root columns before them; else, by
    their number, the robot's joints, its leg joints, or either behind seven root columns.

    Args:
        fps: rate where the column map states none; `why_fps` says where it comes from.

    Raises:
        MotionError: a number of columns that fits nothing.
    """
    said = source.columns
    root, names, notes = _columns(values.shape[1], source)
    taken = [*range(root[0], root[0] + ROOT_COLUMNS)] if root else []
    pos_at, quat_at = said.root_pos or taken[:3], said.root_quat or taken[3:]
    joint_at = [column for column in range(values.shape[1]) if column not in (*pos_at, *quat_at)]
    quat, quat_notes = None, ()
    if quat_at:
        quat, quat_notes = to_wxyz(values[:, list(quat_at)], "xyzw", said.quat_order)
    if said.fps is None:
        notes = (*notes, f"rate assumed: {why_fps}, {fps:g} frames per second are taken")
    return Motion(
        name=source.name,
        fps=said.fps or fps,
        joint_names=names,
        joint_pos=values[:, joint_at],
        root_pos=values[:, list(pos_at)] if pos_at else None,
        root_quat=quat,
        loop=False,
        source=source.label,
        notes=(*notes, *quat_notes),
    )


def _columns(width: int, source: Source) -> tuple[tuple[int] | tuple[()], tuple[str, ...], tuple[str, ...]]:
    """Where the root's seven columns start (or nowhere), the joints' names in order, and what was assumed."""
    said, label = source.columns, source.label
    stated = (*(said.root_pos or ()), *(said.root_quat or ()))
    if stated:
        if len(set(stated)) < len(stated) or max(stated) >= width:
            raise MotionError(f"{label}: root_pos and root_quat are to be different columns below {width}")
        return (), *_named(width - len(stated), source, ())
    if said.joints and width == len(said.joints) + ROOT_COLUMNS:
        return (0,), said.joints, ("root taken from the first 7 columns: position, rotation xyzw",)
    if said.joints:
        return (), *_named(width, source, (f" (or {len(said.joints) + ROOT_COLUMNS} with the root before them)",))
    if source.robot is None and width == len(G1_JOINTS) + ROOT_COLUMNS:
        return (0,), G1_JOINTS, (_assumed(width, "root and joints of Unitree's G1", G1_JOINTS),)
    robot = source.robot_for(f"{width} columns without names")
    if width - ROOT_COLUMNS in _counts(robot) and width not in _counts(robot):
        kind, names = _counts(robot)[width - ROOT_COLUMNS]
        return (0,), names, (_assumed(width, f"root (position, rotation xyzw) and {kind}", names, robot),)
    if width == len(G1_JOINTS) + ROOT_COLUMNS and width not in _counts(robot):
        return (0,), G1_JOINTS, (_assumed(width, "root and joints of Unitree's G1", G1_JOINTS),)
    return (), *_named(width, source, ())


def _named(count: int, source: Source, hint: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names of joint columns alone, and what was assumed."""
    said = source.columns.joints
    if said:
        if len(said) != count:
            raise MotionError(
                f"{source.label}: {len(said)} joint names given for {count} columns; give one name for each"
                f"{''.join(hint)}"
            )
        return said, ()
    return robot_names(count, source.robot_for(f"{count} columns without names"), source.label)


def robot_names(count: int, robot: Robot, label: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names of so many joint columns by the robot, and the note that says so.

    Raises:
        MotionError: neither as many as the robot has joints, nor as its legs have.
    """
    if count not in _counts(robot):
        raise MotionError(
            f"{label}: {count} columns, but robot '{robot.name}' has {robot.nu} joints, "
            f"{len(robot.leg_joint_names)} of them in the legs; give the robot it was made for (--robot), as many "
            "columns as one of the two (with the root before them: 7 more), or the columns' names (--joints)"
        )
    kind, names = _counts(robot)[count]
    return names, (_assumed(count, kind, names, robot),)


def _counts(robot: Robot) -> dict[int, tuple[str, tuple[str, ...]]]:
    """What a number of columns is, the likelier last."""
    return {len(robot.leg_joint_names): ("the leg joints", robot.leg_joint_names)} | {
        robot.nu: ("the joints", robot.joint_names)
    }


def _assumed(width: int, kind: str, names: tuple[str, ...], robot: Robot | None = None) -> str:
    whose = f" of robot '{robot.name}'" if robot else ""
    return (
        f"joint names assumed: the file has none, its {width} columns are taken as {kind}{whose} in its order: "
        f"{', '.join(names[:MAX_JOINTS])}"
    )
