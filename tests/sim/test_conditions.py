import math

import pytest
import torch
from standing import FIELDS, assert_same, random_targets, standing, standing_sim

from webfoot.sim.conditions import Conditions
from webfoot.sim.presets import KINDS
from webfoot.sim.randomize import RandomizeConfig


def conditions(sim, robot, seed=0, preset="off", **ranges):
    return Conditions(sim, robot, RandomizeConfig.model_validate({"preset": preset, **ranges}), seed)


def gain_factors(sim, robot):
    """Factor of every servo's stiffness, (N, nu)."""
    return sim.field("actuator_gainprm")[:, :, 0].clone() / torch.from_numpy(robot.kp)


def run(sim, robot, steps=20, made=None):
    for target in random_targets(robot, steps, sim.num_envs):
        made.step(target) if made else sim.step(target)
    return sim.state()


def test_off_is_bit_for_bit_the_bare_simulator(duckling):
    bare, sim = standing_sim(duckling, 3), standing_sim(duckling, 3)
    made = conditions(sim, duckling)
    assert_same(run(sim, duckling, made=made), run(bare, duckling))
    state = sim.state()
    reading = made.read(state)
    assert torch.equal(reading.gyro, state.ang_vel_b) and torch.equal(reading.joint_vel, state.joint_vel)
    assert torch.equal(reading.joint_pos, state.joint_pos)


def test_level_zero_is_bit_for_bit_the_bare_simulator_but_for_the_servos_rounding(duckling):
    bare, sim = standing_sim(duckling, 3), standing_sim(duckling, 3)
    made = conditions(sim, duckling, preset="robust")
    made.set_level(0.0)
    sim.reset(torch.arange(3), standing(duckling, 3))
    bare.reset(torch.arange(3), standing(duckling, 3))
    got, wanted = run(sim, duckling, made=made), run(bare, duckling)
    for name in FIELDS:
        torch.testing.assert_close(getattr(got, name), getattr(wanted, name), atol=1e-3, rtol=1e-3)


def test_every_robot_has_gains_of_its_own_within_the_range(duckling):
    sim = standing_sim(duckling, 64)
    conditions(sim, duckling, gains=0.25)
    factors = gain_factors(sim, duckling)
    torch.testing.assert_close(factors, factors[:, :1].expand_as(factors))  # one factor a robot
    each = factors[:, 0]
    assert 0.8 - 1e-6 <= each.min() < 0.85 and 1.2 < each.max() <= 1.25 + 1e-6
    assert abs(each.log().mean()) < 0.05  # softer and stiffer alike


def test_who_is_spared_stays_as_the_model_has_it(duckling):
    sim = standing_sim(duckling, 8)
    made = conditions(sim, duckling, gains=0.25, mass=0.1, latency_s=0.03, push_speed=0.3, spared_share=0.25)
    assert (gain_factors(sim, duckling)[:2] == 1.0).all() and (gain_factors(sim, duckling)[2:] != 1.0).all()
    mass = torch.from_numpy(sim.model.body_mass).expand(8, -1)
    torch.testing.assert_close(sim.field("body_mass")[:2].double(), mass[:2], atol=1e-7, rtol=1e-6)
    traits = made._traits(made.config)
    assert not traits.latency_s[:2].any() and (traits.latency_s[2:] > 0).all()


def test_targets_turn_as_slowly_as_asked_at_most_and_freely_where_a_robot_is_spared(duckling):
    made = conditions(standing_sim(duckling, 8), duckling, target_rate=2.0, supply_drop=0.2, spared_share=0.25)
    traits, limit = made._traits(made.config), torch.tensor(duckling.velocity_limit, dtype=torch.float32)
    assert traits.rate[:2].isinf().all() and traits.no_load_speed[:2].isinf().all()
    assert (traits.rate[2:] >= 0.5 * limit).all() and traits.rate[2:].isfinite().all()
    assert len(set(traits.rate[2:, 0].tolist())) == 6
    assert (traits.no_load_speed[2:] <= limit).all()


def test_servos_of_a_robot_differ_by_the_gain_error(duckling):
    sim = standing_sim(duckling, 64)
    conditions(sim, duckling, gain_error=0.05)
    factors = gain_factors(sim, duckling)
    assert factors.min() >= 1 / 1.05 - 1e-6 and factors.max() <= 1.05 + 1e-6
    assert (factors.std(dim=1) > 0.01).all()


def test_friction_is_only_lost(duckling):
    sim = standing_sim(duckling, 64)
    conditions(sim, duckling, friction=0.5)
    slide = sim.field("geom_friction")[:, :, 0] / torch.from_numpy(sim.model.geom_friction[:, 0])
    assert 0.5 <= slide.min() < 0.55 and 0.95 < slide.max() <= 1.0


def test_masses_inertias_and_the_centre_of_mass_vary(duckling):
    sim = standing_sim(duckling, 64)
    conditions(sim, duckling, mass=0.1, com=0.01)
    links = torch.from_numpy(sim.model.body_mass) > 0
    mass = (sim.field("body_mass") / torch.from_numpy(sim.model.body_mass))[:, links]
    inertia = (sim.field("body_inertia") / torch.from_numpy(sim.model.body_inertia))[:, links]
    torch.testing.assert_close(inertia, mass[..., None].expand_as(inertia))
    assert 0.9 <= mass.min() < 0.905 and 1.095 < mass.max() <= 1.1
    base = sim.model.body(duckling.base_body).id
    offset = sim.field("body_ipos") - torch.from_numpy(sim.model.body_ipos)
    assert 0.0095 < offset[:, base].abs().max() <= 0.01
    assert (offset[:, [b for b in range(sim.model.nbody) if b != base]] == 0).all()


