"""The standing pose that a model's keyframes give, and the state of a robot in any pose."""

from dataclasses import dataclass

import mujoco
import numpy as np

UPRIGHT = (1.0, 0.0, 0.0, 0.0)
STANDING_NAMES = ("home", "stand", "standing", "default", "init", "ready")
"""Names of the keyframe that is the standing pose, best first."""


@dataclass(frozen=True)
class Keyframe:
    """The standing pose that a model's file gives."""

    angles: dict[str, float]
    """Of all hinges by name [rad]."""
    base_height: float | None
    """Height of the free base [m]; None where the file has no free base."""
    notes: tuple[str, ...]


def find_keyframe(model: mujoco.MjModel) -> Keyframe | None:
    """The keyframe that stands, by its name, else the first; None where there is none."""
    if not model.nkey:
        return None
    names = [model.key(k).name.lower() for k in range(model.nkey)]
    wanted = [names.index(name) for name in STANDING_NAMES if name in names]
    key = wanted[0] if wanted else 0
    notes = ()
    if model.nkey > 1 and not wanted:
        notes = (f"of {model.nkey} keyframes the first is taken as the standing pose",)
    angles = {model.joint(j).name: float(model.key_qpos[key, model.jnt_qposadr[j]]) for j in hinges(model)}
    free = np.flatnonzero(model.jnt_type == mujoco.mjtJoint.mjJNT_FREE)
    height = float(model.key_qpos[key, model.jnt_qposadr[free[0]] + 2]) if len(free) else None
    return Keyframe(angles, height, notes)


def hinges(model: mujoco.MjModel) -> list[int]:
    """Joints with one angle."""
    return [j for j in range(model.njnt) if model.jnt_type[j] == mujoco.mjtJoint.mjJNT_HINGE]


def put_in_pose(model: mujoco.MjModel, data: mujoco.MjData, angles: dict[str, float]) -> None:
    """Set hinges by name and the free base upright at the origin of its file; compute where everything is."""
    mujoco.mj_resetData(model, data)
    for j in range(model.njnt):
        address = model.jnt_qposadr[j]
        if model.jnt_type[j] == mujoco.mjtJoint.mjJNT_FREE:
            data.qpos[address + 3 : address + 7] = UPRIGHT
        else:
            data.qpos[address] = angles.get(model.joint(j).name, data.qpos[address])
    mujoco.mj_kinematics(model, data)
    mujoco.mj_comPos(model, data)
