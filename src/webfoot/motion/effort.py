"""What the servos must do in a motion: torques by inverse dynamics, with the feet on the ground."""

import mujoco
import numpy as np
from numpy.typing import NDArray

from webfoot.motion.clip import Motion
from webfoot.motion.closing import one_frame_around
from webfoot.motion.kinematics import robot_model
from webfoot.motion.traces import Traces
from webfoot.robots.spec import Robot

UNLOAD_HEIGHT_M = 0.004
"""A sole this much higher than the lowest carries 1/e of what the lowest carries."""
MOST_FRAMES = 100
"""Torques are looked at in so many frames of a clip, evenly spread."""


def required_torque(traces: Traces, robot: Robot) -> NDArray[np.float64]:
    """Torques that the servos must give so that the robot moves as a closed clip does [Nm], shape (S, nu).

        tau = (M qdd + c + armature qdd + damping qd)_joints - sum_f (J_f^T w_f)_joints

    What the free base would need comes from the ground: the wrench is shared between the soles, the more the lower a
    sole is, as forces at their centres and moments about them.

    Args:
        traces: of a prepared clip, closed, with root.
    """
    model = robot_model(robot)
    data = mujoco.MjData(model)
    qpos, qvel, qacc = _trajectories(traces.motion, robot, model)
    joints = np.array([model.joint(name).dofadr[0] for name in robot.joint_names])
    share = np.exp(-(traces.heights - traces.heights.min(axis=1, keepdims=True)) / UNLOAD_HEIGHT_M)
    share /= share.sum(axis=1, keepdims=True)
    frames = np.unique(np.linspace(0, len(qpos) - 1, min(MOST_FRAMES, len(qpos))).astype(np.int64))
    torque, force = np.empty((len(frames), robot.nu)), np.empty(model.nv)
    for i, t in enumerate(frames):
        data.qpos, data.qvel, data.qacc = qpos[t], qvel[t], qacc[t]
        mujoco.mj_kinematics(model, data)
        mujoco.mj_comPos(model, data)
        mujoco.mj_comVel(model, data)
        mujoco.mj_rne(model, data, 1, force)
        force += model.dof_armature * qacc[t] + model.dof_damping * qvel[t]
        torque[i] = (force - _ground(model, data, robot, force, share[t]))[joints]
    return torque


def _ground(
    model: mujoco.MjModel, data: mujoco.MjData, robot: Robot, force: NDArray[np.float64], share: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Generalised force of the ground that balances the base, shape (nv,)."""
    base = model.body(robot.base_body).id
    root = int(model.body_dofadr[base])
    push, origin = force[root : root + 3], data.xpos[base]  # world
    moment = data.xmat[base].reshape(3, 3) @ force[root + 3 : root + 6]  # about the base's origin, world
    bodies = [model.body(foot.body).id for foot in robot.feet]
    points = np.array(
        [
            foot.sole.mean(axis=0) @ data.xmat[b].reshape(3, 3).T + data.xpos[b]
            for foot, b in zip(robot.feet, bodies, strict=True)
        ]
    )
    left_over = moment - np.cross((share[:, None] * (points - origin)).sum(axis=0), push)
    total, linear, angular = np.zeros(model.nv), np.empty((3, model.nv)), np.empty((3, model.nv))
    for f, body in enumerate(bodies):
        mujoco.mj_jac(model, data, linear, angular, points[f], body)
        total += share[f] * (linear.T @ push + angular.T @ left_over)
    return total


def _trajectories(
    motion: Motion, robot: Robot, model: mujoco.MjModel
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """qpos (T, nq), qvel (T, nv) and qacc (T, nv) of a closed clip, by central differences."""
    around, dt = one_frame_around(motion), 1.0 / motion.fps
    qpos = np.tile(model.qpos0, (len(around.joint_pos), 1))
    root = int(model.jnt_qposadr[model.body_jntadr[model.body(robot.base_body).id]])
    qpos[:, root : root + 3], qpos[:, root + 3 : root + 7] = around.root_pos, around.root_quat
    qpos[:, [model.joint(name).qposadr[0] for name in robot.joint_names]] = around.joint_pos
    velocity = np.empty((len(qpos) - 1, model.nv))
    for t in range(len(velocity)):
        mujoco.mj_differentiatePos(model, velocity[t], dt, qpos[t], qpos[t + 1])
    return qpos[1:-1], 0.5 * (velocity[1:] + velocity[:-1]), np.diff(velocity, axis=0) / dt
