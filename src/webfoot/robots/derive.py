"""Derive a `Robot` from an MJCF: joint order, default pose, gains, limits, feet, base, mirror map."""

from dataclasses import dataclass
from pathlib import Path

import mujoco
import numpy as np
from numpy.typing import NDArray

from webfoot.errors import RobotError
from webfoot.robots.mirror import derive_mirror
from webfoot.robots.sole import sole_corners
from webfoot.robots.spec import Foot, Robot

FALLBACK_VELOCITY_LIMIT = 20.0
"""Speed limit of a joint whose model has no damping to derive one from [rad/s]."""


def robot_from_mjcf(path: str | Path) -> Robot:
    """Read an MJCF with one free base and position actuators.

    Args:
        path: the MJCF file; a scene that includes the robot is fine.

    Returns:
        The robot. What had to be assumed stands in its `notes`.

    Raises:
        RobotError: the file cannot be loaded, or something cannot be derived from it.
    """
    path = Path(path)
    model = compile_mjcf(path)
    base_id = _find_base(model, path)
    servos = _read_servos(model, path)
    notes = list(servos.notes)
    data = mujoco.MjData(model)
    default_pos = _default_pose(model, data, servos, notes)
    mujoco.mj_forward(model, data)
    feet = _find_feet(model, data, base_id, servos.joint_names, path)
    sole_height = min(_sole_world(data, model, foot)[:, 2].min() for foot in feet)
    mirror, why_not = derive_mirror(model, base_id, servos.joint_names, feet)
    if why_not:
        notes.append(why_not)
    return Robot(
        name=path.stem,
        mjcf=path.resolve(),
        base_body=model.body(base_id).name,
        joint_names=servos.joint_names,
        default_pos=default_pos,
        lower=servos.lower,
        upper=servos.upper,
        kp=servos.kp,
        kd=servos.kd,
        joint_damping=servos.joint_damping,
        joint_armature=servos.joint_armature,
        torque_limit=servos.torque_limit,
        velocity_limit=servos.velocity_limit,
        feet=feet,
        mirror=mirror,
        base_height=float(data.xpos[base_id][2] - sole_height),
        mass_kg=float(model.body_subtreemass[base_id]),
        notes=tuple(notes),
    )


def compile_mjcf(path: Path) -> mujoco.MjModel:
    """Load a model file; every way to fail is one sentence.

    Raises:
        RobotError: missing file, broken XML, missing mesh, or a model MuJoCo refuses.
    """
    if not path.is_file():
        raise RobotError(f"robot model '{path}' is not a file; give the path of an MJCF (.xml)")
    if path.suffix.lower() not in {".xml", ".mjcf"}:
        raise RobotError(f"robot model '{path.name}' ends in '{path.suffix}'; an MJCF ends in .xml")
    try:
        return mujoco.MjModel.from_xml_path(str(path))
    except ValueError as error:
        reason = " ".join(str(error).split())
        raise RobotError(f"{path.name}: MuJoCo cannot load this model: {reason}") from error


@dataclass(frozen=True)
class _Servos:
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


def _find_base(model: mujoco.MjModel, path: Path) -> int:
    free = [j for j in range(model.njnt) if model.jnt_type[j] == mujoco.mjtJoint.mjJNT_FREE]
    if len(free) != 1:
        raise RobotError(f"{path.name}: {len(free)} free joints; a walking robot has exactly one, on its base body")
    base_id = int(model.jnt_bodyid[free[0]])
    if not model.body(base_id).name:
        raise RobotError(f"{path.name}: the base, the body with the free joint, has no name; give it one")
    return base_id


def _read_servos(model: mujoco.MjModel, path: Path) -> _Servos:
    if model.nu == 0:
        raise RobotError(f"{path.name}: no actuators; add a <position> actuator for every joint the policy moves")
    notes: list[str] = []
    joint_ids, names = [], []
    for a in range(model.nu):
        actuator = model.actuator(a).name or f"number {a}"
        if model.actuator_trntype[a] != mujoco.mjtTrn.mjTRN_JOINT:
            raise RobotError(f"{path.name}: actuator {actuator} does not drive a joint; use <position joint='...'>")
        joint = int(model.actuator_trnid[a, 0])
        name = model.joint(joint).name
        if model.jnt_type[joint] != mujoco.mjtJoint.mjJNT_HINGE:
            raise RobotError(f"{path.name}: actuator {actuator} drives joint '{name}', which is not a hinge")
        is_position = (
            model.actuator_biastype[a] == mujoco.mjtBias.mjBIAS_AFFINE
            and model.actuator_gainprm[a, 0] > 0
            and np.isclose(model.actuator_biasprm[a, 1], -model.actuator_gainprm[a, 0])
        )
        if not is_position:
            raise RobotError(f"{path.name}: actuator {actuator} is not a position servo; use <position kp='...'>")
        if name in names:
            raise RobotError(f"{path.name}: joint '{name}' has two actuators; one position servo a joint is right")
        joint_ids.append(joint)
        names.append(name or f"joint{joint}")
    ids = np.array(joint_ids, dtype=np.int64)
    lower, upper = model.jnt_range[ids, 0].copy(), model.jnt_range[ids, 1].copy()
    for i, joint in enumerate(ids):
        if not model.jnt_limited[joint]:
            lower[i], upper[i] = -np.pi, np.pi
            notes.append(f"joint '{names[i]}' has no range; -pi to pi assumed")
    torque = _torque_limits(model, ids)
    kd = -model.actuator_biasprm[: model.nu, 2]
    joint_damping = model.dof_damping[model.jnt_dofadr[ids]].copy()
    damping = joint_damping + kd
    if not np.isfinite(torque).all():
        unbounded = [names[i] for i in np.flatnonzero(~np.isfinite(torque))]
        assumed = model.actuator_gainprm[: model.nu, 0] * 0.5  # torque at half a radian of error
        torque = np.where(np.isfinite(torque), torque, assumed)
        notes.append(f"no torque limit on {', '.join(unbounded)}; kp times 0.5 rad assumed")
    velocity = np.where(damping > 1e-6, torque / np.maximum(damping, 1e-6), FALLBACK_VELOCITY_LIMIT)
    return _Servos(
        joint_names=tuple(names),
        joint_ids=ids,
        lower=lower,
        upper=upper,
        kp=model.actuator_gainprm[: model.nu, 0].copy(),
        kd=kd,
        joint_damping=joint_damping,
        joint_armature=model.dof_armature[model.jnt_dofadr[ids]].copy(),
        torque_limit=torque,
        velocity_limit=np.minimum(velocity, FALLBACK_VELOCITY_LIMIT),
        notes=tuple(notes),
    )


