"""Commands: which velocities a robot is told to walk at, and when it is told another."""

import torch
from pydantic import BaseModel, Field, model_validator
from torch import Tensor

from webfoot.errors import ConfigError
from webfoot.motion.reference import COMMAND_UNITS, Reference

NEIGHBOURS = 6
"""A command lies between a clip and one of this many nearest ones."""


class CommandConfig(BaseModel, frozen=True, extra="forbid"):
    """What a robot that follows a library of clips is told; with a single clip the command is always that clip's."""

    standing_share: float = Field(default=0.1, ge=0, le=1, description="Share of commands that ask to stand still.")
    shortest_s: float = Field(default=1.0, gt=0, le=120, description="Shortest time between two commands [s].")
    longest_s: float = Field(default=4.0, gt=0, le=120, description="Longest time between two commands [s].")
    ramp_s: float = Field(
        default=1.0,
        ge=0,
        le=10,
        description="Time in which what is followed may cross the whole range of commands [s].",
    )
    fastest_turn: float = Field(
        default=10.0, gt=0, le=20, description="Clips of the library that turn faster are not asked for [rad/s]."
    )

    @model_validator(mode="after")
    def _ordered(self) -> "CommandConfig":
        if self.shortest_s > self.longest_s:
            raise ValueError(f"shortest_s {self.shortest_s:g} is longer than longest_s {self.longest_s:g}")
        return self


class CommandSpace:
    """The commands that a reference can show: those of its clips, all between neighbours, and standing still."""

    def __init__(self, reference: Reference, config: CommandConfig, device: torch.device | None = None):
        """Find every clip's neighbours.

        Raises:
            ConfigError: every clip turns faster than the config allows.
        """
        commands = torch.tensor(reference.commands, dtype=torch.float32, device=device)
        self.commands = commands[commands[:, 2].abs() <= config.fastest_turn]
        if not len(self.commands):
            slowest = float(commands[:, 2].abs().min())
            raise ConfigError(
                f"option --task.command.fastest-turn is {config.fastest_turn:g}: every clip turns faster; "
                f"at least {slowest:.3g} rad/s would be right"
            )
        self.stands = reference.standing is not None
        self.changes = len(self.commands) > 1
        self._config = config
        units = self.commands / self.commands.new_tensor(COMMAND_UNITS)
        nearest = torch.cdist(units, units).argsort(dim=1)
        self._neighbours = nearest[:, : NEIGHBOURS + 1]  # the clip itself is among them

    @property
    def lower(self) -> Tensor:
        """Smallest command on every axis, (3,); a command outside lower..upper is clamped."""
        return torch.minimum(self.commands.amin(dim=0), self._zero())

    @property
    def upper(self) -> Tensor:
        """Largest command on every axis, (3,)."""
        return torch.maximum(self.commands.amax(dim=0), self._zero())

    @property
    def default(self) -> Tensor:
        """What a robot is told first: to stand still where that is known, else to walk as the average clip, (3,)."""
        middle = (self.commands - self.commands.mean(dim=0)).norm(dim=1).argmin()
        return self.commands.new_zeros(3) if self.stands else self.commands[middle]

    def summary(self) -> str:
        """What can be told, in one sentence."""
        axes = zip(("ahead", "to the left", "turning left"), ("m/s", "m/s", "rad/s"), strict=True)
        limits = zip(axes, self.lower.tolist(), self.upper.tolist(), strict=True)
        ranges = ", ".join(f"{low:.2f} to {high:.2f} {unit} {axis}" for (axis, unit), low, high in limits)
        still = "zero stands still; " if self.stands else ""
        return f"{len(self.commands)} clips can be told and all between neighbours: {ranges}; {still}others are clamped"

    @property
    def rate(self) -> Tensor | None:
        """Most that the command which is followed changes [m/s^2, rad/s^2], (3,); None where it never does."""
        ramp_s = self._config.ramp_s
        return (self.upper - self.lower) / ramp_s if self.changes and ramp_s > 0 else None

    def follow(self, followed: Tensor, told: Tensor, control_dt: float) -> Tensor:
        """What is followed one control step later: nearer to what is told, by no more than the rate, (N, 3)."""
        if self.rate is None:
            return told
        most = self.rate * control_dt
        return followed + (told - followed).clamp(-most, most)

    def _zero(self) -> Tensor:
        return self.commands.new_zeros(3) if self.stands else self.commands[0]

    def sample(self, count: int, generator: torch.Generator) -> Tensor:
        """Draw commands (vx, vy [m/s], wz [rad/s]), shape (count, 3)."""
        clip = torch.randint(0, len(self.commands), (count,), generator=generator, device=generator.device)
        if not self.changes:
            return self.commands[clip]
        other = torch.randint(0, self._neighbours.shape[1], (count,), generator=generator, device=generator.device)
        share = 0.5 * torch.rand(count, 1, generator=generator, device=generator.device)
        command = torch.lerp(self.commands[clip], self.commands[self._neighbours[clip, other]], share)
        standing = torch.rand(count, 1, generator=generator, device=generator.device) < self._config.standing_share
        return torch.where(standing, 0.0, command) if self.stands else command

    def until_next(self, count: int, control_dt: float, generator: torch.Generator) -> Tensor:
        """Control steps for which commands hold, shape (count,)."""
        shortest, longest = self._config.shortest_s, self._config.longest_s
        share = torch.rand(count, generator=generator, device=generator.device)
        return ((shortest + (longest - shortest) * share) / control_dt).round().long()
