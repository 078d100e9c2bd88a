"""The torch module that becomes policy.onnx: observation in, actions and servo targets out."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from webfoot.export.layout import Layout
from webfoot.export.runtime import ControlLoop
from webfoot.learn.actor import SymmetricActor
from webfoot.task.observe import ACTOR_TERMS
from webfoot.task.series import ReferenceSeries
from webfoot.task.walk import ActionMap


class PolicyGraph(nn.Module):
    """Normaliser, network, action map and reference in one module.

    The reference is evaluated from the phase and the command inside the observation, so a consumer needs no motion.
    """

    def __init__(self, actor: SymmetricActor, series: ReferenceSeries, actions: ActionMap):
        super().__init__()
        self.actor, self.series, self.actions = actor, series, actions
        nu = len(actions.default)
        sizes = {"gyro": 3, "projected_gravity": 3, "phase": 2, "command": 3}
        self.phase_start = sum(sizes.get(name, nu) for name in ACTOR_TERMS[: ACTOR_TERMS.index("phase")])

    def forward(self, obs: Tensor) -> tuple[Tensor, Tensor]:
        """Observations (B, n) to actions (B, nu) and joint position targets [rad] (B, nu)."""
        limit = self.actions.limit
        actions = self.actor.mean(obs).clamp(-limit, limit)
        phase_vector = obs[:, self.phase_start : self.phase_start + 2]
        command = obs[:, self.phase_start + 2 : self.phase_start + 5]
        target = self.actions.target(actions, self.series.servo_target(command, phase_vector))
        return actions, target


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
