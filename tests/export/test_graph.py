import pytest
import torch
from trained_parts import untrained

from webfoot.export.graph import example_observations
from webfoot.task.walk import TaskConfig


@pytest.mark.parametrize("history", [1, 3])
@pytest.mark.parametrize("base", ["reference", "default"])
def test_the_graph_sends_what_training_sends(base, history):
    """From the observation alone it finds the servo targets that the task finds from its own state."""
    task, graph = untrained(TaskConfig(action_base=base, history=history))
    observation = task.observe().actor
    actions, target = graph(observation)
    expected = task.actions.target(actions, task._state.reference.servo_target)
    assert actions.abs().max() > 0.01
    torch.testing.assert_close(target, expected, atol=1e-5, rtol=0)


def test_actions_and_targets_stay_within_their_limits_whatever_is_seen():
    task, graph = untrained()
    actions, target = graph(1000.0 * torch.randn(64, task.num_actor_obs))
    assert actions.abs().max() == task.actions.limit
    assert (target >= task.actions.lower).all()
    assert (target <= task.actions.upper).all()


def test_a_frozen_graph_does_not_learn():
    task, graph = untrained()
    assert not graph.training
    assert not any(parameter.requires_grad for parameter in graph.parameters())
    mean = graph.actor.obs_normalizer.mean.clone()
    graph(torch.full((4, task.num_actor_obs), 50.0))
    assert torch.equal(graph.actor.obs_normalizer.mean, mean)


def test_examples_are_spread_over_all_that_was_seen():
    seen = torch.arange(100.0)[:, None].repeat(1, 2)
    assert example_observations(seen, 5)[:, 0].tolist() == [0.0, 25.0, 50.0, 74.0, 99.0]
    assert len(example_observations(seen[:3], 10)) == 10
