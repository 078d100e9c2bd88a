"""Writer of AWD's motion JSON, for tools that read that format."""

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from webfoot.errors import MotionError
from webfoot.motion.clip import Motion
from webfoot.motion.formats.whole import write_whole
from webfoot.motion.kinematics import motion_from_stance, soles_in_base
from webfoot.motion.mapping import check_numbers, map_joints
from webfoot.robots.spec import Robot

FIELDS = (
    *("root_pos", "root_quat", "joints_pos", "left_toe_pos", "right_toe_pos"),
    *("world_linear_vel", "world_angular_vel", "joints_vel", "left_toe_vel", "right_toe_vel"),
)
"""Columns in the order of FORMATS 1.1."""


def write(motion: Motion, path: Path, robot: Robot) -> None:
    """Write one clip; the file appears whole or not at all.

    Joints come in the robot's order, quaternions xyzw, feet in the world frame, velocities as backward differences
    of the poses with 0 in frame 0, all with 5 decimals, as the format's own tools do. A clip without a root gets
    the one that its stance feet imply.

    Raises:
        MotionError: NaN, a robot without exactly a left and a right foot, or a folder that does not exist.
    """
    check_numbers(motion)
    sides = {foot.side: f for f, foot in enumerate(robot.feet)}
    if sorted(sides) != ["left", "right"] or len(robot.feet) != 2:
        raise MotionError(f"{path.name}: AWD JSON holds a left and a right foot; robot '{robot.name}' has others")
    values = _values(map_joints(motion, robot), robot, sides)
    offsets = dict(zip(FIELDS, np.cumsum([0, *(values[field].shape[1] for field in FIELDS)]).tolist(), strict=False))
    velocity = values["world_linear_vel"][1:].mean(axis=0)
    turn = float(values["world_angular_vel"][1:, 2].mean())
    table = {
        "LoopMode": "Wrap",
        "IsCycle": motion.loop,
        "FPS": int(motion.fps) if float(motion.fps).is_integer() else motion.fps,
        "FrameDuration": round(1.0 / motion.fps, 4),
        "EnableCycleOffsetPosition": True,
        "EnableCycleOffsetRotation": False,
        "Joints": list(robot.joint_names),
        "Vel_x": round(float(velocity[0]), 4),
        "Vel_y": round(float(velocity[1]), 4),
        "Yaw": round(turn, 4),
        "Placo": {"period": motion.duration_s} if motion.loop else {},
        "Frame_offset": [offsets],
        "Frame_size": [{field: values[field].shape[1] for field in FIELDS}],
        "Frames": np.column_stack([values[field] for field in FIELDS]).round(5).tolist(),
        "MotionWeight": 1,
    }
    write_whole(path, json.dumps(table).encode())


def _values(motion: Motion, robot: Robot, sides: dict[str, int]) -> dict[str, NDArray[np.float64]]:
    """Every field of the format, shape (T, width)."""
    soles = soles_in_base(robot, motion.joint_pos)
    root_pos, root_quat = motion.root_pos, motion.root_quat
    if root_pos is None or root_quat is None:
        stance = motion_from_stance(soles, motion.fps, root_quat, motion.loop)
        root_pos, root_quat = stance.root_pos, stance.root_quat
    rotation = Rotation.from_quat(root_quat, scalar_first=True)
    feet = np.einsum("tij,tfj->tfi", rotation.as_matrix(), soles.mean(axis=2)) + root_pos[:, None]
    turned = (rotation[1:] * rotation[:-1].inv()).as_rotvec() * motion.fps
    left, right = feet[:, sides["left"]], feet[:, sides["right"]]
    return {
        "root_pos": root_pos,
        "root_quat": rotation.as_quat(),
        "joints_pos": motion.joint_pos,
        "left_toe_pos": left,
        "right_toe_pos": right,
        "world_linear_vel": _backward(root_pos, motion.fps),
        "world_angular_vel": np.concatenate([np.zeros((1, 3)), turned]),
        "joints_vel": _backward(motion.joint_pos, motion.fps),
        "left_toe_vel": _backward(left, motion.fps),
        "right_toe_vel": _backward(right, motion.fps),
    }


def _backward(values: NDArray[np.float64], fps: float) -> NDArray[np.float64]:
    return np.diff(values, axis=0, prepend=values[:1]) * fps
