"""Sensors on numbers worked out by hand; control steps of 20 ms."""

import math

import pytest
import torch

from webfoot.sim.batch import SimState
from webfoot.sim.randomize import RandomizeConfig
from webfoot.sim.sensors import Reading, Sensors

NAMES = tuple(Reading.__dataclass_fields__)


def upright(count=1, gyro=(0.0, 0.0, 0.0), joint_pos=0.0, joint_vel=0.0) -> SimState:
    """Robots of one joint that stand upright."""
    joint = torch.full((count, 1), joint_pos)
    zero = torch.zeros(count, 3)
    return SimState(
        root_pos=zero,
        root_quat=torch.tensor([[1.0, 0.0, 0.0, 0.0]]).repeat(count, 1),
        lin_vel_w=zero,
        ang_vel_b=torch.tensor([gyro]).repeat(count, 1),
        joint_pos=joint + 99.0,  # never looked at: encoders are
        encoder_pos=joint,
        joint_vel=torch.full((count, 1), joint_vel),
        foot_height=zero[:, :1],
        foot_pos=zero[:, None],
        torque=zero[:, :1],
        unstable=torch.zeros(count, dtype=torch.bool),
    )


def sensors(count=1, seed=0, **ranges) -> Sensors:
    config = RandomizeConfig.model_validate({"preset": "off", **ranges})
    return Sensors(config, count, 0.02, torch.Generator().manual_seed(seed))


def started(count=1, seed=0, **ranges) -> Sensors:
    made = sensors(count, seed, **ranges)
    made.restart(upright(count), torch.arange(count))
    return made


def test_ideal_sensors_say_the_truth():
    reading = started().read(upright(gyro=(1.0, 2.0, 3.0), joint_pos=0.4, joint_vel=5.0))
    assert reading.gyro.tolist() == [[1.0, 2.0, 3.0]]
    assert reading.projected_gravity.tolist() == [[0.0, 0.0, -1.0]]
    assert (reading.joint_pos.item(), reading.joint_vel.item()) == (pytest.approx(0.4), 5.0)


@pytest.mark.parametrize(
    ("field", "range_", "size"),
    [("gyro", "gyro_noise", 0.1), ("joint_pos", "joint_noise", 0.03), ("joint_vel", "joint_vel_noise", 2.5)],
)
def test_noise_is_uniform_within_its_range_and_new_every_time(field, range_, size):
    made = started(2000, **{range_: size})
    first, second = (getattr(made.read(upright(2000)), field) for _ in range(2))
    assert first.abs().max() <= size and first.abs().max() > 0.99 * size
    assert first.std().item() == pytest.approx(size / math.sqrt(3), rel=0.05)
    assert not torch.equal(first, second)
    others = [name for name in NAMES if name != field]
    truth = started().read(upright(1))
    for name in others:
        assert torch.equal(getattr(made.read(upright(2000)), name)[:1], getattr(truth, name))


def test_noisy_gravity_stays_a_unit_vector():
    gravity = started(500, gravity_noise=0.1).read(upright(500)).projected_gravity
    torch.testing.assert_close(gravity.norm(dim=1), torch.ones(500))
    assert 0.05 < gravity[:, :2].abs().max() < 0.12


def test_a_bias_stays_for_an_episode_and_is_drawn_anew_for_the_next():
    made = started(3, gyro_bias=0.02)
    first, second = made.read(upright(3)).gyro, made.read(upright(3)).gyro
    assert torch.equal(first, second) and 0 < first.abs().max() <= 0.02
    made.restart(upright(3), torch.tensor([1]))
    third = made.read(upright(3)).gyro
    assert torch.equal(third[[0, 2]], first[[0, 2]]) and not torch.equal(third[1], first[1])


def test_a_tilted_imu_turns_all_it_measures_by_the_same_small_angle():
    made = started(200, imu_tilt=0.02)
    reading = made.read(upright(200, gyro=(0.0, 0.0, -3.0)))  # along gravity
    torch.testing.assert_close(reading.gyro, 3.0 * reading.projected_gravity)
    angle = torch.acos(-reading.projected_gravity[:, 2].clamp(-1, 1))
    assert 0.015 < angle.max() <= 0.02 * math.sqrt(2) + 1e-4
    torch.testing.assert_close(reading.projected_gravity.norm(dim=1), torch.ones(200))


