"""Where each robot stands within the ranges: drawn once, so that ranges can grow and shrink around the same robots."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from webfoot.sim.ground import roughness_of
from webfoot.sim.randomize import RandomizeConfig


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
    payload: Tensor
    """(N, 1), from 0 to 1."""
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
    rate: Tensor
    """(N, 1), from 0 to 1."""
    spared: Tensor
    """Robots at 0 of every range, (N,) bool."""
    levels: Tensor | None = None
    """How much of the ranges of pushes and sensors each robot gets, exactly, (N,); None: anything within them."""


def draw(num_envs: int, nu: int, nbody: int, seed: int, spared_share: float = 0.0) -> Draws:
    """Draw N robots, the first `spared_share` of which stay as their model has them."""
    generator = torch.Generator().manual_seed(seed)
    spared = torch.arange(num_envs) < round(spared_share * num_envs)

    def share(*shape: int) -> Tensor:
        return _but(spared, torch.rand(num_envs, *shape, generator=generator))

    def spread(*shape: int) -> Tensor:
        return _but(spared, 2 * torch.rand(num_envs, *shape, generator=generator) - 1)

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
        rate=share(1),
        payload=share(1),
        spared=spared,
    )


def draw_exactly(levels: Tensor, config: RandomizeConfig, nu: int, nbody: int, seed: int) -> Draws:
    """Draw N robots that stand exactly at their level of every range of `config`; signs and directions by chance.

    Args:
        levels: 0 is the robot of the model, 1 the end of every range, shape (N,).
    """
    generator = torch.Generator().manual_seed(seed)
    levels = levels.float()
    column = levels[:, None]

    def share(*shape: int) -> Tensor:
        return levels.reshape(-1, *[1] * len(shape)).expand(-1, *shape).clone()

    def spread(*shape: int) -> Tensor:
        return share(*shape) * (2.0 * torch.randint(0, 2, (len(levels), *shape), generator=generator) - 1.0)

    def factors(size: float, *shape: int) -> Tensor:
        """Of a factor 1 + level * size, where the draw is the exponent of 1 + size."""
        exact = torch.log1p(column * size) / math.log1p(size) if size else column
        return exact * spread(*shape).sign()

    return Draws(
        gains=factors(config.gains, 1),
        friction=share(1),
        gain_error=factors(config.gain_error, nu),
        mass=spread(nbody),
        com=spread(3),
        armature=factors(config.armature, 1),
        joint_friction=share(nu),
        latency=share(),
        backlash=share(nu),
        supply=share(1),
        offset=spread(nu),
        slope=torch.cat([column, torch.rand(len(levels), 1, generator=generator)], dim=1),
        roughness=roughness_of(levels),
        rate=share(1),
        payload=share(1),
        spared=torch.zeros(len(levels), dtype=torch.bool),
        levels=levels,
    )


def _but(spared: Tensor, values: Tensor) -> Tensor:
    """The values, 0 for those who are spared."""
    return values.masked_fill(spared.reshape(-1, *[1] * (values.ndim - 1)), 0.0)
