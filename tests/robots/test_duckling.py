import mujoco
import numpy as np
import pytest

from webfoot.motion.kinematics import soles_in_base
from webfoot.robots.derive import compile_mjcf
from webfoot.robots.table import load_robot

DUCKLING = load_robot("duckling")


def test_it_has_the_open_duck_minis_joints_in_its_order():
    leg = ("hip_yaw", "hip_roll", "hip_pitch", "knee", "ankle")
    head = ("neck_pitch", "head_pitch", "head_yaw", "head_roll")
    assert DUCKLING.joint_names == (*(f"left_{j}" for j in leg), *head, *(f"right_{j}" for j in leg))
    assert DUCKLING.leg_joint_names == (*(f"left_{j}" for j in leg), *(f"right_{j}" for j in leg))


def test_it_weighs_and_pulls_like_the_open_duck_mini():
    assert DUCKLING.mass_kg == pytest.approx(2.107, abs=0.01)
    assert np.all(DUCKLING.kp == 13.37)
    assert np.all(DUCKLING.torque_limit == 3.23)
    assert DUCKLING.notes == ()


def test_its_mirror_map_swaps_the_legs_and_keeps_the_knees():
    assert DUCKLING.mirror is not None
    pose = np.arange(14.0)
    mirrored = DUCKLING.mirror(pose)
    assert mirrored[3] == pose[12]
    assert mirrored[2] == -pose[11]
    np.testing.assert_array_equal(DUCKLING.mirror(mirrored), pose)
    np.testing.assert_array_equal(DUCKLING.mirror(DUCKLING.default_pos), DUCKLING.default_pos)


def test_it_stands_with_flat_soles_on_the_floor_and_its_mass_above_them():
    model = compile_mjcf(DUCKLING.mjcf)
    data = mujoco.MjData(model)
    mujoco.mj_resetDataKeyframe(model, data, 0)
    mujoco.mj_forward(model, data)
    soles = soles_in_base(DUCKLING, DUCKLING.default_pos[None])[0] + data.qpos[:3]
    np.testing.assert_allclose(soles[..., 2], 0.0, atol=1e-6)
    centre = data.body("base").subtree_com
    assert soles[..., 0].mean() == pytest.approx(centre[0], abs=0.01)  # a sole is 0.104 m long
    assert centre[1] == pytest.approx(0.0, abs=1e-6)


def test_only_the_two_soles_meet_the_floor():
    model = compile_mjcf(DUCKLING.mjcf)
    colliding = {model.geom(g).name for g in range(model.ngeom) if model.geom_contype[g] or model.geom_conaffinity[g]}
    assert colliding == {"floor", "left_sole", "right_sole"}


@pytest.mark.parametrize("timestep", [0.002, 0.005])
def test_it_stands_for_ten_seconds(timestep: float):
    model = compile_mjcf(DUCKLING.mjcf)
    model.opt.timestep, model.opt.iterations = timestep, 10
    data = mujoco.MjData(model)
    mujoco.mj_resetDataKeyframe(model, data, 0)
    mujoco.mj_step(model, data, int(10.0 / timestep))
    assert data.body("base").xmat[8] > np.cos(np.radians(6.0))
    assert np.linalg.norm(data.qpos[:2]) < 0.01
    assert np.abs(data.qvel).max() < 0.01
    assert {model.geom(g).name for pair in data.contact.geom for g in pair} == {"floor", "left_sole", "right_sole"}
