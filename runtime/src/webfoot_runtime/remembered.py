"""`Remembered`: the histories behind an observation, in one buffer that lies as the observation does."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from webfoot_runtime.layout import TermLayout


class Remembered:
    """What N robots remember of every term, unscaled; a control step allocates nothing but the observation."""

    histories: dict[str, NDArray[np.float64]]
    """By term, each (N, history * width), newest first; views of the buffer."""

    def __init__(self, terms: Sequence[TermLayout], num_envs: int):
        """Fill the histories with their initial values."""
        initial = [np.tile(term.initial, term.history) for term in terms]
        self._values = np.tile(np.concatenate([*initial, np.empty(0)]), (num_envs, 1))
        self._scale = np.concatenate([np.full(len(one), term.scale) for one, term in zip(initial, terms, strict=True)])
        self.histories = {term.name: self._values[:, term.start : term.stop] for term in terms}
        self._newest = {term.name: self.histories[term.name][:, : len(term.initial)] for term in terms}
        self._shifts = {
            term.name: (self.histories[term.name][:, len(term.initial) :], self.histories[term.name])
            for term in terms
            if term.history > 1
        }

    def put(self, name: str, value: NDArray[Any]) -> None:
        """Put a value (N, width) in front of its history; a policy that does not observe it keeps none."""
        newest = self._newest.get(name)
        if newest is None:
            return
        if name in self._shifts:
            older, history = self._shifts[name]
            older[...] = history[:, : older.shape[1]]  # numpy sees that they overlap
        newest[...] = value

    def observation(self) -> NDArray[np.float32]:
        """What the graph is to see now, (N, n), an array of its own."""
        return (self._values * self._scale).astype(np.float32)
