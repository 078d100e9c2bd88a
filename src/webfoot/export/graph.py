"""The torch module that becomes policy.onnx: observation in, actions and servo targets out."""

import copy

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from webfoot.learn.actor import SymmetricActor
from webfoot.task.observe import columns
from webfoot.task.walk import ActionMap, WalkTask
from webfoot_runtime.layout import Layout
from webfoot_runtime.policy import ControlLoop


class PolicyGraph(nn.Module):
    """Normaliser, network, action map and reference in one module.

    The reference is evaluated from the phase and the command inside the observation, so a consumer needs no motion;
    where actions are added to the default pose it is left out. The actor is taken over, and moved to the CPU.
    """

    def __init__(self, actor: SymmetricActor, task: WalkTask):
        super().__init__()
        self.actor, self.actions = actor.cpu(), ActionMap(task.robot, task.config)  # where policies run
        self.series = copy.deepcopy(task.series).cpu() if task.config.action_base == "reference" else None
        places = columns(task.robot, task.config.observation, task.config.history)
        self.phase, self.command = (places.get(name, slice(0, 0)) for name in ("phase", "command"))

    def forward(self, obs: Tensor) -> tuple[Tensor, Tensor]:
        """Observations (B, n) to actions (B, nu) and joint position targets [rad] (B, nu)."""
        limit = self.actions.limit
        actions = self.actor.mean(obs).clamp(-limit, limit)
        reference = self.actions.default  # unused where there is no series
        if self.series is not None:
            reference = self.series.servo_target(obs[:, self.command], obs[:, self.phase])
        return actions, self.actions.target(actions, reference)


class GraphPolicy(ControlLoop):
    """A policy that was not written yet, run as its file would be: for trials during training."""

    def __init__(self, graph: PolicyGraph, layout: Layout):
        self.graph = graph
        super().__init__(layout, "policy in training")

    @torch.no_grad()
    def run(self, obs: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """See `ControlLoop.run`."""
        actions, target = self.graph(torch.from_numpy(obs))
        return actions.numpy(), target.numpy()


def freeze(graph: PolicyGraph) -> PolicyGraph:
    """The graph in evaluation mode, without gradients."""
    graph.eval()
    for parameter in graph.parameters():
        parameter.requires_grad_(False)
    return graph


def example_observations(observations: Tensor, count: int = 256) -> Tensor:
    """Evenly spaced rows of what the actor saw, for parity and golden vectors, shape (count, n)."""
    rows = torch.linspace(0, len(observations) - 1, count).round().long()
    return observations[rows]
