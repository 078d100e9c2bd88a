"""The adversary: a small network that tells windows of demonstrations from windows of the policy, and its losses."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import softplus


@dataclass(frozen=True)
class Loss:
    """How the adversary is taught, and what it pays."""

    teach: Callable[[Tensor, Tensor], Tensor]
    """Loss from the logits of demonstrations and of the policy, each (B,)."""
    reward: Callable[[Tensor], Tensor]
    """Style reward from 0 (told apart) to 1, from the policy's logits, shape as given."""
    boundary: float
    """Logit above which a window is taken for a demonstration."""


def _least_squares(demo: Tensor, policy: Tensor) -> Tensor:
    """(D(demo) - 1)^2 / 2 + (D(policy) + 1)^2 / 2."""
    return 0.5 * (demo - 1).square().mean() + 0.5 * (policy + 1).square().mean()


def _cross_entropy(demo: Tensor, policy: Tensor) -> Tensor:
    """-log s(D(demo)) / 2 - log(1 - s(D(policy))) / 2 with the sigmoid s."""
    return 0.5 * softplus(-demo).mean() + 0.5 * softplus(policy).mean()


LOSSES: dict[str, Loss] = {
    "least_squares": Loss(_least_squares, lambda d: (1 - 0.25 * (d - 1).square()).clamp_min(0.0), 0.0),
    "cross_entropy": Loss(_cross_entropy, lambda d: (softplus(d) / softplus(torch.tensor(2.0))).clamp_max(1.0), 0.0),
}
"""Losses by name. Sources: Peng et al., "AMP", 2021, max(0, 1 - (D - 1)^2 / 4); Ho and Ermon, "Generative adversarial
imitation learning", 2016, -log(1 - s(D)), here as a share of what a sure demonstration (D = 2) earns."""


class Discriminator(nn.Module):
    """An MLP from a window to one logit; what it sees is centred and scaled first."""

    def __init__(self, size: int, hidden_size: int):
        super().__init__()
        half = max(8, hidden_size // 2)
        self.net = nn.Sequential(
            nn.Linear(size, hidden_size), nn.ELU(), nn.Linear(hidden_size, half), nn.ELU(), nn.Linear(half, 1)
        )

    @property
    def last(self) -> nn.Linear:
        """The layer that gives the logit."""
        layer = self.net[-1]
        assert isinstance(layer, nn.Linear)
        return layer

    def forward(self, window: Tensor) -> Tensor:
        """Logits of windows, (B, size) to (B,)."""
        return self.net(window).squeeze(-1)


def gradient_penalty(discriminator: Discriminator, demo: Tensor, policy: Tensor) -> Tensor:
    """Mean squared gradient of the logit between a demonstration and a window of the policy.

        x = u demo + (1 - u) policy, u uniform;  E |dD/dx|^2

    It keeps the adversary smooth where the policy has to find its way; at the demonstrations alone it saturates.
    Source: Gulrajani et al., "Improved training of Wasserstein GANs", 2017, with the centre at 0.
    """
    share = torch.rand(len(demo), 1, device=demo.device)
    between = torch.lerp(policy, demo, share).requires_grad_(True)
    (slope,) = torch.autograd.grad(discriminator(between).sum(), between, create_graph=True)
    return slope.square().sum(dim=-1).mean()
