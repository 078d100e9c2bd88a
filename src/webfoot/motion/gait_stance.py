"""The stance that a generated gait starts from: the standing pose, made symmetric and its soles laid flat."""

import mujoco
import numpy as np
from numpy.typing import NDArray

from webfoot.motion.gait_plan import Stance
from webfoot.motion.leg_ik import LegIk
from webfoot.robots.derive import compile_mjcf
from webfoot.robots.spec import Robot

LEG_JOINTS_FOR_ANKLE_ROLL = 6
"""A leg with fewer joints cannot choose the roll of its sole where the sole's place and heading are given."""
UPRIGHT = np.array([1.0, 0.0, 0.0, 0.0])


def ankles_roll(robot: Robot) -> bool:
    """Whether every leg can keep its sole flat wherever it stands."""
    return all(len(foot.joints) >= LEG_JOINTS_FOR_ANKLE_ROLL for foot in robot.feet)


def left_first(robot: Robot) -> list[int]:
    """Indices of the feet, left before right."""
    return sorted(range(2), key=lambda foot: robot.feet[foot].side)


def stand(robot: Robot, ik: LegIk) -> Stance:
    """Feet and centre of mass of the standing pose.

    A leg without ankle roll has one track width at which its sole lies flat; the feet are moved there.
    """
    centres, com_height = _standing_soles(robot)
    left, right = centres
    x, y = 0.5 * (left[0] + right[0]), 0.5 * (left[1] - right[1])
    feet_xy = np.array([[x, y], [x, -y]])
    if not ankles_roll(robot):
        order = np.argsort(left_first(robot))
        for _ in range(4):
            position = np.column_stack([feet_xy, np.zeros(2)])[order]
            ik.solve(np.array([0.0, 0.0, robot.base_height]), UPRIGHT, position, np.zeros(2))
            roll = ik.sole_rolls()[left_first(robot)]
            feet_xy[:, 1] -= 0.5 * robot.base_height * (roll[0] - roll[1]) * np.array([1.0, -1.0])
    return Stance(feet_xy, robot.base_height, com_height)


def _standing_soles(robot: Robot) -> tuple[NDArray[np.float64], float]:
    """Centres of the soles [m], left before right, (2, 3), and height of the centre of mass [m]."""
    model = compile_mjcf(robot.mjcf)
    data = mujoco.MjData(model)
    data.qpos[model.jnt_qposadr[[model.joint(name).id for name in robot.joint_names]]] = robot.default_pos
    base = model.body(robot.base_body).id
    free = int(model.jnt_qposadr[model.body_jntadr[base]])
    data.qpos[free : free + 7] = (0.0, 0.0, robot.base_height, *UPRIGHT)
    mujoco.mj_kinematics(model, data)
    mujoco.mj_comPos(model, data)
    centres = []
    for foot in left_first(robot):
        body = data.body(robot.feet[foot].body)
        centres.append(body.xmat.reshape(3, 3) @ robot.feet[foot].sole.mean(axis=0) + body.xpos)
    return np.array(centres), float(data.subtree_com[base][2])
