"""Where each robot stands within the ranges: drawn once, so that ranges can grow and shrink around the same robots."""

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Draws:
    """Uniform numbers for N robots; from -1 to 1 unless said otherwise."""

    gains: Tensor
    """(N, 1)."""
    friction: Tensor
    """(N, 1), from 0 to 1."""
    gain_error: Tensor
    """(N, nu)."""
    mass: Tensor
    """(N, nbody)."""
    com: Tensor
    """(N, 3)."""
    armature: Tensor
    """(N, 1)."""
    joint_friction: Tensor
    """(N, nu), from 0 to 1."""
    latency: Tensor
    """(N,), from 0 to 1."""
    backlash: Tensor
    """(N, nu), from 0 to 1."""
    supply: Tensor
    """(N, 1), from 0 to 1."""
    offset: Tensor
    """(N, nu)."""
    slope: Tensor
    """Size from 0 to 1 and direction from 0 to 1, (N, 2)."""
    roughness: Tensor
    """(N,), from 0 to 1."""


def draw(num_envs: int, nu: int, nbody: int, seed: int) -> Draws:
    """Draw N robots."""
    generator = torch.Generator().manual_seed(seed)

    def share(*shape: int) -> Tensor:
        return torch.rand(num_envs, *shape, generator=generator)

    def spread(*shape: int) -> Tensor:
        return 2 * share(*shape) - 1

    return Draws(
        gains=spread(1),
        friction=share(1),
        gain_error=spread(nu),
        mass=spread(nbody),
        com=spread(3),
        armature=spread(1),
        joint_friction=share(nu),
        latency=share(),
        backlash=share(nu),
        supply=share(1),
        offset=spread(nu),
        slope=share(2),
        roughness=share(),
    )
