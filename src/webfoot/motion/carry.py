"""What servos must hold for a robot to carry itself through a motion: gravity, with the feet on the ground."""

import mujoco
import numpy as np
from numpy.typing import NDArray

from webfoot.motion.clip import Motion
from webfoot.motion.kinematics import robot_model, sole_heights, soles_in_base
from webfoot.robots.spec import Robot

UNLOAD_HEIGHT_M = 0.004
"""A sole this much higher than the lowest carries 1/e of what the lowest carries."""


def carrying_torque(motion: Motion, robot: Robot) -> NDArray[np.float64]:
    """Joint torques that hold the robot still in every pose of the motion.

        tau = g(q) - sum_f J_f(q)^T w_f m g z

    g(q) is the torque of gravity on the joints, J_f the Jacobian of the centre of sole f, w_f the share of the weight
    that f carries: the lower a sole, the larger its share, over both feet 1.

    Args:
        motion: in the robot's joint order, with root.

    Returns:
        Torques [Nm], shape (T, nu).
    """
    assert motion.root_pos is not None and motion.root_quat is not None
    model = robot_model(robot)
    data = mujoco.MjData(model)
    mujoco.mj_resetDataKeyframe(model, data, 0)
    joints = [model.joint(name) for name in robot.joint_names]
    free = int(np.flatnonzero(model.jnt_type == mujoco.mjtJoint.mjJNT_FREE)[0])
    root, dofs = int(model.jnt_qposadr[free]), np.array([joint.dofadr[0] for joint in joints])
    heights = sole_heights(soles_in_base(robot, motion.joint_pos), motion.root_quat)
    share = np.exp(-(heights - heights.min(axis=1, keepdims=True)) / UNLOAD_HEIGHT_M)
    share /= share.sum(axis=1, keepdims=True)
    torque = np.empty((motion.num_frames, robot.nu))
    jacobian = np.empty((3, model.nv))
    weight = -robot.mass_kg * model.opt.gravity[2]
    for t in range(motion.num_frames):
        data.qpos[root : root + 3] = motion.root_pos[t]
        data.qpos[root + 3 : root + 7] = motion.root_quat[t]
        data.qpos[[joint.qposadr[0] for joint in joints]] = motion.joint_pos[t]
        mujoco.mj_forward(model, data)
        torque[t] = data.qfrc_bias[dofs]
        for f, foot in enumerate(robot.feet):
            body = model.body(foot.body).id
            point = foot.sole.mean(axis=0) @ data.xmat[body].reshape(3, 3).T + data.xpos[body]
            mujoco.mj_jac(model, data, jacobian, None, point, body)
            torque[t] -= share[t, f] * weight * jacobian[2, dofs]
    return torque
