import dataclasses

import mujoco
import numpy as np
import pytest
import torch
from standing import standing

from webfoot.errors import RobotError
from webfoot.robots.spec import CompletedModel
from webfoot.sim.conditions import Conditions, make_ground
from webfoot.sim.cpu import CpuSim
from webfoot.sim.ground import Ground
from webfoot.sim.model import SimConfig
from webfoot.sim.randomize import RandomizeConfig


def rough_sim(robot, count, height=0.02, roughness=1.0):
    ground = Ground(robot, height, count, seed=0)
    ground.place(np.full(count, roughness))
    sim = CpuSim(robot, SimConfig(), count, num_threads=1, ground=ground)
    sim.reset(torch.arange(count), standing(robot, count))
    return sim, ground


def test_heights_are_those_that_the_simulator_has(duckling):
    ground = Ground(duckling, 0.02, 1, seed=0)
    model = ground.compile(duckling)
    data = mujoco.MjData(model)
    mujoco.mj_forward(model, data)
    places = np.random.default_rng(1).uniform((-7.0, -4.5), (7.0, 4.5), (100, 2))
    down, hit = np.array([0.0, 0.0, -1.0]), np.zeros(1, dtype=np.int32)
    for place in places:
        height = 1.0 - mujoco.mj_ray(model, data, np.append(place, 1.0), down, None, 1, -1, hit)
        if model.geom_type[hit[0]] == mujoco.mjtGeom.mjGEOM_HFIELD:  # else the robot is in the way
            assert ground.height(place) == pytest.approx(height, abs=1e-6)


def test_bumps_are_as_high_as_asked_and_higher_for_a_larger_robot(duckling):
    assert Ground(duckling, 0.02, 1, seed=0).heights.max() == pytest.approx(0.02)
    tall = dataclasses.replace(duckling, base_height=0.8)
    assert Ground(tall, 0.02, 1, seed=0).heights.max() == pytest.approx(0.08)


def test_one_side_is_flat_and_roughness_chooses_the_place(duckling):
    ground = Ground(duckling, 0.02, 3, seed=0)
    ground.place(np.array([0.0, 0.5, 1.0]))
    ground.restart(np.arange(3))
    flat, half, rough = ground.origin
    assert flat[2] == 0.0 and 0.005 < half[2] < rough[2]


def test_only_robots_that_begin_anew_are_moved(duckling):
    ground = Ground(duckling, 0.02, 3, seed=0)
    ground.restart(np.arange(3))
    before = ground.origin.copy()
    ground.restart(np.array([1]))
    assert np.array_equal(ground.origin[[0, 2]], before[[0, 2]]) and not np.array_equal(ground.origin[1], before[1])


def test_positions_are_counted_from_the_robots_own_place(duckling):
    sim, _ = rough_sim(duckling, 4)
    state = sim.state()
    torch.testing.assert_close(state.root_pos, standing(duckling, 4).root_pos, atol=1e-5, rtol=0)
    assert state.foot_pos[..., :2].abs().max() < 0.2


def test_nobody_starts_inside_a_bump_and_all_come_to_stand_on_the_ground(duckling):
    sim, _ = rough_sim(duckling, 16)
    assert (sim.state().foot_height > -1e-6).all()
    for _ in range(100):
        sim.step(standing(duckling, 16).joint_pos)
    feet = sim.state().foot_height
    assert (feet.amin(dim=1) < 0.005).all()  # the lowest corner of a foot touches, if not every foot lies flat
    assert feet.min() > -0.006
    assert not torch.allclose(sim.state().root_quat[0], sim.state().root_quat[1], atol=1e-3)


def test_a_flat_place_is_like_the_level_floor(duckling):
    sim, _ = rough_sim(duckling, 2, roughness=0.0)
    level = CpuSim(duckling, SimConfig(), 2, num_threads=1)
    level.reset(torch.arange(2), standing(duckling, 2))
    for _ in range(25):
        sim.step(standing(duckling, 2).joint_pos)
        level.step(standing(duckling, 2).joint_pos)
    torch.testing.assert_close(sim.state().joint_pos, level.state().joint_pos, atol=5e-3, rtol=0)
    torch.testing.assert_close(sim.state().foot_height, level.state().foot_height, atol=1e-3, rtol=0)


def test_a_sole_stands_on_its_corners_wherever_it_is(duckling):
    ground = Ground(duckling, 1e-6, 1, seed=0)
    model = ground.compile(duckling)
    data = mujoco.MjData(model)
    for place in np.random.default_rng(0).uniform(-1.0, 1.0, (10, 2)):
        mujoco.mj_resetDataKeyframe(model, data, 0)
        data.qpos[:2] += place
        for _ in range(100):
            mujoco.mj_step(model, data)
        for foot in duckling.feet:
            body = data.body(foot.body)
            corners = foot.sole @ body.xmat.reshape(3, 3).T + body.xpos
            touched = data.contact.pos[model.geom_bodyid[data.contact.geom[:, 1]] == body.id]
            gap = np.linalg.norm(corners[:, None, :2] - touched[None, :, :2], axis=-1)
            assert gap.min(axis=1).max() < 1e-3  # a touch at every corner
            assert gap.min(axis=0).max() < 1e-3  # and nowhere else


def test_a_level_moves_robots_to_flatter_places(duckling):
    config = RandomizeConfig(preset="off", unevenness_m=0.02)
    ground = make_ground(duckling, config, 32, 0)
    sim = CpuSim(duckling, SimConfig(), 32, num_threads=1, ground=ground)
    made = Conditions(sim, duckling, config, 0)
    tops = []
    for level in (1.0, 0.5, 0.0):
        made.set_level({"ground": level})
        sim.reset(torch.arange(32), standing(duckling, 32))
        tops.append(ground.origin[:, 2].mean())
    assert tops[0] > tops[1] > tops[2] == 0.0


def test_level_ranges_need_no_ground(duckling):
    assert make_ground(duckling, RandomizeConfig(preset="off"), 4, 0) is None


def test_a_floor_that_hangs_on_a_body_of_its_own_becomes_uneven_too(duckling):
    spec = duckling.spec()
    floor = next(geom for geom in spec.worldbody.geoms if geom.type == mujoco.mjtGeom.mjGEOM_PLANE)
    spec.delete(floor)
    holder = spec.worldbody.add_body(name="holder")
    holder.add_geom(type=mujoco.mjtGeom.mjGEOM_PLANE, size=[0, 0, 0.05], contype=1, conaffinity=1)
    held = dataclasses.replace(duckling, completed=CompletedModel(spec, duckling.model))
    sim, _ = rough_sim(held, 2)
    for _ in range(50):
        sim.step(standing(duckling, 2).joint_pos)
    assert (sim.state().foot_height.amin(dim=1).abs() < 0.006).all()


def test_a_robot_without_a_plane_is_refused(duckling):
    spec = duckling.spec()
    for geom in list(spec.worldbody.geoms):
        geom.type = mujoco.mjtGeom.mjGEOM_BOX
        geom.size[:] = (5, 5, 0.1)
    boxed = dataclasses.replace(duckling, completed=CompletedModel(spec, duckling.model))
    with pytest.raises(RobotError, match="its floor is no plane"):
        Ground(boxed, 0.02, 1, seed=0).compile(boxed)
