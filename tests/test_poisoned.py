"""Trainings that cannot go well: each ends as what it is, says why, and leaves a checkpoint to go on from."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from small_training import Events, train_small
from webfoot.learn.breakdown import broken_state
from webfoot.learn.checkpoint import load_checkpoint
from webfoot.learn.events import Alert, Diverged, Finished, Progress
from webfoot.monitor.log import read_events
from webfoot.motion.bundled import bundled_path
from webfoot.motion.library import build_reference
from webfoot.motion.prepare import prepare
from webfoot.motion.read import read_motions
from webfoot.pipeline import resume
from webfoot.robots.table import load_robot
from webfoot.task.rewards import REWARDS

ABSURD = 0.1


def nan_reward(state, config):
    return torch.full((state.num_envs,), math.nan)


@pytest.fixture(scope="module")
def absurd(tmp_path_factory):
    """A training with an absurd learning rate, and what it told."""
    events = Events()
    return train_small(tmp_path_factory.mktemp("runs"), events, learning_rate=ABSURD, epochs=40), events


def test_an_absurd_learning_rate_ends_as_diverged_and_says_why(absurd):
    result, events = absurd
    assert (result.stopped, result.report) == ("diverged", None)
    assert "KL divergence" in result.reason and "lower the learning rate" in result.reason
    assert [event.reason for event in events.of(Diverged)] == [result.reason]
    assert events[-1] == Finished(events.of(Diverged)[0].iteration, "diverged", events[-1].elapsed_s)
    told = read_events(result.run.events_file)
    assert [event["event"] for event in told[-2:]] == ["diverged", "finished"]


def test_what_stands_on_disk_is_from_before_the_break_down(absurd):
    result, events = absurd
    state = load_checkpoint(result.run.checkpoint_file)
    assert state["iteration"] <= events.of(Diverged)[0].iteration
    assert broken_state(state) == ""
    assert not result.run.policy_file.exists()


def test_it_is_taken_up_with_a_lower_rate(tmp_path):
    result = train_small(tmp_path, learning_rate=ABSURD)
    kept = load_checkpoint(result.run.checkpoint_file)["iteration"]
    events = Events()
    again = resume(result.run.folder, events, overrides={"learning_rate": 1e-3})
    assert again.stopped == "finished" and again.report is not None
    assert [event.iteration for event in events.of(Progress)] == list(range(kept + 1, 13))
    assert "learning_rate: 0.001" in result.run.config_file.read_text()


def test_a_reward_that_is_no_number_ends_as_diverged_and_names_it(tmp_path, monkeypatch):
    monkeypatch.setitem(REWARDS, "foot_height", nan_reward)
    result = train_small(tmp_path)
    assert result.stopped == "diverged"
    assert result.reason == "reward 'foot_height' became nan; see the options of task.reward"
    assert load_checkpoint(result.run.checkpoint_file)["iteration"] == 0
    monkeypatch.undo()
    assert resume(result.run.folder).stopped == "finished"


def test_a_training_that_gets_no_better_says_so_and_is_not_called_diverged(tmp_path):
    events = Events()
    result = train_small(tmp_path, events, evaluate_every=1, learning_rate=1e-9, health={"plateau_trials": 5})
    assert result.stopped == "finished" and result.report is not None and not result.report.passed
    (alert,) = [event for event in events.of(Alert) if event.rule == "plateau"]
    assert "learning stands still" in alert.message
    line = json.loads(next(x for x in result.run.events_file.read_text().splitlines() if '"alert"' in x))
    assert line["rule"] == "plateau" and line["severity"] == "warning" and line["cleared"] is False


def test_a_resumed_training_does_not_say_its_alerts_again(tmp_path):
    options = {"evaluate_every": 1, "learning_rate": 1e-9, "health": {"plateau_trials": 3}}
    result = train_small(tmp_path, **options)
    events = Events()
    resume(result.run.folder, events, overrides={"epochs": 15})
    assert len(events.of(Progress)) == 3
    assert [event for event in events.of(Alert) if event.rule == "plateau"] == []


@pytest.fixture(scope="module")
def duckling():
    return load_robot("duckling")


@pytest.fixture
def walk(duckling):
    (motion,) = read_motions(bundled_path("duckling", "walk"), duckling)
    return replace(motion, root_pos=None, root_quat=None)  # its joints alone


def commanded(motion, robot):
    return prepare(motion, robot).command[0]


def test_a_clip_goes_where_its_feet_go_not_where_its_label_says(walk, duckling):
    assert commanded(replace(walk, command=(-0.1, 0.0, 0.0)), duckling) == pytest.approx(0.1, abs=0.01)


def test_a_clip_reversed_in_time_goes_backward_whatever_its_label(walk, duckling):
    back = replace(walk, joint_pos=walk.joint_pos[::-1].copy(), command=(0.1, 0.0, 0.0))
    assert commanded(back, duckling) == pytest.approx(-0.1, abs=0.01)


def test_clips_out_of_step_do_not_cancel_when_they_are_blended(walk, duckling):
    late = replace(walk, joint_pos=np.roll(walk.joint_pos, walk.num_frames // 2, axis=0), name="late")
    both = build_reference([prepare(walk, duckling), prepare(late, duckling)], duckling)
    swing = np.ptp(both.at(0, np.linspace(0, 1, 20))[:, : duckling.nu], axis=0).max()
    blend = both.coefficients[:2].mean(axis=0)
    assert np.abs(blend - both.coefficients[0]).max() < 0.05 * swing
