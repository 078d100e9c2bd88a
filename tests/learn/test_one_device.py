"""Task and learner make their tensors where the robots are, whatever the default device."""

import dataclasses
import math

import pytest
import torch
from torch import Tensor

from small_walk import quiet_config, small_reference
from webfoot.learn.amp import StyleConfig, StyleReward
from webfoot.learn.ppo import Ppo, PpoConfig
from webfoot.robots.table import load_robot
from webfoot.sim.conditions import Conditions
from webfoot.sim.cpu import CpuSim
from webfoot.sim.model import SimConfig
from webfoot.sim.randomize import RandomizeConfig
from webfoot.task.style import style_tolerances
from webfoot.task.walk import WalkTask

ELSEWHERE = torch.device("meta")
"""Tensors made without a word about their device go here, and cannot be mixed with those of the robots."""


def tensors_of(value):
    """Every tensor in nested dataclasses and dicts."""
    if isinstance(value, Tensor):
        return [value]
    if dataclasses.is_dataclass(value):
        value = vars(value)
    return [tensor for inner in value.values() for tensor in tensors_of(inner)] if isinstance(value, dict) else []


@pytest.fixture(scope="module")
def duckling():
    return load_robot("duckling")


@pytest.fixture
def task(duckling):
    """Robots under every difficulty that needs no ground, walking by two clips."""
    sim = CpuSim(duckling, SimConfig(), 8, num_threads=1)
    conditions = Conditions(sim, duckling, RandomizeConfig(preset="robust"), seed=0)
    reference = small_reference(duckling, (0.1, 0.0, 0.0), (-0.1, 0.0, 0.0))
    config = quiet_config(episode_s=0.2, command={"shortest_s": 0.04, "longest_s": 0.1})
    return WalkTask(duckling, reference, sim, config, 0, conditions)


def test_a_task_stays_on_the_device_of_its_robots(task):
    with ELSEWHERE:
        transitions = [task.step(torch.zeros_like(task.state.action)) for _ in range(15)]
    assert any(transition.truncated.any() for transition in transitions)
    for transition in transitions:
        assert {tensor.device for tensor in tensors_of(transition)} == {task.sim.device}
    assert transitions[-1].reward.isfinite().all()


def test_a_learner_stays_on_the_device_of_its_robots(duckling, task):
    ppo = Ppo(task.observe(), duckling.nu, PpoConfig(steps=4, symmetry=False), None)
    style = StyleReward(task.state, style_tolerances(duckling, task.state), StyleConfig(batch_size=16, replay=256))
    style.show(torch.rand(8, 20, len(style_tolerances(duckling, task.state))), task.state)
    with ELSEWHERE:
        for _ in range(2):
            observation = task.observe()
            for _ in range(4):
                transition = style.pay(task.step(ppo.act(observation)), task.state)
                ppo.remember(transition)
                observation = transition.observation
            metrics = ppo.learn(observation) | style.learn()
    assert all(math.isfinite(value) for value in metrics.values())
