"""The policy network: an MLP that, on a robot with a mirror map, treats left and right alike by construction."""

from dataclasses import dataclass
from typing import Any

import torch
from rsl_rl.models import MLPModel
from tensordict import TensorDict
from torch import Tensor, nn

from webfoot.task.observe import Layout


@dataclass(frozen=True)
class MirrorMaps:
    """Left-right mirror of the actor's observation and of actions."""

    observation: Layout
    action: Layout


class SymmetricActor(MLPModel):
    """Gaussian policy whose mean is equivariant: mirrored observation in, mirrored action out.

        mean(o) = (f(o) + M_a f(M_o o)) / 2

    Such a gait cannot limp, and on a symmetric robot it cannot drift to one side.
    Source: the equivariant networks of Abdolhosseini et al., "On learning symmetric locomotion", 2019.
    """

    def __init__(self, *args: Any, mirror: MirrorMaps | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.mirrored = mirror is not None
        self.obs_order: Tensor
        self.obs_sign: Tensor
        self.action_order: Tensor
        self.action_sign: Tensor
        maps = mirror or MirrorMaps(Layout([], []), Layout([], []))
        for name, layout in (("obs", maps.observation), ("action", maps.action)):
            self.register_buffer(f"{name}_order", torch.tensor(layout.permutation, dtype=torch.long), persistent=False)
            self.register_buffer(f"{name}_sign", torch.tensor(layout.sign), persistent=False)

    def mean(self, observation: Tensor) -> Tensor:
        """Mean action for raw observations, (N, n) to (N, nu)."""
        if not self.mirrored:
            return self.mlp(self.obs_normalizer(observation))
        both = torch.cat([observation, observation[:, self.obs_order] * self.obs_sign])
        here, there = self.mlp(self.obs_normalizer(both)).chunk(2)
        return 0.5 * (here + there[:, self.action_order] * self.action_sign)

    def forward(
        self,
        obs: TensorDict,
        masks: Tensor | None = None,
        hidden_state: object = None,
        stochastic_output: bool = False,
    ) -> Tensor:
        """As `MLPModel.forward`."""
        mean = self.mean(obs["actor"])
        if not stochastic_output:
            return mean
        assert self.distribution is not None
        self.distribution.update(mean)
        with torch.no_grad():  # as distribution.sample(), which raises on a diverged policy before the trainer sees it
            return mean + self.output_std * torch.randn_like(mean)


def scale_last_layer(mlp: nn.Module, factor: float) -> None:
    """Shrink the output layer, so that a new policy starts close to the base pose."""
    last = _last_layer(mlp)
    with torch.no_grad():
        last.weight.mul_(factor)
        last.bias.zero_()


def shift_last_layer(mlp: nn.Module, output: Tensor) -> None:
    """Add to the output layer's bias, so that a new policy starts close to another pose."""
    with torch.no_grad():
        _last_layer(mlp).bias.add_(output)


def _last_layer(mlp: nn.Module) -> nn.Linear:
    return [module for module in mlp.modules() if isinstance(module, nn.Linear)][-1]
