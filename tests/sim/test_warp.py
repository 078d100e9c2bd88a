"""GPU physics, on Warp's own CPU device: the same code, without recorded graphs."""

import dataclasses
import math

import pytest
import torch
from standing import FIELDS, assert_same, random_targets, standing

pytest.importorskip("mujoco_warp", reason="the extra gpu is not installed: pip install 'webfoot[gpu]'")

from small_walk import quiet_config, small_reference
from webfoot.errors import ConfigError, RobotError
from webfoot.learn.ppo import Ppo, PpoConfig
from webfoot.sim.conditions import Conditions
from webfoot.sim.cpu import CpuSim
from webfoot.sim.model import SimConfig
from webfoot.sim.randomize import RandomizeConfig
from webfoot.sim.warp import MOST_DUMPS, WarpSim
from webfoot.task.walk import WalkTask

PHYSICS = SimConfig(physics_hz=250)
DERIVED = ("foot_height", "foot_pos", "torque")


def warp_sim(robot, count, config=PHYSICS):
    sim = WarpSim(robot, config, count, "cpu")
    sim.reset(torch.arange(count), pressed(robot, count))
    return sim


def pressed(robot, count):
    """Standing with the soles 1 mm in the floor; exactly on it, rounding decides whether they touch."""
    start = standing(robot, count)
    start.root_pos[:, 2] -= 1e-3
    return start


def swaying(robot, steps, count):
    """Targets that every joint follows by 0.02 rad, each robot in its own time, shape (steps, count, nu)."""
    step, robots, joints = torch.arange(steps)[:, None, None], torch.arange(count)[:, None], torch.arange(robot.nu)
    return torch.tensor(robot.default_pos, dtype=torch.float32) + 0.02 * torch.sin(0.3 * step + joints + robots)


def test_two_hundred_physics_steps_agree_with_the_cpu(duckling):
    warp, cpu = warp_sim(duckling, 3), CpuSim(duckling, PHYSICS, 3, num_threads=1)
    cpu.reset(torch.arange(3), pressed(duckling, 3))
    for target in swaying(duckling, 40, 3):
        warp.step(target)
        cpu.step(target)
    one, other = warp.state(), cpu.state()
    for name in ("root_pos", "root_quat", "joint_pos", "foot_height", "foot_pos"):
        torch.testing.assert_close(getattr(one, name), getattr(other, name), atol=3e-4, rtol=0, msg=name)
    torch.testing.assert_close(one.joint_vel, other.joint_vel, atol=0.02, rtol=0)
    torch.testing.assert_close(one.torque, other.torque, atol=0.01, rtol=0)
    assert not one.unstable.any()


def test_violent_motion_agrees_where_the_solver_is_given_time(duckling, monkeypatch):
    monkeypatch.setattr(duckling.model.opt, "ls_iterations", 50)
    thorough = SimConfig(physics_hz=250, solver_iterations=30)
    warp, cpu = warp_sim(duckling, 2, thorough), CpuSim(duckling, thorough, 2, num_threads=1)
    cpu.reset(torch.arange(2), pressed(duckling, 2))
    for target in random_targets(duckling, 20, 2):
        warp.step(target)
        cpu.step(target)
    torch.testing.assert_close(warp.state().joint_pos, cpu.state().joint_pos, atol=3e-4, rtol=0)
    torch.testing.assert_close(warp.state().root_pos, cpu.state().root_pos, atol=3e-4, rtol=0)


def test_a_reset_gives_back_the_state_it_was_given(duckling):
    sim, start = warp_sim(duckling, 3), pressed(duckling, 2)
    start.joint_vel[:] = 0.5
    start.lin_vel_w[:, 1] = -0.3
    start.ang_vel_b[:, 2] = 0.7
    sim.reset(torch.tensor([0, 2]), start)
    state = sim.state()
    for field in dataclasses.fields(start):
        assert torch.equal(getattr(state, field.name)[[0, 2]], getattr(start, field.name)), field.name


def test_soles_and_torques_are_derived_at_a_reset_as_on_the_cpu(duckling):
    warp, cpu = warp_sim(duckling, 2), CpuSim(duckling, PHYSICS, 2, num_threads=1)
    start = pressed(duckling, 2)
    start.joint_pos[1] += 0.2
    start.joint_vel[:] = 1.0
    for sim in (warp, cpu):
        sim.reset(torch.arange(2), start)
    for name in DERIVED:
        torch.testing.assert_close(getattr(warp.state(), name), getattr(cpu.state(), name), atol=1e-5, rtol=0, msg=name)


