"""`Pushes`: kicks at random times, as sudden changes of the base's velocity."""

import math

import torch
from torch import Tensor

from webfoot.sim.draws import Draws
from webfoot.sim.randomize import RandomizeConfig


class Pushes:
    """Says which of N robots are pushed in a control step, and how.

    The time to the next push is uniform from half to one and a half times the mean; the first comes anywhere in it.
    """

    def __init__(self, draws: Draws, config: RandomizeConfig, control_dt: float, generator: torch.Generator):
        """Draw when each robot is pushed first; `speed` is still 0.

        Args:
            draws: which robots are never pushed, and how much of a push each gets.
            config: mean time between pushes, and their direction.
            control_dt: time between two calls of `due` [s].
            generator: of everything random.
        """
        self.speed = 0.0
        """Size of the change of velocity [m/s]."""
        self._every = config.push_every_s / control_dt
        device = generator.device
        self._generator, self._spared = generator, draws.spared.to(device)
        self._share = None if draws.levels is None else draws.levels.to(device)
        self._towards = None if config.push_towards_deg is None else math.radians(config.push_towards_deg)
        self._left = torch.zeros(len(draws.spared), device=device)
        self.restart(torch.arange(len(draws.spared), device=device))

    def restart(self, env_ids: Tensor) -> None:
        """Begin new episodes of the robots `env_ids`, shape (n,)."""
        self._left[env_ids] = 1.5 * self._every * self._draw(len(env_ids))

    def due(self, heading: Tensor) -> tuple[Tensor, Tensor]:
        """One control step passes.

        Args:
            heading: of every robot in the world [rad], (N,).

        Returns:
            The robots that are pushed now (n,), and the changes of velocity [m/s], world frame, (n, 3).
        """
        self._left -= 1.0
        env_ids = ((self._left <= 0.0) & ~self._spared).nonzero().squeeze(-1)
        count = len(env_ids)
        self._left[env_ids] = self._every * (0.5 + self._draw(count))
        angle = 2 * math.pi * self._draw(count) if self._towards is None else heading[env_ids] + self._towards
        size = self.speed if self._share is None else self.speed * self._share[env_ids, None]
        return env_ids, size * torch.stack([angle.cos(), angle.sin(), torch.zeros_like(angle)], dim=-1)

    def _draw(self, count: int) -> Tensor:
        return torch.rand(count, generator=self._generator, device=self._generator.device)
