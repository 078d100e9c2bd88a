"""The programs in examples/, run as somebody who has them and a policy would."""

import ast
import importlib.util
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from webfoot.evaluate.rollout import RolloutConfig, Stage, roll_out
from webfoot.evaluate.store import load_episodes
from webfoot.motion.library import build_reference
from webfoot.pipeline import open_run
from webfoot.robots.table import ROBOTS
from webfoot_runtime.policy import OnnxPolicy

EXAMPLE = Path(__file__).parents[1] / "examples" / "run_contract.py"
STEPS = 200


@pytest.fixture(scope="module")
def example():
    spec = importlib.util.spec_from_file_location("run_contract", EXAMPLE)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def walked(example, policy, start, steps):
    return np.array(list(example.walk(policy, str(ROBOTS["duckling"]), steps, start)))


def positions(episodes, episode, rows):
    arrays = (episodes.root_pos, episodes.root_quat, episodes.joint_pos)
    return np.concatenate([values[rows, episode] for values in arrays], axis=-1)


def start_of(episodes, episode):
    velocity = np.concatenate([episodes.root_vel[0, episode], episodes.joint_vel[0, episode]])
    return positions(episodes, episode, 0), velocity


def test_it_is_short_and_knows_nothing_of_this_project():
    text = EXAMPLE.read_text(encoding="utf-8")
    imported = {
        alias.name for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Import) for alias in node.names
    }
    assert len(text.splitlines()) <= 40
    assert imported == {"json", "sys", "mujoco", "numpy", "onnxruntime"} and "import webfoot" not in text


def test_it_walks_as_the_validated_rollout_did(example, trained):
    episodes = load_episodes(trained.run.rollout_file)
    steps = episodes.num_steps
    for episode in range(2):
        path = walked(example, trained.run.policy_file, start_of(episodes, episode), steps)
        np.testing.assert_allclose(path, positions(episodes, episode, slice(1, None)), atol=1e-4)


@pytest.fixture(scope="module")
def stage(trained):
    _, robot, motions, config = open_run(trained.run.folder)
    return Stage(robot, build_reference(motions, robot), config.sim, config.task.termination, config.task.command)


def test_two_hundred_steps_are_those_of_the_validation(example, trained, stage):
    config = RolloutConfig(episodes=2, episode_s=STEPS * stage.sim.control_dt, seed=7)
    episodes = roll_out(OnnxPolicy(trained.run.policy_file), stage, config)
    path = walked(example, trained.run.policy_file, start_of(episodes, 1), STEPS)
    np.testing.assert_allclose(path, positions(episodes, 1, slice(1, None)), atol=1e-4)


def test_it_can_be_run_as_a_program(trained):
    command = [sys.executable, str(EXAMPLE), str(trained.run.policy_file), str(ROBOTS["duckling"])]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    assert ended.stdout.endswith(" m in 200 control steps\n")