def test_a_delayed_imu_says_what_was_between_two_steps():
    made = started(imu_delay_s=0.03)
    made._delay[:] = 1.25  # control steps
    said = [made.read(upright(gyro=(value, 0.0, 0.0), joint_pos=value)) for value in (1.0, 2.0, 3.0)]
    assert [reading.gyro[0, 0].item() for reading in said] == [0.0, pytest.approx(0.75), pytest.approx(1.75)]
    assert [reading.joint_pos.item() for reading in said] == [1.0, 2.0, 3.0]  # encoders are not late


def test_delays_lie_within_their_range():
    delay = started(500, imu_delay_s=0.03)._delay * 0.02
    assert 0 <= delay.min() < 0.001 and 0.029 < delay.max() <= 0.03


def test_an_episode_begins_with_what_is_true_then_not_with_what_was_before():
    made = started(2, imu_delay_s=0.04)
    made._delay[:] = 2.0
    made.read(upright(2, gyro=(9.0, 0.0, 0.0)))
    reading = made.restart(upright(2, gyro=(1.0, 0.0, 0.0)), torch.tensor([1]))
    assert reading.gyro[1, 0].item() == 1.0
    assert reading.gyro[0, 0].item() == 0.0  # the other robot still waits for its reading


def test_a_restart_leaves_the_readings_of_the_others_alone():
    made = started(3, joint_noise=0.1, gyro_noise=0.1)
    before = made.read(upright(3))
    after = made.restart(upright(3), torch.tensor([0]))
    for name in ("gyro", "joint_pos"):
        assert torch.equal(getattr(after, name)[1:], getattr(before, name)[1:])
        assert not torch.equal(getattr(after, name)[0], getattr(before, name)[0])


def test_encoders_count_in_steps():
    made = started(encoder_step=0.01)
    said = [made.read(upright(joint_pos=value)).joint_pos.item() for value in (0.004, 0.006, -0.017)]
    assert said == [0.0, pytest.approx(0.01), pytest.approx(-0.02)]


def test_gravity_is_where_the_slope_has_it():
    made = started()
    down = torch.tensor([[math.sin(0.1), 0.0, -math.cos(0.1)]])
    made.set_ranges(RandomizeConfig(preset="off"), down)
    torch.testing.assert_close(made.read(upright()).projected_gravity, down)


def test_the_same_seed_gives_the_same_readings():
    robust = RandomizeConfig(preset="robust").model_dump()
    one, same, other = (started(4, seed=seed, **robust) for seed in (1, 1, 2))
    state = upright(4, gyro=(1.0, 0.0, 0.0))
    first, second, third = (made.read(state) for made in (one, same, other))
    for name in NAMES:
        assert torch.equal(getattr(first, name), getattr(second, name))
        assert not torch.equal(getattr(first, name), getattr(third, name))


def test_at_a_level_bias_and_delay_are_just_so_much_and_noise_at_most():
    config = RandomizeConfig(preset="off", gyro_bias=0.4, imu_delay_s=0.04, joint_vel_noise=2.0)
    levels = torch.tensor([0.0, 0.5, 1.0])
    made = Sensors(config, 3, 0.02, torch.Generator().manual_seed(0), levels)
    made.restart(upright(3), torch.arange(3))
    still = made.read(upright(3))
    torch.testing.assert_close(still.gyro.abs(), (0.4 * levels)[:, None].expand(3, 3))
    assert (still.joint_vel[:, 0].abs() <= 2.0 * levels).all()
    turning = [made.read(upright(3, gyro=(1.0, 0.0, 0.0))).gyro[:, 0] - still.gyro[:, 0] for _ in range(3)]
    torch.testing.assert_close(torch.stack(turning), torch.tensor([[1.0, 0, 0], [1.0, 1, 0], [1.0, 1, 1]]))
