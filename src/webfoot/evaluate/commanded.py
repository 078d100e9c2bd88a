"""How well commands were followed that change on the way. Pure functions of `Episodes`."""

from dataclasses import fields, replace

import numpy as np
from numpy.typing import NDArray

from webfoot.evaluate.episodes import Episodes


def stretches(episodes: Episodes) -> list[Episodes]:
    """The episodes cut where commands change; within a stretch every command holds.

    The state in which a command is given is the last of one stretch and the first of the next.
    """
    changed = (np.diff(episodes.command, axis=0) != 0).any(axis=(1, 2))
    edges = [0, *(np.flatnonzero(changed) + 1).tolist(), episodes.num_steps]
    return [_cut(episodes, first, last) for first, last in zip(edges[:-1], edges[1:], strict=True)]


def _cut(episodes: Episodes, first: int, last: int) -> Episodes:
    if (first, last) == (0, episodes.num_steps):
        return episodes
    lengths = {episodes.num_steps: last, episodes.num_steps + 1: last + 1}
    values = {field.name: getattr(episodes, field.name) for field in fields(episodes)}
    over_time = {
        name: value[first : lengths[len(value)]]
        for name, value in values.items()
        if isinstance(value, np.ndarray) and value.ndim > 1
    }
    return replace(episodes, **over_time)


def standing(episodes: Episodes, speed: float) -> NDArray[np.bool_]:
    """Which episodes of a stretch are told to stand: neither to go nor to turn faster than `speed`, shape (N,)."""
    return np.linalg.norm(episodes.command[0], axis=-1) <= speed
