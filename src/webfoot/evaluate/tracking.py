"""How well the robot followed: survival, heading, tilt and joints; `commanded` has its velocity. Pure functions."""

import numpy as np
from numpy.typing import NDArray

from webfoot.evaluate.commanded import STARTUP_S, TURNING_SPEED, cycle_steps, heading, stretches
from webfoot.evaluate.episodes import Episodes

MOVING_JOINT_RAD = 0.02
"""A joint whose reference moves further than this (peak to peak) is one that walks [rad]."""


def survival(episodes: Episodes) -> float:
    """Share of the episodes that never fell."""
    return float(episodes.alive[-1].mean())


def yaw_drifts(episodes: Episodes) -> NDArray[np.float64]:
    """Heading lost against wz·t [deg per 10 s] by robots that are told to go straight, one for each stretch, (M,).

    From the first gait cycle to the last one alive, averaged over a cycle at both ends, so that sway is no drift. A
    stretch shorter than two cycles is taken from its first to its last state, and never scaled up from less than a
    second. For what is told to turn see `commanded.turning_error`.
    """
    return np.concatenate([_yaw_drifts(part)[part.alive[0] & straight(part)] for part in stretches(episodes)])


def straight(stretch: Episodes) -> NDArray[np.bool_]:
    """Which robots are not told to turn in a stretch, shape (N,)."""
    return np.abs(stretch.command[0, :, 2]) <= TURNING_SPEED


def _yaw_drifts(episodes: Episodes) -> NDArray[np.float64]:
    meant = np.cumsum(episodes.command[..., 2], axis=0) * episodes.control_dt
    lost = heading(episodes)
    lost = lost - lost[0]
    lost[1:] -= meant
    total = np.concatenate([np.zeros((1, episodes.num_episodes)), np.cumsum(lost, axis=0)])
    last = episodes.alive[1:].sum(axis=0)  # index of the last state alive, (N,)
    span = max(round(cycle_steps(episodes)), 1)
    width = np.where(last >= 2 * span, span, 1)
    columns = np.arange(episodes.num_episodes)
    begin = total[width, columns] / width
    end = (total[last + 1, columns] - total[last + 1 - width, columns]) / width
    elapsed = (last + 1 - width) * episodes.control_dt
    return np.degrees(end - begin) / np.maximum(elapsed, STARTUP_S) * 10.0


def yaw_drift(episodes: Episodes) -> float:
    """Mean of the absolute yaw drift [deg per 10 s]; zero where everything turns."""
    drifts = yaw_drifts(episodes)
    return float(np.abs(drifts).mean()) if len(drifts) else 0.0


def worst_yaw_drift(episodes: Episodes) -> float:
    """Largest absolute yaw drift [deg per 10 s]; zero where everything turns."""
    return float(np.abs(yaw_drifts(episodes)).max(initial=0.0))


def tilt(episodes: Episodes) -> NDArray[np.float64]:
    """Angle between the base's z axis and up [deg], shape (T + 1, N)."""
    up = 1 - 2 * (episodes.root_quat[..., 1] ** 2 + episodes.root_quat[..., 2] ** 2)
    return np.degrees(np.arccos(np.clip(up, -1.0, 1.0)))


def tilt_p95(episodes: Episodes) -> float:
    """95th percentile of the base's tilt while alive [deg]."""
    alive = tilt(episodes)[episodes.alive]
    return float(np.percentile(alive, 95)) if len(alive) else float("nan")


def joint_rmse(episodes: Episodes) -> float:
    """Root of the mean squared joint error against the reference in phase, all joints, while alive [rad]."""
    return _rmse(joint_square_error(episodes))


def moving_joint_rmse(episodes: Episodes) -> float:
    """`joint_rmse` over the joints that the reference moves (the legs), so that a still head cannot flatter [rad]."""
    moving = np.ptp(episodes.reference_joint_pos, axis=(0, 1)) > MOVING_JOINT_RAD
    return _rmse(joint_square_error(episodes)[moving] if moving.any() else joint_square_error(episodes))


def joint_square_error(episodes: Episodes) -> NDArray[np.float64]:
    """Mean squared error of every joint against the reference in phase, while alive [rad^2], shape (nu,)."""
    difference = episodes.joint_pos - episodes.reference_joint_pos
    difference[~episodes.alive] = 0.0
    return np.einsum("tnj,tnj->j", difference, difference) / max(int(episodes.alive.sum()), 1)


def _rmse(square_error: NDArray[np.float64]) -> float:
    return float(np.sqrt(square_error.mean()))
