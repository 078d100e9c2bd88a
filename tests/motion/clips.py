"""Small clips for the motion tests."""

import json
from pathlib import Path

import numpy as np

from webfoot.motion.clip import Motion
from webfoot.robots.spec import Robot

SHARED_MOTIONS = Path(__file__).parents[3] / "shared" / "data" / "motions"
SHARED_ROBOT = Path(__file__).parents[3] / "shared" / "data" / "robots" / "open_duck_mini_v2" / "scene_flat_terrain.xml"
OPEN_DUCK_LIBRARY = SHARED_MOTIONS / "open_duck" / "polynomial_coefficients.pkl"
NO_DATA = "needs the real motions of ../shared/data, which are not part of the project"


def stepping(robot: Robot, frames: int = 120, period: float = 24.0, loop: bool = False) -> Motion:
    """A symmetric step on the spot: left and right leg bend half a period apart."""
    assert robot.mirror is not None
    left = np.array([name.startswith("left") for name in robot.joint_names])
    bend = np.zeros(robot.nu)
    for name, size in (("left_hip_pitch", -0.15), ("left_knee", 0.3), ("left_ankle", -0.15)):
        bend[robot.joint_names.index(name)] = size
    phase = 2 * np.pi * np.arange(frames) / period
    one, other = (0.5 - 0.5 * np.cos(phase)) ** 2, (0.5 + 0.5 * np.cos(phase)) ** 2
    joint_pos = robot.default_pos + one[:, None] * bend + other[:, None] * np.where(left, 0.0, robot.mirror(bend))
    return Motion("stepping", 50.0, robot.joint_names, joint_pos, loop=loop)


def awd_table(frames: int = 3, joints: tuple[str, ...] = ("left_knee", "right_knee")) -> dict:
    """A small AWD file: joint j of frame t is at t + j / 10 rad, the root goes forward by 0.1 m a frame."""
    sizes = {"root_pos": 3, "root_quat": 4, "joints_pos": len(joints), "left_toe_pos": 3, "right_toe_pos": 3}
    sizes |= {"world_linear_vel": 3, "world_angular_vel": 3, "joints_vel": len(joints)}
    offsets, start = {}, 0
    for field, size in sizes.items():
        offsets[field], start = start, start + size
    rows = []
    for t in range(frames):
        angles = [t + j / 10 for j in range(len(joints))]
        root, quat = [0.1 * t, 0.0, 0.2], [0.1, 0.2, 0.3, 0.9]  # xyzw, not of unit length by 2.5 %
        rows.append([*root, *quat, *angles, 0.1 * t, 0.05, 0, 0.1 * t, -0.05, 0, *[1, 2, 3], *[4, 5, 6], *angles])
    return {"FPS": 10, "Joints": list(joints), "Frame_offset": [offsets], "Frame_size": [sizes], "Frames": rows}


def write_json(path: Path, table: object) -> Path:
    path.write_text(json.dumps(table))
    return path
