"""The servos of a completed model as numbers: limits, gains, torque, speed."""

from dataclasses import dataclass

import mujoco
import numpy as np
from numpy.typing import NDArray

FALLBACK_VELOCITY_LIMIT = 20.0
"""Speed limit of a joint whose model has no damping to derive one from [rad/s]."""


@dataclass(frozen=True)
class Servos:
    """What the position servos of a model say, in their order; each array has the shape (nu,)."""

    joint_names: tuple[str, ...]
    joint_ids: NDArray[np.int64]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    kp: NDArray[np.float64]
    kd: NDArray[np.float64]
    joint_damping: NDArray[np.float64]
    joint_armature: NDArray[np.float64]
    torque_limit: NDArray[np.float64]
    velocity_limit: NDArray[np.float64]
    notes: tuple[str, ...]


def read_servos(model: mujoco.MjModel, velocity_limits: dict[str, float]) -> Servos:
    """Read a model whose every actuator is a position servo on a hinge.

    Args:
        velocity_limits: speed limits that are known otherwise, by joint [rad/s].
    """
    ids = model.actuator_trnid[: model.nu, 0].astype(np.int64)
    names = tuple(model.joint(joint).name for joint in ids)
    lower, upper, notes = _limits(model, ids, names)
    kp, kd = model.actuator_gainprm[: model.nu, 0].copy(), -model.actuator_biasprm[: model.nu, 2]
    joint_damping = model.dof_damping[model.jnt_dofadr[ids]].copy()
    torque = _torque_limits(model, ids)
    if not np.isfinite(torque).all():
        unbounded = [names[i] for i in np.flatnonzero(~np.isfinite(torque))]
        torque = np.where(np.isfinite(torque), torque, kp * 0.5)  # torque at half a radian of error
        notes.append(f"no torque limit on {', '.join(unbounded)}; kp times 0.5 rad assumed")
    damping = joint_damping + kd
    velocity = np.where(damping > 1e-6, torque / np.maximum(damping, 1e-6), FALLBACK_VELOCITY_LIMIT)
    known = np.array([velocity_limits.get(name, FALLBACK_VELOCITY_LIMIT) for name in names])
    return Servos(
        joint_names=names,
        joint_ids=ids,
        lower=lower,
        upper=upper,
        kp=kp,
        kd=kd,
        joint_damping=joint_damping,
        joint_armature=model.dof_armature[model.jnt_dofadr[ids]].copy(),
        torque_limit=torque,
        velocity_limit=np.minimum(velocity, np.minimum(known, FALLBACK_VELOCITY_LIMIT)),
        notes=tuple(notes),
    )


def _limits(
    model: mujoco.MjModel, ids: NDArray[np.int64], names: tuple[str, ...]
) -> tuple[NDArray[np.float64], NDArray[np.float64], list[str]]:
    lower, upper = model.jnt_range[ids, 0].copy(), model.jnt_range[ids, 1].copy()
    free = [i for i, joint in enumerate(ids) if not model.jnt_limited[joint]]
    lower[free], upper[free] = -np.pi, np.pi
    if len(free) > 2:
        return lower, upper, [f"{len(free)} joints have no range; -pi to pi assumed"]
    return lower, upper, [f"joint '{names[i]}' has no range; -pi to pi assumed" for i in free]


def _torque_limits(model: mujoco.MjModel, joint_ids: NDArray[np.int64]) -> NDArray[np.float64]:
    """Smallest of actuator force range and joint force range; infinite where neither is set."""
    actuator = np.where(model.actuator_forcelimited, np.abs(model.actuator_forcerange).max(axis=1), np.inf)
    limited = model.jnt_actfrclimited[joint_ids].astype(bool)
    joint = np.where(limited, np.abs(model.jnt_actfrcrange[joint_ids]).max(axis=1), np.inf)
    return np.minimum(actuator, joint)
