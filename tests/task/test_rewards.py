import dataclasses
import math

import pytest
import torch
from pydantic import ValidationError

from small_walk import mirrored_state, off_reference
from webfoot.task.rewards import REWARDS, RewardConfig, reward_terms

CONFIG = RewardConfig()
TRACKING = [name for name in REWARDS if f"{name}_sigma" in RewardConfig.model_fields]
PENALTIES = [name for name in REWARDS if name not in TRACKING]


@pytest.mark.parametrize("name", REWARDS)
def test_every_reward_is_finite_and_one_number_per_robot(followed, name):
    reward = REWARDS[name](off_reference(followed, scale=2.0), CONFIG)
    assert reward.shape == (5,)
    assert reward.isfinite().all()


@pytest.mark.parametrize("name", REWARDS)
def test_nothing_earns_more_than_the_reference_itself(followed, name):
    best = REWARDS[name](followed, CONFIG)
    torch.testing.assert_close(best, torch.full((5,), 1.0 if name in TRACKING else 0.0))
    for seed in range(5):
        assert (REWARDS[name](off_reference(followed, seed), CONFIG) <= best + 1e-6).all()


@pytest.mark.parametrize("name", REWARDS)
def test_every_reward_falls_with_the_error(followed, name):
    small, large = (REWARDS[name](off_reference(followed, scale=scale), CONFIG) for scale in (0.01, 0.03))
    assert (large <= small).all()
    assert large.mean() < small.mean()


@pytest.mark.parametrize("name", REWARDS)
def test_a_mirrored_robot_earns_the_same(duckling, followed, name):
    state = off_reference(followed)
    here, there = (REWARDS[name](s, CONFIG) for s in (state, mirrored_state(duckling, state)))
    torch.testing.assert_close(here, there, atol=1e-5, rtol=0)


@pytest.mark.parametrize("name", REWARDS)
def test_every_reward_has_a_weight_that_cannot_be_negative(name):
    with pytest.raises(ValidationError, match=name):
        RewardConfig.model_validate({name: -0.1})


FIELD = {
    "joint_pos": "joint_pos",
    "joint_vel": "joint_vel",
    "velocity": "lin_vel_h",
    "mean_velocity": "mean_velocity",
    "mean_yaw_rate": "mean_velocity",
    "heading": "heading_error",
    "yaw_rate": "ang_vel_b",
    "base_height": "base_height",
    "tilt": "gravity_b",
    "foot_height": "foot_height",
}
"""What a tracking reward compares with the reference, and the column that it surely reads."""
COLUMN = {"yaw_rate": 2, "mean_yaw_rate": 2}


def shifted(state, name, error):
    values = getattr(state, FIELD[name]).clone()
    if values.ndim == 1:
        values += error
    else:
        values[:, COLUMN.get(name, 0)] += error
    return dataclasses.replace(state, **{FIELD[name]: values})


@pytest.mark.parametrize("name", FIELD)
def test_a_tracking_reward_is_one_over_e_at_its_sigma(followed, name):
    config = RewardConfig.model_validate({f"{name}_sigma": 0.4})
    for error in (0.4, -0.4):
        reward = REWARDS[name](shifted(followed, name, error), config)
        torch.testing.assert_close(reward, torch.full((5,), math.exp(-1.0)), atol=1e-4, rtol=0)


@pytest.mark.parametrize(("name", "fields"), [("action_rate", ("action", "previous_action")), ("torque", ("torque",))])
def test_a_penalty_is_the_squared_norm(followed, name, fields):
    values = torch.zeros_like(followed.action)
    values[:, :2] = torch.tensor([0.3, -0.4])
    state = dataclasses.replace(followed, **{fields[0]: values})
    torch.testing.assert_close(REWARDS[name](state, CONFIG), torch.full((5,), -0.25))  # 0.3^2 + 0.4^2


def test_the_timing_of_the_feet_is_judged_by_which_stand_not_by_their_height(followed):
    def lifted(heights):
        return torch.tensor([heights]).repeat(5, 1)

    config = RewardConfig(foot_timing_sigma=0.8, stance_height=0.003)
    reference = dataclasses.replace(followed.reference, foot_height=lifted([0.0, 0.04]))
    together, late = (
        dataclasses.replace(followed, reference=reference, foot_height=lifted(heights))
        for heights in ([0.0, 0.02], [0.0, 0.003])
    )
    assert REWARDS["foot_timing"](together, config).min() > 0.999  # half as high, but in the air
    half = math.exp(-(0.5**2) / 0.8**2)  # at the stance height a foot counts as standing by half
    torch.testing.assert_close(REWARDS["foot_timing"](late, config), torch.full((5,), half), atol=1e-4, rtol=0)


def test_an_action_that_stays_costs_nothing(followed):
    same = torch.ones_like(followed.action)
    state = dataclasses.replace(followed, action=same, previous_action=same)
    assert REWARDS["action_rate"](state, CONFIG).tolist() == [0.0] * 5


def test_tilt_compares_gravity_with_the_references_roll_and_pitch(followed):
    reference = dataclasses.replace(followed.reference, tilt=torch.tensor([[0.1, 0.05]]).repeat(5, 1))
    leaning = torch.tensor([[0.05, -0.1, -1.0]]).repeat(5, 1)  # roll a, pitch b: gravity (b, -a, -1)
    state = dataclasses.replace(followed, reference=reference, gravity_b=leaning)
    torch.testing.assert_close(REWARDS["tilt"](state, CONFIG), torch.ones(5))


def test_terms_are_weighted_and_those_of_weight_zero_left_out(followed):
    nothing = dict.fromkeys(REWARDS, 0.0)
    config = RewardConfig.model_validate(nothing | {"joint_pos": 2.0, "torque": 0.5})
    pulling = dataclasses.replace(followed, torque=torch.ones_like(followed.torque))
    terms = reward_terms(pulling, config)
    assert list(terms) == ["joint_pos", "torque"]
    assert terms["joint_pos"].tolist() == pytest.approx([2.0] * 5)
    assert terms["torque"].tolist() == pytest.approx([-0.5 * followed.torque.shape[1]] * 5)


def test_a_sigma_of_zero_is_refused():
    with pytest.raises(ValidationError, match="joint_pos_sigma"):
        RewardConfig(joint_pos_sigma=0.0)
