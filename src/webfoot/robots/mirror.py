"""The left-right mirror map of a robot: guessed from names and axes, then proved by mirrored kinematics."""

import mujoco
import numpy as np
from numpy.typing import NDArray

from webfoot.robots.spec import Foot, Mirror

SAGITTAL = np.array([1.0, -1.0, 1.0])
"""Reflection of a position across the x-z plane."""
TOLERANCE_M = 0.005
"""Largest distance between a mirrored foot and the foot on the other side."""


def derive_mirror(
    model: mujoco.MjModel, base_id: int, joint_names: tuple[str, ...], feet: tuple[Foot, ...]
) -> tuple[Mirror | None, str]:
    """Find the mirror map of a robot's joints.

    Partners come from names (`left_knee` and `right_knee`); a joint without partner is its own. The sign compares
    the joint's axis with the mirror image of its partner's: a rotation axis is a pseudo-vector, so reflection
    across the x-z plane sends (x, y, z) to (-x, y, -z). Forty random poses must then put every foot where its
    mirrored partner stands.

    Returns:
        The map and an empty string, or None and the reason why there is none.
    """
    partner = [_partner(name, joint_names) for name in joint_names]
    data = mujoco.MjData(model)
    mujoco.mj_resetData(model, data)
    mujoco.mj_forward(model, data)
    into_base = data.xmat[base_id].reshape(3, 3)
    axes = np.array([data.xaxis[model.joint(name).id] @ into_base for name in joint_names])
    sign = np.sign((axes * (axes[partner] * np.array([-1.0, 1.0, -1.0]))).sum(axis=1))
    sign[sign == 0] = 1.0
    mirror = Mirror(np.array(partner, dtype=np.int64), sign)
    error = _mirror_error(model, base_id, joint_names, feet, mirror)
    if error > TOLERANCE_M:
        return None, f"no left-right mirror map: mirrored poses put the feet {1000 * error:.0f} mm apart"
    return mirror, ""


def _partner(name: str, joint_names: tuple[str, ...]) -> int:
    swaps = (("left", "right"), ("Left", "Right"), ("LEFT", "RIGHT"))
    prefixes = (("l_", "r_"), ("L_", "R_"), ("FL_", "FR_"), ("RL_", "RR_"), ("HL_", "HR_"))
    for a, b in swaps:
        for old, new in ((a, b), (b, a)):
            if old in name and name.replace(old, new) in joint_names:
                return joint_names.index(name.replace(old, new))
    for a, b in prefixes:
        for old, new in ((a, b), (b, a)):
            if name.startswith(old) and new + name[len(old) :] in joint_names:
                return joint_names.index(new + name[len(old) :])
    return joint_names.index(name)


def _mirror_error(
    model: mujoco.MjModel, base_id: int, joint_names: tuple[str, ...], feet: tuple[Foot, ...], mirror: Mirror
) -> float:
    """Largest distance between mirrored soles and soles of the mirrored pose over random poses [m]."""
    ids = [model.joint(name).id for name in joint_names]
    lower, upper = model.jnt_range[ids, 0], model.jnt_range[ids, 1]
    generator = np.random.default_rng(0)
    worst = 0.0
    for _ in range(40):
        joints = generator.uniform(lower, upper)
        here = _foot_centres(model, base_id, ids, feet, joints) * SAGITTAL
        there = _foot_centres(model, base_id, ids, feet, mirror(joints))
        nearest = np.linalg.norm(here[:, None] - there[None], axis=-1).min(axis=1)
        worst = max(worst, float(nearest.max()))
    return worst


def _foot_centres(
    model: mujoco.MjModel, base_id: int, joint_ids: list[int], feet: tuple[Foot, ...], joints: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Centres of the soles in the base frame [m], shape (F, 3)."""
    data = mujoco.MjData(model)
    data.qpos[model.jnt_qposadr[joint_ids]] = joints
    mujoco.mj_kinematics(model, data)
    rotation, origin = data.xmat[base_id].reshape(3, 3), data.xpos[base_id]
    centres = []
    for foot in feet:
        body = model.body(foot.body).id
        world = foot.sole.mean(axis=0) @ data.xmat[body].reshape(3, 3).T + data.xpos[body]
        centres.append((world - origin) @ rotation)
    return np.array(centres)
