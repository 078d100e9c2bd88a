import math

import pytest
import torch

from webfoot.learn.breakdown import Collapse, CollapseConfig, broken_metrics, broken_state


def follow(collapse, scores):
    """Numbers of the trials, from 1, at which a collapse is seen."""
    return [number for number, score in enumerate(scores, 1) if collapse.update(score)]


def test_a_collapse_is_seen_after_enough_bad_trials_in_a_row():
    collapse = Collapse(CollapseConfig(share=0.5, trials=3))
    assert follow(collapse, [0.2, 0.8, 0.3, 0.3, 0.5, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3]) == [8, 11]
    assert collapse.returns == 2


def test_a_policy_that_never_was_good_does_not_collapse():
    assert follow(Collapse(CollapseConfig()), [0.3, 0.28, 0.29] * 20) == []


def test_a_collapse_taken_back_goes_on_as_before():
    scores = [0.8, 0.3, 0.3, 0.3, 0.3, 0.3]
    first, second = (Collapse(CollapseConfig(share=0.5, trials=4)) for _ in range(2))
    follow(first, scores[:3])
    second.load_state_dict(first.state_dict())
    assert follow(second, scores[3:]) == [2]


def test_metrics_that_are_finite_and_small_are_fine():
    assert broken_metrics({"value_loss": 0.1, "approx_kl": 62.0}, 1000.0) == ""


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_metric_that_is_no_number_is_named(value):
    reason = broken_metrics({"approx_kl": 0.1, "value_loss": value}, 1000.0)
    assert reason == f"value_loss became {value}; lower the learning rate"


def test_a_huge_divergence_is_a_break_down():
    assert broken_metrics({"approx_kl": 1850.0}, 1000.0).startswith(
        "an update moved the policy by a KL divergence of 1.85e+03"
    )


def test_the_place_of_a_number_that_is_none_is_named():
    bad = torch.tensor([1.0, math.nan])
    assert broken_state({"ppo": {"actor": {"w": torch.ones(2)}}, "rng": torch.tensor([1, 2], dtype=torch.uint8)}) == ""
    assert broken_state({"ppo": {"actor": {"w": bad}}}) == "ppo.actor.w"
    assert broken_state({"best": [0.5, {"w": bad}], "score": None}) == "best.1.w"
