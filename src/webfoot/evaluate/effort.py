"""What walking costs the servos: smoothness, torque, joint speed. Pure functions of `Episodes`."""

import numpy as np
from numpy.typing import NDArray

from webfoot.evaluate.episodes import Episodes

GRAVITY = 9.81
"""[m/s^2]."""
SATURATED = 0.99
"""Share of a limit from which a servo counts as saturated."""


def action_rate(episodes: Episodes) -> float:
    """Mean |a_t - a_(t-1)| over steps and joints while alive [action units]."""
    return _mean_difference(episodes.action, episodes, order=1)


def action_jerk(episodes: Episodes) -> float:
    """Mean |a_t - 2 a_(t-1) + a_(t-2)| over steps and joints while alive [action units]."""
    return _mean_difference(episodes.action, episodes, order=2)


def target_jitter(episodes: Episodes) -> float:
    """Mean |second difference| of the joint targets while alive [rad]: shaking, whatever the action's scale."""
    return _mean_difference(episodes.joint_pos_target, episodes, order=2)


def torque_saturation(episodes: Episodes) -> float:
    """Share of the samples (alive steps times joints) in which a servo gives all the torque it has."""
    return _share_above(np.abs(episodes.torque) / episodes.torque_limit, episodes, SATURATED)


def speed_saturation(episodes: Episodes) -> float:
    """Share of the samples (alive steps times joints) in which a joint turns faster than its servo can."""
    return _share_above(np.abs(episodes.joint_vel[1:]) / episodes.velocity_limit, episodes, 1.0)


def torque_use(episodes: Episodes) -> float:
    """95th percentile of |torque| / limit over alive steps and joints."""
    return _p95(np.abs(episodes.torque) / episodes.torque_limit, episodes)


def speed_use(episodes: Episodes) -> float:
    """95th percentile of |joint speed| / limit over alive steps and joints."""
    return _p95(np.abs(episodes.joint_vel[1:]) / episodes.velocity_limit, episodes)


def cost_of_transport(episodes: Episodes, mass_kg: float) -> float:
    """Positive mechanical work of the servos for each weight and distance, E / (m g d), of all episodes; inf at rest.

    Source: Collins, Ruina, Tedrake and Wisse, "Efficient bipedal robots based on passive-dynamic walkers", 2005.

    Args:
        mass_kg: of the whole robot.
    """
    power = np.maximum(episodes.torque * episodes.joint_vel[1:], 0.0).sum(axis=-1)  # (T, N)
    work = power[episodes.alive[1:]].sum() * episodes.control_dt
    cycle = max(round(episodes.period_s / episodes.control_dt), 1)
    places, alive = episodes.root_pos[::cycle, :, :2], episodes.alive[::cycle]  # sway within a cycle is no way
    way = float(np.linalg.norm(np.diff(places, axis=0), axis=-1)[alive[1:]].sum())
    return float(work / (mass_kg * GRAVITY * way)) if way > 0 else float("inf")


def _mean_difference(values: NDArray[np.float32], episodes: Episodes, order: int) -> float:
    alive = episodes.alive[1 + order :]
    change = np.abs(np.diff(values, n=order, axis=0))[alive]
    return float(change.mean()) if change.size else 0.0


def _share_above(use: NDArray[np.float64], episodes: Episodes, limit: float) -> float:
    counted = (use >= limit)[episodes.alive[1:]]
    return float(counted.mean()) if counted.size else 0.0


def _p95(use: NDArray[np.float64], episodes: Episodes) -> float:
    counted = use[episodes.alive[1:]]
    return float(np.percentile(counted, 95)) if counted.size else 0.0
