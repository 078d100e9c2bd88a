import math

import numpy as np
import pytest
import torch

from small_walk import small_reference
from webfoot.motion.reference import COMMAND_UNITS, Reference, fourier_basis
from webfoot.task.series import ReferenceSeries

HARMONICS = [1, 2, 3, 4, 7, 8, 13]


def made_of(coefficients, commands=((0.0, 0.0, 0.0),), nu=2, feet=2, period_s=0.8) -> ReferenceSeries:
    """A series of given coefficients, (C, 1 + 2K, 2 nu + 6 + feet)."""
    names = tuple(f"clip{i}" for i in range(len(commands)))
    return ReferenceSeries(Reference(np.asarray(coefficients), np.asarray(commands), period_s, names, nu, feet))


def random_series(harmonics, clips=1, nu=2, feet=2, period_s=0.8):
    generator = np.random.default_rng(harmonics)
    coefficients = generator.normal(size=(clips, 1 + 2 * harmonics, 2 * nu + 6 + feet))
    return made_of(coefficients, generator.uniform(-0.05, 0.05, (clips, 3)), nu, feet, period_s)


def on_circle(phase):
    return torch.stack([(2 * math.pi * phase).cos(), (2 * math.pi * phase).sin()], dim=-1)


@pytest.mark.parametrize("harmonics", HARMONICS)
def test_the_basis_from_cos_and_sin_alone_is_the_fourier_basis(harmonics):
    size = 1 + 2 * harmonics  # servo targets are the basis itself: one joint for every basis function
    coefficients = np.concatenate([np.zeros((size, size + 8)), np.eye(size)], axis=1)[None]
    phase = torch.linspace(0.0, 1.0, 9)
    basis = made_of(coefficients, nu=size).servo_target(torch.zeros(9, 3), on_circle(phase))
    np.testing.assert_allclose(basis, fourier_basis(phase.numpy(), harmonics), atol=2e-5)


@pytest.mark.parametrize("harmonics", HARMONICS)
def test_servo_targets_from_an_observation_are_those_of_the_state(harmonics):
    series = random_series(harmonics, clips=3)
    phase = torch.rand(6, generator=torch.Generator().manual_seed(0))
    command = series.commands[[0, 1, 2, 0, 1, 2]] + 0.01
    state = series.state(series.blend(command), phase)
    torch.testing.assert_close(series.servo_target(command, on_circle(phase)), state.servo_target, atol=1e-4, rtol=0)


@pytest.mark.parametrize("harmonics", HARMONICS)
def test_joint_speeds_are_the_slope_of_the_joint_angles(harmonics):
    series = random_series(harmonics, period_s=0.6)
    phase, step = np.linspace(0.0, 0.95, 7), 1e-6
    coefficients = series.coefficients[0].numpy().astype(np.float64)
    ahead, behind = (fourier_basis(phase + d, harmonics) @ coefficients[:, :2] for d in (step, -step))
    slope = (ahead - behind) / (2 * step * 0.6)
    found = series.state(series.coefficients.repeat(7, 1, 1), torch.tensor(phase, dtype=torch.float32)).joint_vel
    np.testing.assert_allclose(found, slope, atol=1e-3 * np.abs(slope).max())


def test_every_channel_comes_out_where_it_belongs():
    channels = np.arange(12.0)  # nu 2, feet 2: joints 0 1, height 2, tilt 3 4, velocity 5 6 7, feet 8 9, servos 10 11
    series = made_of(np.stack([channels, 0 * channels, 0 * channels])[None])
    state = series.state(series.coefficients, torch.tensor([0.3]))
    assert state.joint_pos.tolist() == [[0.0, 1.0]]
    assert state.base_height.tolist() == [2.0]
    assert state.tilt.tolist() == [[3.0, 4.0]]
    assert state.velocity.tolist() == [[5.0, 6.0, 7.0]]
    assert state.foot_height.tolist() == [[8.0, 9.0]]
    assert state.servo_target.tolist() == [[10.0, 11.0]]
    assert state.joint_vel.tolist() == [[0.0, 0.0]]


def two_clips(distance):
    """Clips that are 0 and 1 everywhere, `distance` apart in forward speed."""
    coefficients = np.stack([np.zeros((3, 12)), np.concatenate([np.ones((1, 12)), np.zeros((2, 12))])])
    return made_of(coefficients, ((0.0, 0.0, 0.0), (distance, 0.0, 0.0)))


def test_blending_weighs_clips_by_their_distance():
    width = COMMAND_UNITS[0]
    series = two_clips(2 * width)
    forward = torch.tensor([[0.0, 0, 0], [width, 0, 0], [2 * width, 0, 0]])
    share = series.blend(forward)[:, 0, 0]
    near = 1 / (1 + math.exp(-2.0))  # two widths away: exp(-2^2 / 2) against 1
    torch.testing.assert_close(share, torch.tensor([1 - near, 0.5, near]))


def test_a_command_far_from_a_clip_does_not_hear_of_it():
    series = two_clips(1.0)
    assert series.blend(torch.tensor([[0.0, 0, 0], [1.0, 0, 0]]))[:, 0, 0].tolist() == [0.0, 1.0]


def test_a_command_far_from_every_clip_gets_the_nearest():
    blended = two_clips(0.5).blend(torch.tensor([[50.0, 0.0, 0.0], [-50.0, 0.0, 0.0]]))
    assert blended[:, 0, 0].tolist() == [1.0, 0.0]


def test_a_single_clip_is_itself_for_every_command():
    series = random_series(3)
    blended = series.blend(torch.tensor([[0.0, 0.0, 0.0], [9.0, -9.0, 9.0]]))
    torch.testing.assert_close(blended, series.coefficients.repeat(2, 1, 1))


def test_the_series_agrees_with_the_reference_it_is_made_of(duckling):
    reference = small_reference(duckling)
    series = ReferenceSeries(reference)
    phase = np.linspace(0.0, 0.9, 5)
    state = series.state(series.coefficients.repeat(5, 1, 1), torch.tensor(phase, dtype=torch.float32))
    np.testing.assert_allclose(state.joint_pos, reference.joint_pos(0, phase), atol=1e-5)
    assert (series.nu, series.num_feet, series.period_s) == (duckling.nu, 2, reference.period_s)


def test_a_symmetric_walk_is_its_mirror_image_half_a_cycle_later(duckling, series):
    mirror = duckling.mirror
    phase = torch.linspace(0.0, 0.9, 8)
    now, later = (series.state(series.coefficients.repeat(8, 1, 1), p % 1.0) for p in (phase, phase + 0.5))
    for name in ("joint_pos", "joint_vel", "servo_target"):
        np.testing.assert_allclose(getattr(later, name), mirror(getattr(now, name).numpy()), atol=1e-4, err_msg=name)
    torch.testing.assert_close(later.foot_height, now.foot_height.flip(-1), atol=1e-5, rtol=0)
    torch.testing.assert_close(later.tilt, now.tilt * torch.tensor([-1.0, 1.0]), atol=1e-5, rtol=0)


@pytest.mark.parametrize("length", [0.0, 0.5, 1.5, 1000.0])
def test_a_phase_vector_off_the_unit_circle_overflows_nothing(length):
    coefficients = torch.ones(1, 1 + 2 * 256, 1)
    series, phase = made_of(coefficients, nu=1), torch.linspace(0.01, 0.99, 9)
    target = series.servo_target(torch.zeros(9, 3), length * on_circle(phase))
    assert target.isfinite().all()
    if length:
        on = series.servo_target(torch.zeros(9, 3), on_circle(phase))
        torch.testing.assert_close(target, on, atol=0.02, rtol=0)
