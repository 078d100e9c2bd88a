"""`Pushes`: kicks at random times, as sudden changes of the base's velocity."""

import math

import torch
from torch import Tensor


class Pushes:
    """Says which of N robots are pushed in a control step, and how.

    The time to the next push is uniform from half to one and a half times the mean; the first comes anywhere in it.
    """

    def __init__(self, spared: Tensor, speed: float, every_s: float, control_dt: float, generator: torch.Generator):
        """Draw when each robot is pushed first.

        Args:
            spared: robots that are never pushed, (N,) bool.
            speed: size of the change of velocity [m/s].
            every_s: mean time between pushes [s].
            control_dt: time between two calls of `due` [s].
            generator: of everything random.
        """
        self.speed, self._every = speed, every_s / control_dt
        self._generator, self._spared = generator, spared.to(generator.device)
        num_envs = len(spared)
        self._left = torch.zeros(num_envs, device=generator.device)
        self.restart(torch.arange(num_envs, device=generator.device))

    def restart(self, env_ids: Tensor) -> None:
        """Begin new episodes of the robots `env_ids`, shape (n,)."""
        self._left[env_ids] = 1.5 * self._every * self._draw(len(env_ids))

    def due(self) -> tuple[Tensor, Tensor]:
        """One control step passes; the robots that are pushed now (n,), and the changes of velocity [m/s], (n, 3)."""
        self._left -= 1.0
        env_ids = ((self._left <= 0.0) & ~self._spared).nonzero().squeeze(-1)
        count = len(env_ids)
        self._left[env_ids] = self._every * (0.5 + self._draw(count))
        angle = 2 * math.pi * self._draw(count)
        return env_ids, self.speed * torch.stack([angle.cos(), angle.sin(), torch.zeros_like(angle)], dim=-1)

    def _draw(self, count: int) -> Tensor:
        return torch.rand(count, generator=self._generator, device=self._generator.device)
