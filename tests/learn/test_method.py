import typing

import pytest

from webfoot.config import TrainConfig, parse_config
from webfoot.learn.method import METHODS, TRACKED
from webfoot.task.rewards import REWARDS


def test_every_method_can_be_chosen_and_nothing_else():
    assert set(typing.get_args(TrainConfig.model_fields["method"].annotation)) == set(METHODS)


@pytest.mark.parametrize("name", METHODS)
def test_a_method_decides_what_nobody_gave(name):
    method, config = METHODS[name], parse_config({"method": name})
    assert config.task.observation == method.observation
    assert (config.task.action_base, config.task.action_scale) == (method.action_base, method.action_scale)
    assert (config.style.weight, config.style.final_weight) == method.style_weight
    assert all(getattr(config.task.reward, reward) == weight for reward, weight in method.reward.items())
    assert all(getattr(config.ppo, option) == value for option, value in method.learning.items())


@pytest.mark.parametrize("name", METHODS)
def test_what_is_given_goes_first(name):
    given = {"method": name, "learning_rate": 3e-4, "task": {"action_scale": 0.4, "reward": {"heading": 0.7}}}
    config = parse_config(given)
    assert (config.ppo.learning_rate, config.task.action_scale, config.task.reward.heading) == (3e-4, 0.4, 0.7)
    assert config.task.observation == METHODS[name].observation


@pytest.mark.parametrize("name", METHODS)
def test_a_saved_config_means_the_same_again(name):
    config = parse_config({"method": name})
    assert parse_config(config.model_dump(mode="json")) == config


def test_parts_may_be_given_as_models_too():
    rewarded = parse_config({"method": "amp"}).task.reward
    part = type(rewarded)(torque=0.5)
    config = TrainConfig.model_validate({"method": "amp", "task": {"reward": part}})
    assert config.task.reward.torque == 0.5


def test_the_plain_config_is_tracking():
    assert TrainConfig() == parse_config({"method": "tracking"})


def test_amp_has_neither_clock_nor_reference_and_is_not_paid_for_a_phase():
    amp = parse_config({"method": "amp"})
    assert "phase" not in amp.task.observation and amp.task.action_base == "default"
    assert not any(getattr(amp.task.reward, name) for name in TRACKED)
    assert set(TRACKED) < set(REWARDS)
