import mujoco
import numpy as np
import pytest

from webfoot.robots.derive import compile_mjcf
from webfoot.robots.table import load_robot

OTTER = load_robot("otter")


def test_it_has_three_joints_on_each_of_four_legs():
    legs = [foot.joints for foot in OTTER.feet]
    assert [leg[0].removesuffix("_hip_roll") for leg in legs] == [
        "front_left",
        "front_right",
        "rear_left",
        "rear_right",
    ]
    assert all(leg == tuple(f"{leg[0][:-9]}_{joint}" for joint in ("hip_roll", "hip_pitch", "knee")) for leg in legs)
    assert OTTER.nu == 12


def test_it_weighs_as_a_house_cat_and_stands_on_four_points():
    assert OTTER.mass_kg == pytest.approx(4.71, abs=0.01)
    assert all(foot.is_point for foot in OTTER.feet)
    assert [foot.side for foot in OTTER.feet] == ["left", "right", "left", "right"]


def test_its_mirror_map_swaps_left_and_right_legs():
    assert OTTER.mirror is not None
    mirrored = OTTER.mirror(np.arange(12.0))
    assert mirrored.tolist() == [-3, 4, 5, -0.0, 1, 2, -9, 10, 11, -6, 7, 8]
    np.testing.assert_array_equal(OTTER.mirror(OTTER.default_pos), OTTER.default_pos)


@pytest.mark.parametrize("timestep", [0.002, 0.005])
def test_it_stands_for_ten_seconds_over_its_four_feet(timestep: float):
    model = compile_mjcf(OTTER.mjcf)
    model.opt.timestep = timestep
    data = mujoco.MjData(model)
    mujoco.mj_resetDataKeyframe(model, data, 0)
    mujoco.mj_step(model, data, int(10.0 / timestep))
    assert data.body("base").xmat[8] > np.cos(np.radians(2.0))
    assert np.linalg.norm(data.qpos[:2]) < 0.01
    assert np.abs(data.qvel).max() < 0.01
    feet = {f"{row}_{side}_foot" for row in ("front", "rear") for side in ("left", "right")}
    assert {model.geom(g).name for pair in data.contact.geom for g in pair} == {"floor", *feet}
    assert np.abs(data.actuator_force).max() < 0.25 * OTTER.torque_limit[0]
