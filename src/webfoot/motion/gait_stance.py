"""The stance that a generated gait starts from: the standing pose, made symmetric and its soles laid flat."""

import mujoco
import numpy as np
from numpy.typing import NDArray

from webfoot.motion.feet import foot_places
from webfoot.motion.gait_plan import Stance
from webfoot.motion.leg_ik import LegIk
from webfoot.robots.spec import Robot

LEG_JOINTS_FOR_ANKLE_ROLL = 6
"""A leg with fewer joints cannot choose the roll of its sole where the sole's place and heading are given."""
UPRIGHT = np.array([1.0, 0.0, 0.0, 0.0])


def ankles_roll(robot: Robot) -> bool:
    """Whether every leg can keep its sole flat wherever it stands."""
    return all(len(foot.joints) >= LEG_JOINTS_FOR_ANKLE_ROLL for foot in robot.feet)


def soles_turn(robot: Robot) -> bool:
    """Whether the base may move over its standing feet without tilting a sole: ankles roll, or feet are points."""
    return ankles_roll(robot) or all(foot.is_point for foot in robot.feet)


def stand(robot: Robot, ik: LegIk) -> Stance:
    """Feet and centre of mass of the standing pose, left and right made equal.

    A leg without ankle roll has one track width at which its sole lies flat; the feet are moved there.
    """
    pairs = _pairs(robot)
    centres, com_height = _standing_soles(robot)
    feet_xy = centres[:, :2]
    for left, right in pairs:
        x, y = 0.5 * (centres[left, 0] + centres[right, 0]), 0.5 * (centres[left, 1] - centres[right, 1])
        feet_xy[left], feet_xy[right] = (x, y), (x, -y)
    if not soles_turn(robot):
        for _ in range(4):
            position = np.column_stack([feet_xy, np.zeros(len(feet_xy))])
            ik.solve(np.array([0.0, 0.0, robot.base_height]), UPRIGHT, position, np.zeros(len(feet_xy)))
            roll = ik.sole_rolls()
            for left, right in pairs:
                aside = 0.5 * robot.base_height * (roll[left] - roll[right])
                feet_xy[left, 1] -= aside
                feet_xy[right, 1] += aside
    return Stance(feet_xy, robot.base_height, com_height)


def _pairs(robot: Robot) -> list[tuple[int, int]]:
    """Index of the left and of the right foot of every row."""
    place = {(at.row, at.side): foot for foot, at in enumerate(foot_places(robot))}
    return [(place[row, 0], place[row, 1]) for row in range(len(place) // 2)]


def _standing_soles(robot: Robot) -> tuple[NDArray[np.float64], float]:
    """Centres of the soles [m], (F, 3), and height of the centre of mass [m]."""
    model = robot.model
    data = mujoco.MjData(model)
    mujoco.mj_resetDataKeyframe(model, data, 0)
    data.qpos[model.jnt_qposadr[[model.joint(name).id for name in robot.joint_names]]] = robot.default_pos
    base = model.body(robot.base_body).id
    free = int(model.jnt_qposadr[model.body_jntadr[base]])
    data.qpos[free : free + 7] = (0.0, 0.0, robot.base_height, *UPRIGHT)
    mujoco.mj_kinematics(model, data)
    mujoco.mj_comPos(model, data)
    centres = []
    for foot in robot.feet:
        body = data.body(foot.body)
        centres.append(body.xmat.reshape(3, 3) @ foot.sole.mean(axis=0) + body.xpos)
    return np.array(centres), float(data.subtree_com[base][2])
