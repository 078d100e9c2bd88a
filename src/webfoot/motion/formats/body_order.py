"""In which order a file without names keeps its joints and bodies: the order whose forward kinematics agree."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import mujoco
import numpy as np
from numpy.typing import NDArray

from webfoot.errors import MotionError
from webfoot.motion.kinematics import robot_model
from webfoot.robots.spec import Robot

AGREES = 0.03
"""Bodies agree when they are nearer than this share of the base's height."""
SAMPLES = 24
"""Frames that are compared, spread over the clip."""


@dataclass(frozen=True)
class Order:
    """What the columns of a nameless file are."""

    joint_names: tuple[str, ...]
    note: str


def find_order(
    joint_pos: NDArray[np.float64],
    body_pos_w: NDArray[np.float64],
    root_quat: NDArray[np.float64],
    robot: Robot,
    label: str,
) -> Order:
    """Try the orders that simulators use; keep the one whose bodies lie where the file says.

    Bodies are matched by place, not by index, so a file with some of the robot's bodies is judged too.

    Args:
        joint_pos: as stored [rad], shape (T, J).
        body_pos_w: as stored [m], shape (T, B, 3); body 0 is the base.
        root_quat: of body 0, wxyz, shape (T, 4).

    Raises:
        MotionError: another number of joints than the robot has, or no order agrees.
    """
    model = robot_model(robot)
    base = model.body(robot.base_body).id
    trees = {name: walk(model, base) for name, walk in ORDERS.items()}
    joints = _joint_orders(model, trees, robot)
    joints = {name: names for name, names in joints.items() if len(names) == joint_pos.shape[1]}
    if not joints:
        raise MotionError(
            f"{label}: {joint_pos.shape[1]} joints without names, but robot '{robot.name}' has {robot.nu}; "
            "choose the robot it was made for, or name the columns (--joints)"
        )
    chosen = np.linspace(0, len(joint_pos) - 1, min(SAMPLES, len(joint_pos))).astype(int)
    stored = _in_base(body_pos_w[chosen], root_quat[chosen])  # (S, B, 3)
    limit = AGREES * robot.base_height
    errors = {}
    for name, names in joints.items():
        placed = _bodies(model, base, names, joint_pos[chosen])  # (S, nbody, 3)
        errors[name] = _farthest(stored, placed)
    best = min(errors, key=lambda name: errors[name])
    if not errors[best] <= limit:
        raise MotionError(
            f"{label}: no order of the joints of robot '{robot.name}' puts its bodies where the file does (the "
            f"best, {best}, is {1000 * errors[best]:.0f} mm off); choose the robot it was made for, or name the "
            "columns (--joints)"
        )
    others = ", ".join(f"{name} {1000 * off:.0f} mm" for name, off in errors.items() if name != best)
    placed = _bodies(model, base, joints[best], joint_pos[chosen])
    body_order = _body_order(stored, placed, trees, limit)
    note = f"joint order found by forward kinematics: {best}, {1000 * errors[best]:.1f} mm off"
    note += f" ({others})" if others else ""
    return Order(joints[best], f"{note}; bodies come {body_order}")


def _depth_first(model: mujoco.MjModel, base: int) -> list[int]:
    """MuJoCo numbers its bodies depth first."""
    inside = {base}
    for body in range(base + 1, model.nbody):
        if int(model.body_parentid[body]) in inside:
            inside.add(body)
    return sorted(inside)


def _breadth_first(model: mujoco.MjModel, base: int, key: Callable[[int], Any] = int) -> list[int]:
    """PhysX numbers links level by level."""
    inside, queue, order = set(_depth_first(model, base)), deque([base]), []
    while queue:
        body = queue.popleft()
        order.append(body)
        children = [b for b in inside if b != base and int(model.body_parentid[b]) == body]
        queue.extend(sorted(children, key=key))
    return order


def _breadth_first_by_name(model: mujoco.MjModel, base: int) -> list[int]:
    return _breadth_first(model, base, key=lambda body: model.body(body).name)


ORDERS: dict[str, Callable[[mujoco.MjModel, int], list[int]]] = {
    "depth first, as MuJoCo": _depth_first,
    "breadth first, as PhysX": _breadth_first,
    "breadth first by name": _breadth_first_by_name,
}
"""Orders of bodies, and of the joints that they carry."""


def _joint_orders(model: mujoco.MjModel, trees: dict[str, list[int]], robot: Robot) -> dict[str, tuple[str, ...]]:
    """Every distinct order of joint names by what it is called; of equal ones the first."""
    orders: dict[str, tuple[str, ...]] = {}
    for name, bodies in trees.items():
        every = tuple(model.joint(j).name for body in bodies for j in _hinges(model, body))
        orders[name] = every
        orders[f"{name}, servos only"] = tuple(joint for joint in every if joint in robot.joint_names)
    orders["order of the servos"] = robot.joint_names
    distinct: dict[tuple[str, ...], str] = {}
    for name, names in orders.items():
        distinct.setdefault(names, name)
    return {name: names for names, name in distinct.items()}


def _hinges(model: mujoco.MjModel, body: int) -> list[int]:
    first, count = int(model.body_jntadr[body]), int(model.body_jntnum[body])
    hinge = mujoco.mjtJoint.mjJNT_HINGE
    return [j for j in range(first, first + count) if model.jnt_type[j] == hinge]


def _in_base(body_pos_w: NDArray[np.float64], root_quat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Bodies in the frame of body 0, shape (S, B, 3)."""
    w, x, y, z = (root_quat / np.linalg.norm(root_quat, axis=1, keepdims=True)).T
    rows = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
        [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
        [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
    ]
    rotation = np.array(rows)  # world from base, (3, 3, S)
    return np.einsum("ijs,sbi->sbj", rotation, body_pos_w - body_pos_w[:, :1])


def _bodies(
    model: mujoco.MjModel, base: int, names: Sequence[str], joint_pos: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Every body of the model in the base frame [m], shape (S, nbody, 3)."""
    data = mujoco.MjData(model)
    mujoco.mj_resetData(model, data)
    addresses = model.jnt_qposadr[[model.joint(name).id for name in names]]
    placed = np.empty((len(joint_pos), model.nbody, 3))
    for s, joints in enumerate(joint_pos):
        data.qpos[addresses] = np.nan_to_num(joints, nan=0.0, posinf=0.0, neginf=0.0)
        mujoco.mj_kinematics(model, data)
        placed[s] = (data.xpos - data.xpos[base]) @ data.xmat[base].reshape(3, 3)
    return placed


def _distances(stored: NDArray[np.float64], placed: NDArray[np.float64]) -> NDArray[np.float64]:
    """RMS distance over time of every stored body from every body of the robot [m], shape (B, nbody)."""
    apart = np.stack([np.square(stored[:, b, None] - placed).sum(axis=-1) for b in range(stored.shape[1])])
    return np.sqrt(np.nanmean(np.where(np.isfinite(apart), apart, 1e12), axis=1))


def _farthest(stored: NDArray[np.float64], placed: NDArray[np.float64]) -> float:
    """How far the worst stored body is from the body of the robot that is nearest to it [m]."""
    return float(_distances(stored, placed).min(axis=1).max())


def _body_order(
    stored: NDArray[np.float64], placed: NDArray[np.float64], trees: dict[str, list[int]], limit: float
) -> str:
    apart = _distances(stored, placed)
    for name, bodies in trees.items():
        if len(bodies) == len(apart) and (apart[np.arange(len(bodies)), bodies] <= limit).all():
            return name
    return f"in an order of their own, {len(apart)} of the robot's {len(next(iter(trees.values())))}"
