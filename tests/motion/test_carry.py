import mujoco
import numpy as np

from webfoot.motion.carry import carrying_torque
from webfoot.motion.clip import Motion


def standing(robot):
    return Motion(
        name="standing",
        fps=50.0,
        joint_names=robot.joint_names,
        joint_pos=np.tile(robot.default_pos, (2, 1)),
        root_pos=np.tile([0.0, 0.0, robot.base_height], (2, 1)),
        root_quat=np.tile([1.0, 0.0, 0.0, 0.0], (2, 1)),
    )


def settled_pose(robot, target):
    """Joint angles after two seconds on the ground with constant servo targets."""
    model = mujoco.MjModel.from_xml_path(str(robot.mjcf))
    data = mujoco.MjData(model)
    mujoco.mj_resetDataKeyframe(model, data, 0)
    data.ctrl[:] = target
    mujoco.mj_step(model, data, nstep=round(2.0 / model.opt.timestep))
    return np.array([data.qpos[model.joint(name).qposadr[0]] for name in robot.joint_names])


def test_servos_that_carry_the_robot_keep_its_pose(duckling):
    torque = carrying_torque(standing(duckling), duckling)[0]
    sag = np.abs(settled_pose(duckling, duckling.default_pos) - duckling.default_pos).max()
    carried = np.abs(settled_pose(duckling, duckling.default_pos + torque / duckling.kp) - duckling.default_pos).max()
    assert carried < 0.5 * sag


def test_a_foot_in_the_air_carries_nothing(duckling):
    clip = standing(duckling)
    knee = duckling.joint_names.index("left_knee")
    hip, ankle = duckling.joint_names.index("left_hip_pitch"), duckling.joint_names.index("left_ankle")
    lifted = clip.joint_pos.copy()
    lifted[:, knee] += 0.4
    lifted[:, hip] -= 0.2
    lifted[:, ankle] -= 0.2
    both = carrying_torque(clip, duckling)[0]
    one = carrying_torque(Motion(**{**vars(clip), "joint_pos": lifted}), duckling)[0]
    right = duckling.joint_names.index("right_knee")
    assert abs(one[right]) > 1.5 * abs(both[right])
    assert abs(one[knee]) < 0.5 * abs(both[knee])