def test_a_reset_of_some_leaves_the_others_alone(duckling):
    sim, undisturbed = warp_sim(duckling, 4), warp_sim(duckling, 4)
    for step, target in enumerate(random_targets(duckling, 6, 4)):
        sim.step(target)
        undisturbed.step(target)
        if step == 2:
            sim.reset(torch.tensor([1, 2]), pressed(duckling, 2))
        for name in FIELDS:
            assert torch.equal(getattr(sim.state(), name)[[0, 3]], getattr(undisturbed.state(), name)[[0, 3]]), name
    assert not torch.allclose(sim.state().joint_pos[1], undisturbed.state().joint_pos[1])


def test_what_a_robot_did_before_its_reset_does_not_matter(duckling):
    sim, fresh = warp_sim(duckling, 1), warp_sim(duckling, 1)
    for target in random_targets(duckling, 5, 1):
        sim.step(target)
    sim.reset(torch.tensor([0]), pressed(duckling, 1))
    for target in random_targets(duckling, 5, 1, seed=1):
        sim.step(target)
        fresh.step(target)
    assert_same(sim.state(), fresh.state())


def test_a_reset_of_nobody_changes_nothing(duckling):
    sim = warp_sim(duckling, 2)
    before = sim.state()
    sim.reset(torch.arange(0), pressed(duckling, 0))
    assert_same(sim.state(), before)


def test_a_state_is_not_changed_by_later_steps_and_resets(duckling):
    sim = warp_sim(duckling, 2)
    state = sim.state()
    kept = {name: getattr(state, name).clone() for name in FIELDS}
    for target in random_targets(duckling, 3, 2):
        sim.step(target)
    sim.reset(torch.tensor([1]), pressed(duckling, 1))
    for name in FIELDS:
        assert torch.equal(getattr(state, name), kept[name]), name


@pytest.mark.parametrize("value", [1e12, math.inf, math.nan])
def test_a_broken_robot_is_reset_alone_and_counted(duckling, value):
    sim, sound = warp_sim(duckling, 3), warp_sim(duckling, 3)
    broken = pressed(duckling, 1)
    broken.joint_vel[0, 2] = value
    sim.reset(torch.tensor([1]), broken)
    for step, target in enumerate(random_targets(duckling, 3, 3)):
        sim.step(target)
        sound.step(target)
        state = sim.state()
        assert state.unstable.tolist() == [False, step == 0, False]
        for name in FIELDS:
            assert getattr(state, name).isfinite().all(), name
            assert torch.equal(getattr(state, name)[[0, 2]], getattr(sound.state(), name)[[0, 2]]), name
    assert sim.num_unstable == 1 and len(sim.dumps) == 1
    assert sim.dumps[0]["qpos"][2] == pytest.approx(duckling.base_height - 1e-3)


def test_only_the_first_few_blow_ups_are_dumped_but_all_are_counted(duckling):
    count = MOST_DUMPS + 2
    sim, broken = warp_sim(duckling, count), pressed(duckling, count)
    broken.joint_vel[:, 2] = math.nan
    sim.reset(torch.arange(count), broken)
    sim.step(broken.joint_pos)
    assert sim.num_unstable == count and len(sim.dumps) == MOST_DUMPS


def test_a_target_that_is_not_a_number_does_not_spoil_the_others(duckling):
    sim, sound = warp_sim(duckling, 2), warp_sim(duckling, 2)
    target = pressed(duckling, 2).joint_pos
    sound.step(target)
    target[0, 0] = math.nan
    sim.step(target)
    assert sim.state().joint_pos.isfinite().all()
    assert torch.equal(sim.state().joint_pos[1], sound.state().joint_pos[1])


def test_tensors_are_the_memory_of_the_simulation(duckling):
    sim = warp_sim(duckling, 2)
    for tensor, array in ((sim._qpos, sim._data.qpos), (sim._ctrl, sim._data.ctrl), (sim._xmat, sim._data.xmat)):
        assert tensor.data_ptr() == array.ptr


