"""Robots exactly at their level, in numbers worked out by hand."""

import pytest
import torch

from webfoot.sim.bodies import down, gain_factor
from webfoot.sim.draws import draw_exactly
from webfoot.sim.randomize import RandomizeConfig

LEVELS = torch.tensor([0.0, 0.25, 0.5, 1.0])


def exactly(**ranges):
    config = RandomizeConfig.model_validate({"preset": "off", **ranges})
    return config, draw_exactly(LEVELS, config, nu=3, nbody=4, seed=0)


def test_gains_are_off_by_just_so_much_up_or_down():
    config, draws = exactly(gains=1.0)
    factor = gain_factor(config, draws)[:, 0]
    up = torch.maximum(factor, 1 / factor)
    torch.testing.assert_close(up, torch.tensor([1.0, 1.25, 1.5, 2.0]))


def test_every_servo_has_a_gain_of_its_own():
    config, draws = exactly(gain_error=0.5)
    factor = gain_factor(config, draws)
    assert factor.shape == (4, 3)
    torch.testing.assert_close(torch.maximum(factor, 1 / factor)[3], torch.full((3,), 1.5))


def test_slopes_are_just_so_steep_in_any_direction():
    config, draws = exactly(slope_deg=10.0)
    steep = torch.rad2deg(torch.acos(-down(config, draws)[:, 2]))
    torch.testing.assert_close(steep, torch.tensor([0.0, 2.5, 5.0, 10.0]), atol=0.02, rtol=0)


@pytest.mark.parametrize("name", ["friction", "payload", "latency", "backlash", "supply", "rate", "joint_friction"])
def test_what_can_only_be_worse_is_so_much_worse(name):
    draws = exactly()[1]
    torch.testing.assert_close(getattr(draws, name).reshape(4, -1)[:, 0], LEVELS)


@pytest.mark.parametrize("name", ["mass", "com", "offset"])
def test_what_can_be_more_or_less_is_so_far_off_either_way(name):
    values = getattr(exactly()[1], name)
    torch.testing.assert_close(values.abs(), LEVELS[:, None].expand_as(values))
    assert values.min() == -1.0 and values.max() == 1.0


def test_the_level_of_a_range_is_the_level_of_another_seed():
    config = RandomizeConfig(preset="robust")
    one, other = (draw_exactly(LEVELS, config, 3, 4, seed) for seed in (1, 2))
    assert torch.equal(one.offset.abs(), other.offset.abs()) and not torch.equal(one.offset, other.offset)
