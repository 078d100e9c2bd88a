"""`CycleMean`: what a robot did on average over its last gait cycle."""

import torch
from torch import Tensor


class CycleMean:
    """Mean of the last `steps` values of N robots; a mean over whole gait cycles does not sway with the gait."""

    def __init__(self, num_envs: int, size: int, steps: int, device: torch.device | None = None):
        self._values = torch.zeros(steps, num_envs, size, device=device)
        self._next = 0
        self.mean = torch.zeros(num_envs, size, device=device)

    def add(self, value: Tensor) -> None:
        """Let a value (N, size) take the place of the oldest one."""
        steps = len(self._values)
        self.mean = self.mean + (value - self._values[self._next]) / steps
        self._values[self._next] = value
        self._next = (self._next + 1) % steps

    def fill(self, env_ids: Tensor, value: Tensor) -> None:
        """Let robots begin anew as if they had always shown `value`, (n, size)."""
        self._values[:, env_ids] = value
        self.mean = self.mean.index_copy(0, env_ids, value)
