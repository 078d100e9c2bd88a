"""How well the robot followed: survival, velocity, heading, tilt and joints. Pure functions of `Episodes`."""

import numpy as np
from numpy.typing import NDArray

from webfoot.evaluate.episodes import Episodes

STARTUP_S = 1.0
"""Time from a standing start that speed and gait are not judged by [s]."""
STANDING_SPEED = 0.01
"""A command slower than this [m/s, rad/s] asks the robot to stand."""
MOVING_JOINT_RAD = 0.02
"""A joint whose reference moves further than this (peak to peak) is one that walks [rad]."""


def survival(episodes: Episodes) -> float:
    """Share of the episodes that never fell."""
    return float(episodes.alive[-1].mean())


def startup_steps(episodes: Episodes) -> int:
    """Control steps that count as starting up: `STARTUP_S`, at most a quarter of the episode."""
    return min(round(STARTUP_S / episodes.control_dt), episodes.num_steps // 4)


def cycle_steps(episodes: Episodes) -> float:
    """Control steps in one gait cycle."""
    return max(episodes.period_s / episodes.control_dt, 1.0)


def heading(episodes: Episodes) -> NDArray[np.float64]:
    """Heading of the base in the world, unwrapped over time, held from the fall on [rad], shape (T + 1, N)."""
    w, x, y, z = np.moveaxis(episodes.root_quat, -1, 0)
    turned = np.unwrap(np.arctan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z)), axis=0)
    until = np.minimum(np.arange(len(turned))[:, None], episodes.alive[1:].sum(axis=0))
    return np.take_along_axis(turned, until, axis=0)


def walks(episodes: Episodes) -> NDArray[np.bool_]:
    """Which episodes are told to move at all, shape (N,)."""
    return np.linalg.norm(episodes.command.mean(axis=0), axis=-1) > STANDING_SPEED


def velocity(episodes: Episodes) -> NDArray[np.float64]:
    """Achieved (vx, vy [m/s], wz [rad/s]) of every episode in the heading frame, shape (N, 3).

    Progress in the world, turned by the heading averaged over one gait cycle, divided by the time it took: whole
    cycles between the start-up and the fall (all of the time alive where that is shorter). Zero where it fell at once.
    """
    turned, span = heading(episodes), cycle_steps(episodes)
    smooth = _moving_average(turned, round(span))
    middle = 0.5 * (smooth[1:] + smooth[:-1])
    step = np.diff(episodes.root_pos[..., :2], axis=0)  # (T, N, 2)
    cos, sin = np.cos(middle), np.sin(middle)
    forward = cos * step[..., 0] + sin * step[..., 1]
    left = -sin * step[..., 0] + cos * step[..., 1]
    counted = _whole_cycles(episodes, span)  # (T, N)
    moves = np.where(counted[..., None], np.stack([forward, left, np.diff(turned, axis=0)], axis=-1), 0.0)
    return moves.sum(axis=0) / (np.maximum(counted.sum(axis=0), 1) * episodes.control_dt)[:, None]


def mean_velocity(episodes: Episodes, axis: int) -> float:
    """One component of `velocity`, averaged over the episodes [m/s or rad/s]."""
    return float(velocity(episodes)[:, axis].mean())


def speed_error(episodes: Episodes) -> float:
    """Mean over the walking episodes of |progress along the command - commanded speed| / commanded speed.

    Zero where no episode has a planar command (see `standing_drift` for those).
    """
    error, speed = _planar_error(episodes)
    return float(np.mean(np.abs(error[:, 0]) / speed)) if len(speed) else 0.0


def sideways_error(episodes: Episodes) -> float:
    """Mean over the walking episodes of |speed across the command| / commanded speed."""
    error, speed = _planar_error(episodes)
    return float(np.mean(np.abs(error[:, 1]) / speed)) if len(speed) else 0.0


def standing_drift(episodes: Episodes) -> float:
    """Mean planar speed of the episodes that have no planar command [m/s]; zero where there are none."""
    planar = np.linalg.norm(episodes.command[..., :2].mean(axis=0), axis=-1) > STANDING_SPEED
    speeds = np.linalg.norm(velocity(episodes)[~planar, :2], axis=-1)
    return float(speeds.mean()) if len(speeds) else 0.0


def yaw_drifts(episodes: Episodes) -> NDArray[np.float64]:
    """Heading lost against wz·t, from the first gait cycle to the last one alive [deg per 10 s], shape (N,).

    Averages over a cycle at both ends, so that sway is no drift. An episode shorter than two cycles is taken from
    its first to its last state, and never scaled up from less than a second.
    """
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
    """Mean over the episodes of the absolute yaw drift [deg per 10 s]."""
    return float(np.abs(yaw_drifts(episodes)).mean())


def worst_yaw_drift(episodes: Episodes) -> float:
    """Largest absolute yaw drift of any episode [deg per 10 s]."""
    return float(np.abs(yaw_drifts(episodes)).max())


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


def _planar_error(episodes: Episodes) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Velocity error (along, across) the command of the walking episodes, (M, 2), and their speed, (M,)."""
    wanted = episodes.command[..., :2].mean(axis=0)
    speed = np.linalg.norm(wanted, axis=-1)
    planar = speed > STANDING_SPEED
    wanted, speed = wanted[planar], speed[planar]
    direction = wanted / speed[:, None]
    reached = velocity(episodes)[planar, :2]
    along = np.sum(reached * direction, axis=-1) - speed
    across = direction[:, 0] * reached[:, 1] - direction[:, 1] * reached[:, 0]
    return np.stack([along, across], axis=-1), speed


def _whole_cycles(episodes: Episodes, span: float) -> NDArray[np.bool_]:
    """The steps of every episode that its speed is taken over, shape (T, N)."""
    lived = episodes.alive[1:].sum(axis=0)  # (N,)
    startup = startup_steps(episodes)
    first = np.where(lived >= startup + span, startup, 0)
    whole = np.round(np.floor((lived - first) / span) * span)
    length = np.where(whole > 0, whole, lived)
    step = np.arange(episodes.num_steps)[:, None]
    return (step >= first) & (step < first + length)


def _moving_average(values: NDArray[np.float64], width: int) -> NDArray[np.float64]:
    """Centred mean over `width` rows, the edges repeated, shape as given (T, N)."""
    before = width // 2
    padded = np.pad(values, ((before + 1, width - 1 - before), (0, 0)), mode="edge")
    total = np.cumsum(padded, axis=0)
    return (total[width:] - total[:-width]) / width
