"""`randomize`: let the robots of a training differ as real ones do."""

import math

import torch
from pydantic import BaseModel, Field

from webfoot.sim.cpu import CpuSim


class RandomizeConfig(BaseModel, frozen=True, extra="forbid"):
    """How far a robot of the training may be from its model; 0 leaves a property alone."""

    gains: float = Field(
        default=0.25,
        ge=0,
        le=4,
        description="Servo gains are multiplied by a factor from 1 / (1 + this) to 1 + this, one for each robot.",
    )
    friction: float = Field(
        default=0.0,
        ge=0,
        le=4,
        description="Friction is multiplied by a factor from 1 / (1 + this) to 1 + this, one for each robot.",
    )


def randomize(sim: CpuSim, config: RandomizeConfig, seed: int) -> None:
    """Draw the properties of every robot, once: with a hundred robots every stretch of a range is met all the time.

    Factors are log-uniform, so that half and double are equally likely.
    """
    generator = torch.Generator().manual_seed(seed)
    if config.gains:
        sim.scale_gains(_factors(sim.num_envs, config.gains, generator)[:, None])
    if config.friction:
        sim.scale_friction(_factors(sim.num_envs, config.friction, generator))


def _factors(count: int, spread: float, generator: torch.Generator) -> torch.Tensor:
    return torch.exp((2 * torch.rand(count, generator=generator) - 1) * math.log1p(spread))
