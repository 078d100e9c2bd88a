"""Which bodies are the feet, what their soles are, and which side they are on."""

import mujoco
import numpy as np
from numpy.typing import NDArray

from webfoot.errors import RobotError
from webfoot.robots.sole import sole_corners
from webfoot.robots.spec import Foot


def find_feet(
    model: mujoco.MjModel,
    data: mujoco.MjData,
    base_id: int,
    joint_names: tuple[str, ...],
    wanted: tuple[str, ...] | None,
    name: str,
) -> tuple[Foot, ...]:
    """Feet are the outermost bodies of their limbs whose colliding shapes come lowest in the standing pose.

    Args:
        data: the standing pose, computed.
        wanted: the bodies that `robot.yaml` names.
        name: the model's file, for messages.

    Raises:
        RobotError: there is none.
    """
    if wanted is not None:
        bodies = [model.body(foot).id for foot in wanted]
    else:
        bodies = _lowest_bodies(model, data, base_id, joint_names)
    if not bodies:
        raise RobotError(
            f"{name}: no foot found; give the geoms of the feet contype='1' so that they collide, or name the bodies "
            "under 'feet' in robot.yaml"
        )
    return tuple(_make_foot(model, data, base_id, body, joint_names, name) for body in bodies)


def _make_foot(
    model: mujoco.MjModel, data: mujoco.MjData, base_id: int, body: int, joint_names: tuple[str, ...], name: str
) -> Foot:
    sole = sole_corners(model, data, body)
    if sole is None:
        raise RobotError(
            f"{name}: foot '{model.body(body).name}' has no shape; 'feet' in robot.yaml names bodies with one"
        )
    joints = leg_joints(model, base_id, body, joint_names)
    if not joints:
        raise RobotError(
            f"{name}: no servo moves foot '{model.body(body).name}'; list its joints under 'joints' in robot.yaml"
        )
    into_base = data.xmat[base_id].reshape(3, 3)
    lateral = (to_world(data, body, sole).mean(axis=0) - data.xpos[base_id]) @ into_base[:, 1]
    return Foot(model.body(body).name, "left" if lateral > 0 else "right", sole, joints)


def _lowest_bodies(model: mujoco.MjModel, data: mujoco.MjData, base_id: int, joint_names: tuple[str, ...]) -> list[int]:
    heights: dict[int, float] = {}
    for body in range(model.nbody):
        if model.body_rootid[body] != model.body_rootid[base_id] or body == base_id:
            continue
        corners = sole_corners(model, data, body)
        if corners is not None and leg_joints(model, base_id, body, joint_names):
            heights[body] = float(to_world(data, body, corners)[:, 2].min())
    if not heights:
        return []
    ground = min(heights.values())
    span = max(0.02, 0.1 * (data.xpos[base_id][2] - ground))
    low = [body for body, height in heights.items() if height < ground + span]
    tips = {_tip(model, base_id, body, list(heights), joint_names) for body in low}
    return sorted(tip for tip in tips if not any(_is_ancestor(model, tip, other) for other in tips if other != tip))


def _tip(model: mujoco.MjModel, base_id: int, body: int, colliding: list[int], joint_names: tuple[str, ...]) -> int:
    """The outermost colliding body of the limb: a folded leg rests on its thigh, but its foot is at its end."""
    outer = [other for other in colliding if _is_ancestor(model, body, other)]
    deeper = [b for b in outer if _count(model, base_id, b, joint_names) > _count(model, base_id, body, joint_names)]
    return max(deeper, key=lambda b: _count(model, base_id, b, joint_names)) if deeper else body


def _count(model: mujoco.MjModel, base_id: int, body: int, joint_names: tuple[str, ...]) -> int:
    return len(leg_joints(model, base_id, body, joint_names))


def leg_joints(model: mujoco.MjModel, base_id: int, body: int, joint_names: tuple[str, ...]) -> tuple[str, ...]:
    """Joints of `joint_names` between base and body, from the base down."""
    chain: list[str] = []
    while body not in (base_id, 0):
        joints = range(model.body_jntadr[body], model.body_jntadr[body] + model.body_jntnum[body])
        chain += [model.joint(j).name for j in reversed(joints) if model.joint(j).name in joint_names]
        body = int(model.body_parentid[body])
    return tuple(reversed(chain))


def to_world(data: mujoco.MjData, body: int, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points of a body's frame in the world [m]."""
    return points @ data.xmat[body].reshape(3, 3).T + data.xpos[body]


def lowest_sole(model: mujoco.MjModel, data: mujoco.MjData, feet: tuple[Foot, ...]) -> float:
    """Height of the lowest corner of all soles in the world [m]."""
    return float(min(to_world(data, model.body(foot.body).id, foot.sole)[:, 2].min() for foot in feet))


def _is_ancestor(model: mujoco.MjModel, body: int, other: int) -> bool:
    while other:
        other = int(model.body_parentid[other])
        if other == body:
            return True
    return False
