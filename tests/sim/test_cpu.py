import dataclasses

import pytest
import torch
from standing import FIELDS, assert_same, random_targets, standing, standing_sim

from webfoot.sim.batch import StartState
from webfoot.sim.cpu import CpuSim
from webfoot.sim.model import SimConfig


def random_start(robot, count, seed=0):
    """Somewhere above the floor, turned and moving."""
    generator = torch.Generator().manual_seed(seed)

    def draw(width):
        return torch.rand((count, width), generator=generator) - 0.5

    quat = torch.cat([torch.ones(count, 1), draw(3)], dim=1)
    pose = torch.tensor(robot.default_pos, dtype=torch.float32) + 0.1 * draw(robot.nu)
    return StartState(
        root_pos=draw(3) + torch.tensor([0.0, 0.0, 1.5]),
        root_quat=quat / quat.norm(dim=1, keepdim=True),
        lin_vel_w=draw(3),
        ang_vel_b=draw(3),
        joint_pos=pose,
        joint_vel=draw(robot.nu),
    )


def test_a_reset_gives_back_the_state_it_was_given(duckling):
    sim = standing_sim(duckling, 3)
    start = random_start(duckling, 3)
    sim.reset(torch.arange(3), start)
    state = sim.state()
    for field in dataclasses.fields(StartState):
        torch.testing.assert_close(getattr(state, field.name), getattr(start, field.name), atol=1e-6, rtol=0)
    assert not state.unstable.any()


def test_a_reset_holds_the_pose_that_it_starts_from(duckling):
    sim = standing_sim(duckling, 1)
    start = dataclasses.replace(standing(duckling, 1), joint_pos=standing(duckling, 1).joint_pos + 0.1)
    sim.reset(torch.tensor([0]), start)
    assert sim.state().torque.abs().max() < 1e-4  # the servos are where they are asked to be


def test_a_reset_of_some_leaves_the_others_alone(duckling):
    sim = standing_sim(duckling, 4)
    for target in random_targets(duckling, 3, 4):
        sim.step(target)
    before = sim.state()
    sim.reset(torch.tensor([1, 2]), random_start(duckling, 2))
    after = sim.state()
    for name in FIELDS:
        assert torch.equal(getattr(after, name)[[0, 3]], getattr(before, name)[[0, 3]]), name
    assert not torch.allclose(after.root_pos[[1, 2]], before.root_pos[[1, 2]])


def test_a_reset_of_nobody_changes_nothing(duckling):
    sim = standing_sim(duckling, 2)
    before = sim.state()
    sim.reset(torch.arange(0), standing(duckling, 0))
    assert_same(sim.state(), before)


def test_a_state_is_not_changed_by_later_steps(duckling):
    sim = standing_sim(duckling, 2)
    state = sim.state()
    kept = {name: getattr(state, name).clone() for name in FIELDS}
    for target in random_targets(duckling, 3, 2):
        sim.step(target)
    for name in FIELDS:
        assert torch.equal(getattr(state, name), kept[name]), name


def test_the_same_targets_give_the_same_trajectory_bit_for_bit(duckling):
    first, second = standing_sim(duckling, 2), standing_sim(duckling, 2)
    for target in random_targets(duckling, 20, 2):
        first.step(target)
        second.step(target)
        assert_same(first.state(), second.state())


def test_the_number_of_threads_does_not_change_a_trajectory(duckling):
    one = CpuSim(duckling, SimConfig(), 3, num_threads=1)
    two = CpuSim(duckling, SimConfig(), 3, num_threads=2)
    for target in random_targets(duckling, 10, 3):
        one.step(target)
        two.step(target)
    assert_same(one.state(), two.state())


def test_robots_stepped_together_go_as_each_alone(duckling):
    targets = random_targets(duckling, 15, 3)
    together = standing_sim(duckling, 3)
    for target in targets:
        together.step(target)
    for env in range(3):
        alone = standing_sim(duckling, 1)
        for target in targets:
            alone.step(target[env : env + 1])
        for name in FIELDS:
            assert torch.equal(getattr(together.state(), name)[env], getattr(alone.state(), name)[0]), name


def test_a_control_step_takes_its_length_of_time(duckling):
    sim = CpuSim(duckling, SimConfig(control_hz=50, physics_hz=1000), 1, num_threads=1)
    start = dataclasses.replace(standing(duckling, 1), root_pos=torch.tensor([[0.0, 0.0, 5.0]]))
    sim.reset(torch.tensor([0]), start)
    for _ in range(5):
        sim.step(start.joint_pos)
    assert float(sim.state().lin_vel_w[0, 2]) == pytest.approx(-9.81 * 0.1, rel=1e-2)  # free fall for 0.1 s
    assert sim.control_dt == pytest.approx(0.02)


def test_the_soles_of_the_standing_duckling_are_on_the_floor(duckling):
    sim = standing_sim(duckling, 2)
    torch.testing.assert_close(sim.state().foot_height, torch.zeros(2, 2), atol=1e-5, rtol=0)
    for _ in range(50):
        sim.step(standing(duckling, 2).joint_pos)
    assert sim.state().foot_height.abs().max() < 0.004


def test_foot_height_is_that_of_the_lowest_corner(duckling):
    sim = standing_sim(duckling, 1)
    lifted = torch.tensor([[0.0, 0.0, 0.1 + duckling.base_height]])
    sim.reset(torch.tensor([0]), dataclasses.replace(standing(duckling, 1), root_pos=lifted))
    torch.testing.assert_close(sim.state().foot_height, torch.full((1, 2), 0.1), atol=1e-5, rtol=0)
    ankle = standing(duckling, 1).joint_pos
    ankle[0, duckling.joint_names.index("left_ankle")] += 0.3
    sim.reset(torch.tensor([0]), dataclasses.replace(standing(duckling, 1), root_pos=lifted, joint_pos=ankle))
    left, right = sim.state().foot_height[0].tolist()
    assert left < 0.1 - 0.005  # a tilted sole has a corner lower than a flat one
    assert right == pytest.approx(0.1, abs=1e-5)


def test_mirrored_robots_move_as_mirror_images(duckling):
    mirror = duckling.mirror
    order, sign = torch.tensor(mirror.permutation), torch.tensor(mirror.sign, dtype=torch.float32)
    sim = standing_sim(duckling, 2)
    for target in random_targets(duckling, 5, 1):
        sim.step(torch.cat([target, target[:, order] * sign]))
    state = sim.state()
    torch.testing.assert_close(state.joint_pos[1], state.joint_pos[0, order] * sign, atol=1e-4, rtol=0)
    torch.testing.assert_close(state.root_pos[1], state.root_pos[0] * torch.tensor([1.0, -1, 1]), atol=1e-4, rtol=0)
    torch.testing.assert_close(
        state.root_quat[1], state.root_quat[0] * torch.tensor([1.0, -1, 1, -1]), atol=1e-4, rtol=0
    )