def test_a_push_changes_the_velocity_of_that_robot_alone(duckling):
    sim = warp_sim(duckling, 2)
    sim.push(torch.tensor([1]), torch.tensor([[0.3, 0.0, 0.0]]))
    assert sim.state().lin_vel_w.tolist() == [[0.0, 0.0, 0.0], [pytest.approx(0.3), 0.0, 0.0]]


def test_a_field_of_one_robot_is_its_own_and_that_of_the_model_at_first(duckling):
    sim, plain, cpu = warp_sim(duckling, 2), warp_sim(duckling, 2), CpuSim(duckling, PHYSICS, 2, num_threads=1)
    cpu.reset(torch.arange(2), pressed(duckling, 2))
    targets = swaying(duckling, 6, 2)
    for target in targets[:3]:
        for each in (sim, plain, cpu):
            each.step(target)
    for each in (sim, cpu):  # what was recorded by now must be recorded anew
        gain, bias = each.field("actuator_gainprm"), each.field("actuator_biasprm")
        assert gain.shape == (2, duckling.nu, 10)
        gain[1, :, 0] *= 0.5
        bias[1, :, 1:3] *= 0.5
    for target in targets[3:]:
        for each in (sim, plain, cpu):
            each.step(target)
    assert torch.equal(sim.state().joint_pos[0], plain.state().joint_pos[0])
    assert not torch.allclose(sim.state().joint_pos[1], plain.state().joint_pos[1], atol=1e-3)
    torch.testing.assert_close(sim.state().joint_pos, cpu.state().joint_pos, atol=3e-4, rtol=0)
    assert sim.field("actuator_gainprm") is sim.field("actuator_gainprm")


def test_a_field_that_robots_share_is_refused_by_name(duckling):
    with pytest.raises(ConfigError, match="robots cannot differ in 'body_parentid' on the GPU"):
        warp_sim(duckling, 2).field("body_parentid")


def test_a_robot_in_more_contacts_than_there_is_room_for_ends_with_a_reason(duckling, monkeypatch):
    monkeypatch.setattr("webfoot.sim.warp.MOST_CONTACTS", 3)
    sim = warp_sim(duckling, 2)
    with pytest.raises(RobotError, match="more than 3 points, for which the GPU has no room"):
        for target in swaying(duckling, 5, 2):
            sim.step(target)


def test_a_model_that_the_gpu_cannot_simulate_is_refused_with_its_reason(duckling, monkeypatch):
    monkeypatch.setattr(duckling.model.opt, "noslip_iterations", 3)
    with pytest.raises(RobotError, match="robot 'duckling': the GPU cannot simulate it"):
        warp_sim(duckling, 1)


def test_robots_under_every_difficulty_but_bumps_agree_with_the_cpu(duckling):
    """Gains, friction, masses, armature, slopes, and servos with latency and play: every range, at once."""
    config = RandomizeConfig(preset="robust", push_speed=0.0)
    sims = (warp_sim(duckling, 3), CpuSim(duckling, PHYSICS, 3, num_threads=1))
    for sim in sims:
        conditions = Conditions(sim, duckling, config, seed=0)
        sim.reset(torch.arange(3), pressed(duckling, 3))
        for target in swaying(duckling, 15, 3):
            conditions.step(target)
    one, other = (sim.state() for sim in sims)
    for name in ("root_pos", "joint_pos", "encoder_pos", "foot_height"):
        torch.testing.assert_close(getattr(one, name), getattr(other, name), atol=1e-3, rtol=0, msg=name)
    assert not torch.allclose(one.joint_pos[0], one.joint_pos[1], atol=1e-2)


def test_the_task_and_the_learner_work_on_it_as_they_are(duckling):
    config = RandomizeConfig(preset="robust")
    sim = warp_sim(duckling, 4, SimConfig())
    task_config = quiet_config(episode_s=0.1)
    task = WalkTask(duckling, small_reference(duckling), sim, task_config, 0, Conditions(sim, duckling, config, seed=0))
    ppo = Ppo(task.observe(), duckling.nu, PpoConfig(steps=4), None)
    observation = task.observe()
    for _ in range(8):
        transition = task.step(ppo.act(observation))
        ppo.remember(transition)
        observation = transition.observation
        if ppo.algorithm.storage.step == 4:
            assert all(math.isfinite(value) for value in ppo.learn(observation).values())
    assert not transition.unstable.any()
