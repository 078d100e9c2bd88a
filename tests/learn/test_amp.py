import copy
import dataclasses

import pytest
import torch
from toy import blank_state, outcome, seen

from webfoot.learn.amp import StyleConfig, StyleReward
from webfoot.learn.discriminator import LOSSES

ROBOTS, FEATURES = 8, 18
"""A robot of one joint and one foot has 18 features."""


def state_at(position, count=ROBOTS):
    return dataclasses.replace(blank_state(count), joint_offset=torch.full((count, 1), position))


def frames(seed=0, robots=8, steps=20):
    """Demonstrations at 1 rad with a little noise everywhere."""
    generator = torch.Generator().manual_seed(seed)
    noise = 0.05 * torch.randn(robots, steps, FEATURES, generator=generator)
    noise[..., 0] += 1.0
    return noise


def style(**config):
    torch.manual_seed(0)
    options = {"weight": 0.5, "final_weight": 0.5, "hidden_size": 16, "batch_size": 64, "updates": 2, **config}
    made = StyleReward(state_at(0.0), torch.full((FEATURES,), 0.1), StyleConfig.model_validate(options))
    made.show(frames(), state_at(0.0))
    return made


def step(position, reward=1.0, terminated=None, truncated=None):
    transition = outcome(seen(torch.zeros(ROBOTS, 1)), torch.full((ROBOTS,), reward), terminated, truncated)
    return dataclasses.replace(transition, after=state_at(position))


def learnt(made, position, rounds=30):
    """The adversary after it has seen robots at a position for some time, and its last metrics."""
    metrics = {}
    for _ in range(rounds):
        made.pay(step(position), state_at(position))
        metrics = made.learn()
    return metrics


@pytest.mark.parametrize("loss", LOSSES)
def test_the_adversary_learns_to_pay_for_what_was_demonstrated(loss):
    made = style(loss=loss, gradient_penalty=0.1, learning_rate=1e-2)
    metrics = learnt(made, position=-1.0)
    assert metrics["style/accuracy_policy"] > 0.9 and metrics["style/accuracy_demo"] > 0.9
    assert metrics["style/held_out"] > metrics["style/reward"]
    assert metrics["style/logit_spread"] > 0


def test_every_metric_of_its_health_is_finite():
    assert all(torch.tensor(value).isfinite() for value in learnt(style(), 0.0, rounds=1).values())


def test_the_gap_is_smaller_for_what_was_demonstrated():
    assert learnt(style(), 1.0, rounds=2)["style/gap"] < learnt(style(), -1.0, rounds=2)["style/gap"]


def test_the_reward_is_shared_by_the_weight():
    alone, shared, none = (style(weight=w, final_weight=w).pay(step(0.0), state_at(0.0)).reward for w in (1.0, 0.5, 0))
    torch.testing.assert_close(none, torch.ones(ROBOTS))
    torch.testing.assert_close(shared, 0.5 * alone + 0.5)


def test_the_weight_goes_from_the_first_to_the_last_over_the_ramp():
    made = style(weight=0.0, final_weight=0.4, ramp=4)
    weights = []
    for _ in range(6):
        weights.append(made.weight)
        made.pay(step(0.0), state_at(0.0))
        made.learn()
    assert weights == pytest.approx([0.0, 0.1, 0.2, 0.3, 0.4, 0.4])


def test_a_robot_that_just_began_earns_what_the_others_earn():
    made = style(frames=3)
    made.pay(step(0.0), state_at(0.0))  # nobody has three frames yet but after the next step all have
    made.pay(step(0.0, terminated=[True] + [False] * 7), state_at(0.0))
    reward = made.pay(step(1.0), state_at(1.0)).reward
    torch.testing.assert_close(reward[0], reward[1:].mean())


def test_what_ended_an_episode_is_judged_with_what_led_there_not_with_the_reset():
    made = style()
    made.pay(step(0.2), state_at(0.2))
    made.pay(step(0.4, terminated=[True] * ROBOTS), state_at(-5.0))
    made.pay(step(-4.0), state_at(-4.0))
    middle = (torch.stack(made._fresh)[:, 0, [0, FEATURES]] * made._scale[0] + made._centre[0]).tolist()
    assert middle[0] == pytest.approx([0.0, 0.2], abs=1e-5)
    assert middle[1] == pytest.approx([0.2, 0.4], abs=1e-5)
    assert middle[2] == pytest.approx([-5.0, -4.0], abs=1e-5)


def test_its_whole_state_can_be_taken_up_again():
    made, other = style(), style(learning_rate=1e-3)
    learnt(made, -1.0, rounds=3)
    other.load_state_dict(copy.deepcopy(made.state_dict()), state_at(0.0))
    for one in (made, other):
        torch.manual_seed(7)
        one._windows = type(one._windows)(one._scaled(state_at(0.0)), 2)
        one.pay(step(0.3), state_at(0.3))
    first, second = ((torch.manual_seed(3), one.learn())[1] for one in (made, other))
    assert first == pytest.approx(second)
    assert len(other._replay) == len(made._replay) > 0
