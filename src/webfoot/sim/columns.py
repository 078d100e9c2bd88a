"""`Columns`: where a robot's base, joints and feet stand in the arrays of a MuJoCo simulation."""

from dataclasses import dataclass

import mujoco
import numpy as np
import torch
from torch import Tensor

from webfoot.robots.spec import Robot


@dataclass(frozen=True)
class Columns:
    """Columns of qpos and qvel, ids of bodies."""

    root_q: int
    """First of the base's seven columns of qpos."""
    root_v: int
    """First of the base's six columns of qvel."""
    joint_q: slice | list[int]
    """Columns of qpos that hold the joints, in the robot's order."""
    joint_v: slice | list[int]
    """The same of qvel."""
    feet: list[int]
    """Body of every foot."""
    soles: Tensor
    """Corners of every sole in its foot's frame [m], (F, 4, 3)."""


def find_columns(model: mujoco.MjModel, robot: Robot) -> Columns:
    """Where to find the robot in the arrays of its model."""
    joint_ids = [model.joint(name).id for name in robot.joint_names]
    free = int(np.flatnonzero(model.jnt_type == mujoco.mjtJoint.mjJNT_FREE)[0])
    soles = np.stack([foot.sole for foot in robot.feet])
    return Columns(
        root_q=int(model.jnt_qposadr[free]),
        root_v=int(model.jnt_dofadr[free]),
        joint_q=_as_slice(model.jnt_qposadr[joint_ids]),
        joint_v=_as_slice(model.jnt_dofadr[joint_ids]),
        feet=[model.body(foot.body).id for foot in robot.feet],
        soles=torch.from_numpy(soles.astype(np.float32)),
    )


def _as_slice(columns: np.ndarray) -> slice | list[int]:
    """A slice where the columns are contiguous (a view instead of a copy), else the list."""
    first, count = int(columns[0]), len(columns)
    if np.array_equal(columns, np.arange(first, first + count)):
        return slice(first, first + count)
    return [int(column) for column in columns]
