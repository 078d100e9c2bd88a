import pytest
import torch
from standing import standing_sim

from webfoot.sim.randomize import RandomizeConfig, randomize


def gain_factors(sim, robot):
    """Factor of every servo's stiffness, (N, nu)."""
    return torch.from_numpy(sim._batch.expand("actuator_gainprm")[:, :, 0].copy() / robot.kp)


def test_every_robot_has_gains_of_its_own_within_the_range(duckling):
    sim = standing_sim(duckling, 64)
    randomize(sim, RandomizeConfig(gains=0.25), seed=0)
    factors = gain_factors(sim, duckling)
    torch.testing.assert_close(factors, factors[:, :1].expand_as(factors))  # one factor a robot
    each = factors[:, 0]
    assert 0.8 - 1e-6 <= each.min() < 0.85 and 1.2 < each.max() <= 1.25 + 1e-6
    assert abs(each.log().mean()) < 0.05  # softer and stiffer alike


def test_friction_varies_by_its_own_range(duckling):
    sim = standing_sim(duckling, 64)
    randomize(sim, RandomizeConfig(gains=0.0, friction=1.0), seed=0)
    slide = sim._batch.expand("geom_friction")[:, 0, 0] / sim.model.geom_friction[0, 0]
    assert 0.5 <= slide.min() < 0.6 and 1.7 < slide.max() <= 2.0
    assert gain_factors(sim, duckling) == pytest.approx(1.0)


def test_the_same_seed_draws_the_same_robots_and_another_seed_others(duckling):
    drawn = []
    for seed in (1, 1, 2):
        sim = standing_sim(duckling, 4)
        randomize(sim, RandomizeConfig(), seed)
        drawn.append(gain_factors(sim, duckling))
    assert torch.equal(drawn[0], drawn[1]) and not torch.equal(drawn[0], drawn[2])
