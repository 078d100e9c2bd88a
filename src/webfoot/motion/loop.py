"""`best_loop`: where a clip that does not close could be cut so that it does."""

from dataclasses import dataclass

import numpy as np

from webfoot.motion.clip import Motion

SHORTEST_S = 0.25
VELOCITY_S = 0.05
"""Weight of velocities beside angles [s]: a joint that closes in angle but not in speed still kicks."""
MOST_FRAMES = 900
"""Longer clips are looked at on every n-th frame."""


@dataclass(frozen=True)
class Loop:
    """A part of a clip that can be repeated: frames `start` to `end` - 1, then `start` again."""

    start: int
    end: int
    seam_rad: float
    """RMS distance of frame `end` from frame `start`, over the joints [rad]."""


def best_loop(motion: Motion, shortest_s: float = SHORTEST_S) -> Loop | None:
    """The part of a clip that closes best in angles and velocities; the longest of those that close alike.

    Returns:
        None for a clip too short to hold one.
    """
    every = max(1, -(-motion.num_frames // MOST_FRAMES))
    angles = motion.joint_pos[::every]
    velocity = np.gradient(angles, axis=0) * motion.fps / every
    values = np.column_stack([angles, VELOCITY_S * velocity])
    frames, least = len(values), max(4, round(shortest_s * motion.fps / every))
    if frames <= least:
        return None
    values = values - values.mean(axis=0)
    square = np.square(values).sum(axis=1)
    gaps = np.maximum(square[:, None] + square[None, :] - 2.0 * values @ values.T, 0.0)
    gaps[np.tril_indices(frames, least - 1)] = np.inf  # end at least `least` frames behind start
    length = np.arange(frames)[None, :] - np.arange(frames)[:, None]
    close = gaps <= 1.1 * gaps.min() + 1e-6 * angles.shape[1]
    start, end = np.unravel_index(int(np.where(close, length, -1).argmax()), gaps.shape)
    seam = float(np.sqrt(np.square(angles[end] - angles[start]).mean()))
    return Loop(int(start) * every, int(end) * every, seam)
