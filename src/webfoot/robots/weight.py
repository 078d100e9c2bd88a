"""How strong a joint must be to carry what it carries, where a model does not say."""

import mujoco
import numpy as np

LEG_SHARE = 0.7
"""Lever of a bent leg as a share of its length: gives Unitree's Go1 35 Nm (its knees have 35.6)."""
LIMB_FACTOR = 3.0
"""Torque of a limb that hangs free, over what holds it stretched out."""


def weight_torque(model: mujoco.MjModel, base: int, joint: str) -> float:
    """Torque that a joint needs to carry its robot, or its limb [Nm].

        leg:   0.7 m g L, m the mass of the robot, L from the joint nearest the base down to the ground
        else:  3 m_l g L_l, m_l the mass and L_l the length of what hangs on the joint

    A limb is a leg if it reaches nearly as deep as the robot does in the model's zero pose.
    """
    data = mujoco.MjData(model)
    mujoco.mj_kinematics(model, data)
    j = model.joint(joint)
    body, gravity = int(j.bodyid[0]), abs(float(model.opt.gravity[2])) or 9.81
    root = body
    while model.body_parentid[root] not in (base, 0):
        root = int(model.body_parentid[root])
    points, owners = _points(model, data)
    below_root = points[[_is_below(model, root, owner) for owner in owners]]
    below = points[[_is_below(model, body, owner) for owner in owners]]
    everything = points[model.body_rootid[owners] == base]
    height = data.xpos[base][2]
    is_leg = height - below_root[:, 2].min() > 0.7 * (height - everything[:, 2].min())
    if is_leg and len(below):
        length = float(np.linalg.norm(below_root - data.xpos[root], axis=1).max())
        return max(LEG_SHARE * gravity * float(model.body_subtreemass[base]) * length, 0.01)
    size = np.concatenate([np.zeros(model.nbody), model.geom_rbound])[[_is_below(model, body, b) for b in owners]]
    length = float((np.linalg.norm(below - data.xanchor[j.id], axis=1) + size).max())
    return max(LIMB_FACTOR * gravity * float(model.body_subtreemass[body]) * length, 0.01)


def _points(model: mujoco.MjModel, data: mujoco.MjData) -> tuple[np.ndarray, np.ndarray]:
    """Origins of bodies and centres of geoms in the world [m], (P, 3), and the bodies they belong to, (P,)."""
    points = np.concatenate([data.xpos, data.geom_xpos])
    return points, np.concatenate([np.arange(model.nbody), model.geom_bodyid])


def _is_below(model: mujoco.MjModel, body: int, other: int) -> bool:
    while other and other != body:
        other = int(model.body_parentid[other])
    return other == body