def _torque_limits(model: mujoco.MjModel, joint_ids: NDArray[np.int64]) -> NDArray[np.float64]:
    """Smallest of actuator force range and joint force range; infinite where neither is set."""
    actuator = np.where(model.actuator_forcelimited, np.abs(model.actuator_forcerange).max(axis=1), np.inf)
    limited = model.jnt_actfrclimited[joint_ids].astype(bool)
    joint = np.where(limited, np.abs(model.jnt_actfrcrange[joint_ids]).max(axis=1), np.inf)
    return np.minimum(actuator, joint)


def _default_pose(model: mujoco.MjModel, data: mujoco.MjData, servos: _Servos, notes: list[str]) -> NDArray[np.float64]:
    """Joint angles of the 'home' (or first) keyframe, set into `data`; else of the model's own zero pose."""
    if model.nkey:
        names = [model.key(k).name for k in range(model.nkey)]
        key = names.index("home") if "home" in names else 0
        mujoco.mj_resetDataKeyframe(model, data, key)
    else:
        mujoco.mj_resetData(model, data)
        notes.append("no keyframe; the model's zero pose is taken as the standing pose")
    addresses = model.jnt_qposadr[servos.joint_ids]
    clipped = np.clip(data.qpos[addresses], servos.lower, servos.upper)
    if not np.allclose(clipped, data.qpos[addresses]):
        notes.append("the home keyframe lies outside joint limits; clipped to them")
    data.qpos[addresses] = clipped
    free = int(model.jnt_qposadr[np.flatnonzero(model.jnt_type == mujoco.mjtJoint.mjJNT_FREE)[0]])
    data.qpos[free + 3 : free + 7] = (1.0, 0.0, 0.0, 0.0)
    return clipped


def _find_feet(
    model: mujoco.MjModel, data: mujoco.MjData, base_id: int, joint_names: tuple[str, ...], path: Path
) -> tuple[Foot, ...]:
    """Feet are the outermost bodies of their limbs whose colliding geoms come lowest in the standing pose."""
    candidates: dict[int, float] = {}
    for body in range(model.nbody):
        if model.body_rootid[body] != model.body_rootid[base_id] or body == base_id:
            continue
        corners = sole_corners(model, data, body)
        if corners is not None and _leg_joints(model, base_id, body, joint_names):
            candidates[body] = float(_to_world(data, body, corners)[:, 2].min())
    if not candidates:
        raise RobotError(f"{path.name}: no foot found; give the geoms of the feet contype='1' so that they collide")
    ground = min(candidates.values())
    span = max(0.02, 0.1 * (data.xpos[base_id][2] - ground))
    low = [body for body, height in candidates.items() if height < ground + span]
    feet = [body for body in low if not any(_is_ancestor(model, body, other) for other in low if other != body)]
    for body in feet:
        if not model.body(body).name:
            below = _leg_joints(model, base_id, body, joint_names)[-1]
            raise RobotError(f"{path.name}: the body of the foot below joint '{below}' has no name; give it one")
    return tuple(_make_foot(model, data, base_id, body, joint_names) for body in sorted(feet))


def _make_foot(
    model: mujoco.MjModel, data: mujoco.MjData, base_id: int, body: int, joint_names: tuple[str, ...]
) -> Foot:
    sole = sole_corners(model, data, body)
    assert sole is not None
    lateral = float(_to_world(data, body, sole)[:, 1].mean() - data.xpos[base_id][1])
    return Foot(
        body=model.body(body).name,
        side="left" if lateral > 0 else "right",
        sole=sole,
        joints=_leg_joints(model, base_id, body, joint_names),
    )


def _leg_joints(model: mujoco.MjModel, base_id: int, body: int, joint_names: tuple[str, ...]) -> tuple[str, ...]:
    chain: list[str] = []
    while body not in (base_id, 0):
        joints = range(model.body_jntadr[body], model.body_jntadr[body] + model.body_jntnum[body])
        chain += [model.joint(j).name for j in reversed(joints) if model.joint(j).name in joint_names]
        body = int(model.body_parentid[body])
    return tuple(reversed(chain))


def _is_ancestor(model: mujoco.MjModel, body: int, other: int) -> bool:
    while other:
        other = int(model.body_parentid[other])
        if other == body:
            return True
    return False


def _to_world(data: mujoco.MjData, body: int, points: NDArray[np.float64]) -> NDArray[np.float64]:
    return points @ data.xmat[body].reshape(3, 3).T + data.xpos[body]


def _sole_world(data: mujoco.MjData, model: mujoco.MjModel, foot: Foot) -> NDArray[np.float64]:
    return _to_world(data, model.body(foot.body).id, foot.sole)
