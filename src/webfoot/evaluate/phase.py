"""The phase of a policy that has no clock: where in the reference its robot is, found from what the joints did.

Such a policy keeps a rhythm of its own, so its errors cannot be taken against a clock. It is judged against the
phase that fits best over the whole episode, but one that must go on: in every control step by 0.8 to 1.2 times what
the reference does. A robot that stands, shuffles, limps or strides in another rhythm finds no such phase and keeps its
error; taking the nearest pose at every instant instead would let it off.
"""

import numpy as np
from numpy.typing import NDArray

CELLS_PER_STEP = 5
"""Cells of the grid of phases that the reference passes in one control step."""
ADVANCES = (4, 5, 6)
"""Cells that a fitted phase may go on by in one control step."""
MOST_CELLS = 4_000_000
"""Entries of a table of errors that is built at once."""


def grid_phases(period_s: float, control_dt: float) -> NDArray[np.float64]:
    """The phases that can be fitted, in [0, 1), shape (G,)."""
    count = max(2 * ADVANCES[-1], round(CELLS_PER_STEP * period_s / control_dt))
    return np.arange(count) / count


def fit_phase(
    joint_pos: NDArray[np.float64], alive: NDArray[np.bool_], cycle: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The phase in [0, 1) at which the reference is closest to each episode, summed over the time alive.

        min over g_0, g_t+1 = g_t + {4, 5, 6} cells:  sum_t |q_t - q_ref(g_t)|^2      (Viterbi, exact on the grid)

    Args:
        joint_pos: [rad], shape (T, N, nu).
        alive: what counts, shape (T, N).
        cycle: the reference of every episode at the phases of the grid [rad], shape (N, G, nu).

    Returns:
        Phases, shape (T, N).
    """
    steps, count, cells = len(joint_pos), joint_pos.shape[1], cycle.shape[1]
    chunk = max(1, MOST_CELLS // (steps * cells))
    parts = [slice(first, first + chunk) for first in range(0, count, chunk)]
    paths = [_best_path(_square_error(joint_pos[:, part], cycle[part]) * alive[:, part, None]) for part in parts]
    return np.concatenate(paths, axis=1) / cells


def _square_error(joint_pos: NDArray[np.float64], cycle: NDArray[np.float64]) -> NDArray[np.float64]:
    """|q_t - q_ref(g)|^2, shape (T, N, G)."""
    cross = np.einsum("tnj,ngj->tng", joint_pos, cycle, optimize=True)
    return np.square(joint_pos).sum(axis=-1)[..., None] - 2 * cross + np.square(cycle).sum(axis=-1)


def _best_path(error: NDArray[np.float64]) -> NDArray[np.int64]:
    """Cells of the cheapest path through a table of errors (T, N, G), shape (T, N)."""
    total, came_by = error[0], np.zeros(error.shape, dtype=np.int8)
    for step in range(1, len(error)):
        before = np.stack([np.roll(total, advance, axis=1) for advance in ADVANCES])
        came_by[step] = before.argmin(axis=0)
        total = error[step] + before.min(axis=0)
    path = np.empty(error.shape[:2], dtype=np.int64)
    path[-1] = total.argmin(axis=1)
    episodes = np.arange(error.shape[1])
    for step in range(len(error) - 1, 0, -1):
        advance = np.array(ADVANCES)[came_by[step, episodes, path[step]]]
        path[step - 1] = (path[step] - advance) % error.shape[2]
    return path