def test_armature_and_coulomb_friction_vary(duckling):
    sim = standing_sim(duckling, 64)
    conditions(sim, duckling, armature=1.0, joint_friction=0.1)
    dofs = [int(sim.model.joint(name).dofadr[0]) for name in duckling.joint_names]
    armature = sim.field("dof_armature")[:, dofs] / torch.from_numpy(duckling.joint_armature)
    assert 0.5 <= armature.min() < 0.55 and 1.9 < armature.max() <= 2.0
    loss = sim.field("dof_frictionloss")[:, dofs] - torch.from_numpy(sim.model.dof_frictionloss[dofs])
    share = loss / torch.from_numpy(duckling.torque_limit)
    assert 0 <= share.min() < 0.005 and 0.095 < share.max() <= 0.1 + 1e-6


def test_a_slope_tilts_gravity_in_the_simulator_and_for_the_sensors_alike(duckling):
    sim = standing_sim(duckling, 64)
    made = conditions(sim, duckling, slope_deg=10)
    gravity = sim.field("gravity")
    torch.testing.assert_close(gravity.norm(dim=1), torch.full((64,), 9.81, dtype=gravity.dtype))
    tilt = torch.rad2deg(torch.acos(-gravity[:, 2] / 9.81))
    assert 8 < tilt.max() <= 10 + 1e-6
    reading = made.restart(sim.state(), torch.arange(64))  # upright on the ground: the base frame is the ground's
    torch.testing.assert_close(reading.projected_gravity, (gravity / 9.81).float())


def test_a_robot_slides_down_a_slope_of_ice(duckling):
    sim = standing_sim(duckling, 8)
    conditions(sim, duckling, slope_deg=20, friction=0.95)
    sim.field("geom_friction")[:, :, 0] = 0.001
    for _ in range(15):
        sim.step(standing(duckling, 8).joint_pos)
    moved, pull = sim.state().lin_vel_w[:, :2], sim.field("gravity")[:, :2].float()
    assert ((moved * pull).sum(dim=1) > 0).all()


def test_the_same_seed_draws_the_same_robots_and_another_seed_others(duckling):
    drawn = []
    for seed in (1, 1, 2):
        sim = standing_sim(duckling, 4)
        conditions(sim, duckling, seed, preset="robust")
        drawn.append(gain_factors(sim, duckling))
    assert torch.equal(drawn[0], drawn[1]) and not torch.equal(drawn[0], drawn[2])


def test_a_level_scales_around_the_same_robots_and_goes_back(duckling):
    sim = standing_sim(duckling, 8)
    made = conditions(sim, duckling, preset="robust", gain_error=0)
    full = gain_factors(sim, duckling).log()
    made.set_level(0.5)
    torch.testing.assert_close(gain_factors(sim, duckling).log(), full * math.log(1.125) / math.log(1.25))
    made.set_level({"servo": 0.0})
    torch.testing.assert_close(gain_factors(sim, duckling), torch.ones_like(full))
    made.set_level(1.0)
    torch.testing.assert_close(gain_factors(sim, duckling).log(), full)


def test_an_unknown_kind_of_difficulty_is_a_fault_of_the_caller(duckling):
    made = conditions(standing_sim(duckling, 1), duckling)
    with pytest.raises(KeyError, match="weather"):
        made.set_level({"weather": 1.0})


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_by_itself_leaves_readings_finite_and_changes_something(duckling, kind):
    bare, sim = standing_sim(duckling, 4), standing_sim(duckling, 4)
    made = conditions(sim, duckling, preset="robust", push_every_s=0.2, slope_deg=1.0)
    made.set_level(dict.fromkeys(KINDS, 0.0) | {kind: 1.0})
    plain = conditions(bare, duckling)
    for one in (sim, bare):
        one.reset(torch.arange(4), standing(duckling, 4))
    made.restart(sim.state(), torch.arange(4))
    run(sim, duckling, made=made), run(bare, duckling, made=plain)
    got, wanted = made.read(sim.state()), plain.read(bare.state())
    names = ("gyro", "projected_gravity", "joint_pos", "joint_vel")
    assert all(getattr(got, name).isfinite().all() for name in names)
    assert any(not torch.allclose(getattr(got, name), getattr(wanted, name), atol=1e-4) for name in names)


def test_a_load_is_a_share_of_the_whole_robot_and_lies_on_its_base(duckling):
    sim = standing_sim(duckling, 3)
    config = RandomizeConfig(preset="off", payload=0.5)
    Conditions(sim, duckling, config, 0, exactly=torch.tensor([0.0, 0.5, 1.0]))
    mass, base = sim.field("body_mass"), sim.model.body(duckling.base_body).id
    own, whole = sim.model.body_mass, float(sim.model.body_subtreemass[base])
    added = mass[:, base] - float(own[base])
    torch.testing.assert_close(added, torch.tensor([0.0, 0.25, 0.5]).to(added) * whole)
    others = [body for body in range(sim.model.nbody) if body != base]
    torch.testing.assert_close(mass[:, others], torch.from_numpy(own[others]).to(mass).expand(3, -1))
