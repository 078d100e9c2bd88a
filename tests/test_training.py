"""Trainings of every method, small."""

import json

import pytest
import torch

from small_training import Events, train_small
from webfoot.evaluate.store import load_episodes, saved_iteration
from webfoot.learn.checkpoint import load_checkpoint
from webfoot.learn.events import Demonstrated, Evaluated, Metrics
from webfoot.learn.method import METHODS
from webfoot.pipeline import resume
from webfoot.training import SHOWN_EPISODES
from webfoot_runtime.policy import OnnxPolicy

SMALL_STYLE = {"warm_start": 20, "batch_size": 64, "updates": 2}


@pytest.fixture(scope="module", params=METHODS)
def trained(request, tmp_path_factory):
    events = Events()
    options = {"style": SMALL_STYLE} if request.param != "tracking" else {}
    result = train_small(tmp_path_factory.mktemp(request.param), events, method=request.param, **options)
    return request.param, result, events


def test_the_policy_file_says_truly_what_it_needs(trained):
    method, result, _ = trained
    policy = OnnxPolicy(result.run.policy_file)
    asked = METHODS[method]
    assert policy.has_phase == ("phase" in asked.observation)
    assert policy.contract["action"]["base"] == asked.action_base
    assert tuple(term["name"] for term in policy.contract["observation"]["terms"]) == asked.observation
    assert policy.contract["method"] == method
    assert policy.verify_golden() <= 1e-5


def test_every_method_is_validated(trained):
    _, result, _ = trained
    checks = json.loads(result.run.report_file.read_text())["checks"]
    assert {"survival", "speed_error", "joint_rmse", "lifted_cycles"} <= {check["name"] for check in checks}


def test_the_latest_trial_is_left_to_be_looked_at(trained):
    _, result, events = trained
    kept = load_episodes(result.run.trial_rollout_file)
    assert (kept.num_episodes, kept.num_steps) == (SHOWN_EPISODES, 50)
    assert saved_iteration(result.run.trial_rollout_file) == events.of(Evaluated)[-1].iteration
    assert saved_iteration(result.run.rollout_file) is None


def test_only_a_style_is_demonstrated_and_its_cost_is_counted(trained):
    method, result, events = trained
    shown = events.of(Demonstrated)
    assert len(shown) == (METHODS[method].style_weight[1] > 0)
    if shown:
        training = result.report.training
        assert training.env_steps > shown[0].env_steps > 0
        assert training.wall_s > shown[0].elapsed_s > 0


def test_the_health_of_a_style_is_among_the_metrics(trained):
    method, _, events = trained
    named = {name for event in events.of(Metrics) for name in event.values if name.startswith("style/")}
    expected = {"reward", "accuracy_policy", "accuracy_demo", "logit_spread", "held_out", "gap", "gradient_penalty"}
    assert {f"style/{name}" for name in expected} <= named if METHODS[method].style_weight[1] else not named


def test_a_resumed_style_goes_on_without_new_demonstrations(tmp_path):
    result = train_small(tmp_path, method="amp", style=SMALL_STYLE)
    before = load_checkpoint(result.run.checkpoint_file)
    events = Events()
    resume(result.run.folder, events, overrides={"epochs": 14})
    after = load_checkpoint(result.run.checkpoint_file)
    assert not events.of(Demonstrated)
    assert after["iteration"] == 14 and after["prior_steps"] == before["prior_steps"] > 0
    assert torch.equal(after["style"]["frames"], before["style"]["frames"])
    assert after["style"]["iteration"] == 14 and len(after["style"]["replay"]) > len(before["style"]["replay"])
