"""`History`: the latest values of what the actor sees, kept as the runtime on a robot keeps them."""

import torch
from torch import Tensor

from webfoot.robots.spec import Robot
from webfoot.task.observe import columns, initial_values, observe, term_history
from webfoot.task.state import StepState


class History:
    """What N robots sensed and did in their latest control steps, newest first.

    Before an episode's first step a robot is taken to have stood still in its default pose, as the contract says.
    """

    def __init__(self, robot: Robot, names: tuple[str, ...], steps: int, num_envs: int, device: torch.device):
        """Nothing is remembered until `restart`.

        Args:
            names: terms that the actor sees, in order.
            steps: how many values of each remembered term it sees.
        """
        self._names = names
        places = columns(robot, names)
        self._width = places[names[-1]].stop
        self._before = initial_values(robot, names).repeat(steps).to(device)
        self._frames = self._before.repeat(num_envs, 1)  # (N, steps * width): whole observations, newest first
        order = [
            step * self._width + column
            for name, place in places.items()
            for step in range(term_history(name, steps))
            for column in range(place.start, place.stop)
        ]
        self._order = torch.tensor(order, device=device)
        self._is_plain = steps == 1

    @property
    def size(self) -> int:
        """Numbers that the actor sees."""
        return len(self._order)

    @property
    def newest(self) -> Tensor:
        """One value of every term, shape (N, width)."""
        return self._frames[:, : self._width]

    @property
    def seen(self) -> Tensor:
        """What the actor sees: term by term, each newest first, shape (N, size)."""
        return self._frames if self._is_plain else self._frames[:, self._order]

    def push(self, state: StepState) -> None:
        """Remember what is seen after a control step; the oldest is forgotten."""
        self._frames = torch.cat([observe(state, self._names), self._frames[:, : -self._width]], dim=1)

    def restart(self, state: StepState, env_ids: Tensor) -> None:
        """Forget all of the robots `env_ids`, shape (n,), but what they see now."""
        fresh = self._before.repeat(len(env_ids), 1)
        fresh[:, : self._width] = observe(state, self._names)[env_ids]
        self._frames = self._frames.index_copy(0, env_ids, fresh)
