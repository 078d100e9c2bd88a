import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webfoot.learn.ppo import PpoConfig
from webfoot.monitor.health import HEALTH_RULES
from webfoot.monitor.window import HealthConfig, Window

CONFIG = HealthConfig(window=4, plateau_trials=3)
PPO = PpoConfig(learning_rate=2e-3, target_kl=0.05, initial_std=0.15, final_std=0.1)
HEALTHY = {
    "falls": 1.0,
    "value_loss": 0.01,
    "explained_variance": 0.8,
    "approx_kl": 0.05,
    "learning_rate": 1e-3,
    "action_std": 0.1,
    "unstable": 0.0,
    "style/reward": 0.5,
    "style/accuracy_policy": 0.99,
    "style/accuracy_demo": 0.99,
    "style/logit_spread": 1.0,
    "style/held_out": 0.8,
}
"""Discriminators of good trainings tell nearly everything apart too."""


def window(scores=(), **changes):
    """Eight healthy iterations, some metrics changed; a list gives them one by one."""
    rows = [{**HEALTHY} for _ in range(8)]
    for name, values in changes.items():
        for row, value in zip(rows, values if isinstance(values, list) else [values] * 8, strict=True):
            row[name.replace("style_", "style/")] = value
    return Window(tuple(rows), tuple(scores), CONFIG, PPO)


def fallen(high, low):
    return [high] * 4 + [low] * 4


SICK = {
    "discriminator_wins": (window(style_reward=fallen(0.5, 0.2)), "99% of the policy windows .* fell from 0.5 to 0.2"),
    "logit_spread": (window(style_logit_spread=30.0), "spread by 30.*regularisation"),
    "style_forgotten": (window(style_held_out=fallen(0.8, 0.3)), "score 0.3, once 0.8"),
    "exploration_died": (window(action_std=0.02), "deviate by 0.02 only, less than 0.03"),
    "exploration_ran_away": (window(action_std=0.5), "deviate by 0.5, more than 0.45"),
    "value_loss_explodes": (window(value_loss=fallen(0.01, 0.4)), "grew from 0.01 to 0.4"),
    "critic_misleads": (window(explained_variance=-0.3), "explained variance is -0.30"),
    "updates_too_large": (window(approx_kl=0.4), "KL divergence of 0.4, more than 0.25"),
    "rate_at_its_floor": (window(learning_rate=1e-5), "from 0.002 to its floor of 1e-05"),
    "falls_return": (window(falls=fallen(2.0, 12.0)), "fall 12.0 times a minute, once 2.0"),
    "plateau": (window(scores=[0.3, 0.3, 0.2, 0.25, 0.3]), "last 3 scored better than 0.30"),
    "simulations_blow_up": (window(unstable=fallen(0.0, 2.0)), "8 simulations blew up within 4 epochs"),
}


def complaints(seen):
    return {name: message for name, rule in HEALTH_RULES.items() if (message := rule.check(seen)) is not None}


def test_every_rule_has_a_series_that_triggers_it():
    assert SICK.keys() == HEALTH_RULES.keys()


@pytest.mark.parametrize("name", SICK)
def test_a_sick_training_triggers_the_rule_meant_and_no_other(name):
    seen, words = SICK[name]
    found = complaints(seen)
    assert set(found) == {name}
    assert re.search(words, found[name]), found[name]


def test_a_healthy_training_triggers_nothing():
    assert complaints(window(scores=[0.2, 0.4, 0.5, 0.6, 0.7])) == {}


@pytest.mark.parametrize("name", HEALTH_RULES)
def test_a_rule_says_nothing_of_a_training_that_has_just_begun(name):
    assert HEALTH_RULES[name].check(Window((), (), CONFIG, PPO)) is None
    assert HEALTH_RULES[name].check(Window(({**HEALTHY, "unstable": 1.0},), (0.1,), CONFIG, PPO)) is None


@pytest.mark.parametrize("name", HEALTH_RULES)
def test_a_rule_says_nothing_of_metrics_that_a_method_does_not_have(name):
    assert HEALTH_RULES[name].check(Window(({},) * 8, (), CONFIG, PPO)) is None


@pytest.mark.parametrize("name", HEALTH_RULES)
@given(data=st.data())
def test_a_rule_never_breaks_and_speaks_in_one_sentence(name, data):
    number = st.floats(min_value=-1e12, max_value=1e12)
    row = st.fixed_dictionaries({}, optional=dict.fromkeys(HEALTHY, number))
    seen = Window(
        tuple(data.draw(st.lists(row, max_size=10))), tuple(data.draw(st.lists(number, max_size=8))), CONFIG, PPO
    )
    message = HEALTH_RULES[name].check(seen)
    assert message is None or (message and "\n" not in message and "nan" not in message)


def test_an_accurate_discriminator_alone_is_no_alert():
    assert complaints(window(style_accuracy_policy=1.0, style_accuracy_demo=1.0)) == {}


def test_a_style_reward_that_falls_before_a_fooled_discriminator_is_no_alert():
    fooled = window(style_reward=fallen(0.5, 0.2), style_accuracy_policy=0.6, style_accuracy_demo=0.7)
    assert complaints(fooled) == {}


def test_logits_that_are_all_alike_are_told_apart_from_wild_ones():
    assert "raise its learning rate" in complaints(window(style_logit_spread=0.0))["logit_spread"]


def test_a_critic_that_has_just_begun_may_explain_nothing():
    assert complaints(window(explained_variance=[-0.3] * 5 + [0.5] * 3)) == {}


def test_a_single_wild_update_is_no_alert():
    assert complaints(window(approx_kl=[0.05] * 7 + [40.0])) == {}


def test_a_small_value_loss_may_grow():
    assert complaints(window(value_loss=fallen(1e-5, 1e-2))) == {}


def test_a_rate_that_the_schedule_brought_down_is_not_at_its_floor():
    low = PpoConfig(learning_rate=1e-4, final_rate_share=0.1)
    rows = window(learning_rate=1e-5).rows
    assert HEALTH_RULES["rate_at_its_floor"].check(Window(rows, (), CONFIG, low)) is None


def test_a_training_that_has_passed_stands_on_no_plateau():
    assert complaints(window(scores=[1.8, 1.7, 1.7, 1.7, 1.7])) == {}


def test_falls_that_come_with_a_harder_level_are_no_alert():
    assert complaints(window(falls=fallen(2.0, 12.0), curriculum=fallen(0.1, 0.2))) == {}
    assert set(complaints(window(falls=fallen(2.0, 12.0), curriculum=0.2))) == {"falls_return"}


def test_means_slide_over_whole_windows():
    means = window(falls=[0.0, 4.0, 8.0, 4.0, 0.0, 0.0, 0.0, 0.0]).means("falls")
    assert means.tolist() == [4.0, 4.0, 3.0, 1.0, 0.0]
    assert not math.isnan(means.sum())
