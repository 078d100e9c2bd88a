import dataclasses

import pytest
import torch
from pydantic import ValidationError

from webfoot.sim.batch import StartState
from webfoot.sim.cpu import CpuSim
from webfoot.sim.model import SimConfig
from webfoot.sim.rotations import heading, projected_gravity
from webfoot.task.start import StartConfig, join_starts, reference_start, settle, standing_start

QUIET = StartConfig(joint_noise=0.0, velocity_noise=0.0)
NOISY = StartConfig(joint_noise=0.1, velocity_noise=0.2)


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def start_of(count, value):
    return StartState(*(torch.full((count, width), value) for width in (3, 4, 3, 3, 2, 2)))


@pytest.fixture(scope="module")
def settled(duckling):
    return settle(CpuSim(duckling, SimConfig(), 2, num_threads=1), duckling, settle_s=0.5)


def test_a_settled_robot_stands_still_upright_over_its_own_feet(duckling, settled):
    assert all(len(getattr(settled, field.name)) == 1 for field in dataclasses.fields(StartState))
    assert settled.root_pos[0, :2].tolist() == [0.0, 0.0]
    assert float(settled.root_pos[0, 2]) == pytest.approx(duckling.base_height, abs=0.005)
    assert float(projected_gravity(settled.root_quat)[0, 2]) < -0.99
    assert not settled.lin_vel_w.any() and not settled.ang_vel_b.any() and not settled.joint_vel.any()
    default = torch.tensor(duckling.default_pos, dtype=torch.float32)
    assert (settled.joint_pos[0] - default).abs().max() < 0.15


def test_without_time_to_settle_the_robot_is_in_its_default_pose(duckling):
    start = settle(CpuSim(duckling, SimConfig(), 1, num_threads=1), duckling, settle_s=0.0)
    assert start.joint_pos[0].tolist() == pytest.approx(duckling.default_pos.tolist(), abs=1e-6)


def test_standing_robots_without_noise_are_the_settled_one(settled):
    start = standing_start(settled, 3, QUIET, generator())
    for field in dataclasses.fields(StartState):
        values = getattr(start, field.name)
        assert torch.equal(values, getattr(settled, field.name).expand_as(values)), field.name
        assert len(values) == 3


def test_noise_at_the_start_stays_within_its_bound_and_reaches_it(settled):
    start = standing_start(settled, 400, NOISY, generator())
    error = (start.joint_pos - settled.joint_pos).abs()
    assert 0.095 < error.max() <= 0.1
    assert 0.19 < start.lin_vel_w.abs().max() <= 0.2
    assert abs(float((start.joint_pos - settled.joint_pos).mean())) < 0.005


def test_the_same_seed_gives_the_same_noise(settled):
    first, again, other = (standing_start(settled, 4, NOISY, generator(seed)) for seed in (1, 1, 2))
    assert torch.equal(first.joint_pos, again.joint_pos)
    assert not torch.equal(first.joint_pos, other.joint_pos)


def test_a_start_from_the_reference_is_on_the_reference(followed):
    reference = followed.reference
    start = reference_start(reference, QUIET, generator())
    assert torch.equal(start.joint_pos, reference.joint_pos)
    assert torch.equal(start.joint_vel, reference.joint_vel)
    assert torch.equal(start.root_pos[:, 2], reference.base_height)
    assert torch.equal(start.lin_vel_w[:, :2], reference.velocity[:, :2])
    assert torch.equal(start.ang_vel_b[:, 2], reference.velocity[:, 2])
    torch.testing.assert_close(start.root_quat.norm(dim=1), torch.ones(5))
    torch.testing.assert_close(projected_gravity(start.root_quat)[:, :2], followed.gravity_b[:, :2], atol=1e-4, rtol=0)
    torch.testing.assert_close(heading(start.root_quat), torch.zeros(5), atol=1e-3, rtol=0)


def test_noise_spreads_starts_from_the_reference(followed):
    start = reference_start(followed.reference, NOISY, generator())
    assert 0.05 < (start.joint_pos - followed.reference.joint_pos).abs().max() <= 0.1
    assert torch.equal(start.joint_vel, followed.reference.joint_vel)


def test_joined_starts_are_the_first_where_chosen():
    joined = join_starts(start_of(3, 1.0), start_of(3, 2.0), torch.tensor([[True], [False], [True]]))
    for field in dataclasses.fields(StartState):
        assert getattr(joined, field.name)[:, 0].tolist() == [1.0, 2.0, 1.0], field.name


@pytest.mark.parametrize(("field", "value"), [("standing_share", 1.1), ("joint_noise", -0.1), ("settle_s", 6.0)])
def test_starts_that_mean_nothing_are_refused(field, value):
    with pytest.raises(ValidationError, match=field):
        StartConfig.model_validate({field: value})
