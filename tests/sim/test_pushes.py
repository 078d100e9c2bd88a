import math

import torch

from webfoot.sim.draws import Draws, draw, draw_exactly
from webfoot.sim.pushes import Pushes
from webfoot.sim.randomize import RandomizeConfig


def pushes(count, seed=0, **options):
    return of(draw(count, 1, 2, seed), seed, **options)


def of(draws: Draws, seed=0, speed=0.3, every_s=3.0, towards_deg=None):
    config = RandomizeConfig(preset="off", push_every_s=every_s, push_towards_deg=towards_deg)
    made = Pushes(draws, config, 0.02, torch.Generator().manual_seed(seed))
    made.speed = speed
    return made


def happened(made, steps, heading=0.0):
    """Step, robot and velocity of every push, of robots that all look one way [rad]."""
    found = []
    for step in range(steps):
        env_ids, velocity = made.due(torch.full_like(made._left, heading))
        found += [(step, robot, v) for robot, v in zip(env_ids.tolist(), velocity, strict=True)]
    return found


def test_pushes_are_as_strong_as_asked_level_and_in_every_direction():
    velocity = torch.stack([v for *_, v in happened(pushes(64), 1000)])
    torch.testing.assert_close(velocity.norm(dim=1), torch.full((len(velocity),), 0.3))
    assert (velocity[:, 2] == 0).all()
    assert velocity[:, :2].mean(dim=0).abs().max() < 0.03


def test_pushes_come_as_often_as_asked_and_not_all_at_once():
    found = happened(pushes(64), 3000)  # 60 s
    assert abs(len(found) / 64 - 20) < 1
    by_robot = [[step for step, robot, _ in found if robot == one] for one in range(64)]
    gaps = [later - sooner for steps in by_robot for sooner, later in zip(steps, steps[1:], strict=False)]
    assert min(gaps) >= 75 and max(gaps) <= 225  # 1.5 s to 4.5 s
    assert len({steps[0] for steps in by_robot}) > 30


def test_a_new_episode_begins_without_a_push_under_way():
    made = pushes(2)
    made._left[:] = 1.0
    made.restart(torch.tensor([1]))
    env_ids, _ = made.due(torch.zeros(2))
    assert env_ids.tolist() == [0]


def test_the_same_seed_pushes_alike():
    first, second, other = (happened(pushes(8, seed=seed), 300) for seed in (1, 1, 2))
    assert [(s, r) for s, r, _ in first] == [(s, r) for s, r, _ in second] != [(s, r) for s, r, _ in other]


def test_who_is_spared_is_never_pushed():
    found = happened(of(draw(4, 1, 2, 0, spared_share=0.5), every_s=0.5), 300)
    assert {robot for _, robot, _ in found} == {2, 3}


def test_pushes_go_by_where_the_robot_looks():
    velocity = torch.stack([v for *_, v in happened(pushes(8, towards_deg=90.0), 300, heading=math.pi / 2)])
    torch.testing.assert_close(velocity, torch.tensor([[-0.3, 0.0, 0.0]]).expand_as(velocity), atol=1e-6, rtol=0)


def test_who_has_half_the_level_gets_half_the_push():
    config = RandomizeConfig(preset="off", push_speed=0.3)
    found = happened(of(draw_exactly(torch.tensor([0.5, 1.0, 0.0]), config, 1, 2, 0)), 600)
    sizes = {robot: round(float(v.norm()), 6) for _, robot, v in found}
    assert sizes == {0: 0.15, 1: 0.3, 2: 0.0}
