"""A policy that remembers is run from its file as it was trained: the runtime sees what the task saw."""

import numpy as np
import pytest
import torch
from trained_parts import duckling_reference

from small_walk import make_task, quiet_config
from webfoot.export.describe import Provenance, describe
from webfoot.export.graph import PolicyGraph, freeze
from webfoot.export.write import export_policy
from webfoot.learn.ppo import Ppo, PpoConfig
from webfoot.sim.model import SimConfig
from webfoot_runtime.policy import OnnxPolicy

ROBOT, REFERENCE = duckling_reference("walk")
COUNT, STEPS = 10, 8


@pytest.mark.parametrize("history", [1, 4])
def test_the_runtime_remembers_what_the_task_remembers(tmp_path, history):
    torch.manual_seed(0)
    config = quiet_config(history=history, standing_share=1.0, episode_s=100.0)
    task = make_task(ROBOT, COUNT, config=config, reference=REFERENCE)
    graph = freeze(PolicyGraph(Ppo(task.observe(), ROBOT.nu, PpoConfig(hidden_size=16), None).frozen_actor(), task))
    contract = describe(ROBOT, REFERENCE, config, SimConfig(), Provenance("run", "tracking", ("a" * 64,), "{}"))
    policy = OnnxPolicy(export_policy(graph, contract, tmp_path / "policy.onnx", task.observe().actor.numpy()).path)
    policy.reset(COUNT)
    for _ in range(STEPS):
        sensed = task.state.sensed
        target = policy.step(
            sensed.gyro.numpy(),
            sensed.projected_gravity.numpy(),
            sensed.joint_pos.numpy(),
            sensed.joint_vel.numpy(),
            task.command.numpy(),
        )
        np.testing.assert_allclose(policy.observation, task.observe().actor.numpy(), atol=1e-5)
        wanted = task.actions.target(torch.from_numpy(policy.action), task.state.reference.servo_target)
        np.testing.assert_allclose(target, wanted.numpy(), atol=1e-5)
        result = task.step(torch.from_numpy(policy.action))
        assert not (result.terminated | result.truncated).any()
