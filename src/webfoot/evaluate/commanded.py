"""How fast the robot went against what it was told. Pure functions of `Episodes`.

Commands may change on the way, so episodes are cut into stretches in which every command holds.
"""

from collections.abc import Callable
from dataclasses import fields, replace

import numpy as np
from numpy.typing import NDArray

from webfoot.evaluate.episodes import Episodes

STARTUP_S = 1.0
"""Time from a standing start, or from a new command, that speed and gait are not judged by [s]."""
STANDING_SPEED = 0.01
"""A command slower than this [m/s, rad/s] asks the robot to stand."""
TURNING_SPEED = 0.1
"""A command that turns faster than this is judged by its turning rate, a slower one by its drift [rad/s]."""


def startup_steps(episodes: Episodes) -> int:
    """Control steps that count as starting up: `STARTUP_S`, at most a quarter of the episode."""
    return min(round(STARTUP_S / episodes.control_dt), episodes.num_steps // 4)


def cycle_steps(episodes: Episodes) -> float:
    """Control steps in one gait cycle."""
    return max(episodes.period_s / episodes.control_dt, 1.0)


def stretches(episodes: Episodes) -> list[Episodes]:
    """The episodes cut where commands change; within a stretch every command holds.

    The state in which a command is given is the last of one stretch and the first of the next.
    """
    changed = (np.diff(episodes.command, axis=0) != 0).any(axis=(1, 2))
    edges = [0, *(np.flatnonzero(changed) + 1).tolist(), episodes.num_steps]
    return [_cut(episodes, first, last) for first, last in zip(edges[:-1], edges[1:], strict=True)]


def _cut(episodes: Episodes, first: int, last: int) -> Episodes:
    """The control steps first..last, with the states around them."""
    if (first, last) == (0, episodes.num_steps):
        return episodes
    stop = {episodes.num_steps: last, episodes.num_steps + 1: last + 1}
    arrays = {field.name: getattr(episodes, field.name) for field in fields(episodes)}
    over_time = {name: value for name, value in arrays.items() if isinstance(value, np.ndarray) and value.ndim > 1}
    return replace(episodes, **{name: value[first : stop[len(value)]] for name, value in over_time.items()})


def walks(episodes: Episodes) -> NDArray[np.bool_]:
    """States in which a robot has been told to move, for at least the start-up, shape (T + 1, N)."""
    told = np.linalg.norm(episodes.command, axis=-1) > STANDING_SPEED
    stood = np.concatenate([np.zeros((1, told.shape[1]), dtype=np.int64), np.cumsum(~told, axis=0)])
    step, startup = np.arange(len(told)), startup_steps(episodes)
    recently = stood[1:] - stood[np.maximum(step - startup, 0)]
    walking = (recently == 0) & (step >= startup)[:, None]
    return np.concatenate([walking, walking[-1:]])


def followed(episodes: Episodes) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Velocities that were reached and those that were told, stretch by stretch, both (M, 3).

    A robot that had fallen before counts no more.
    """
    parts = [(part, part.alive[0]) for part in stretches(episodes)]
    reached = np.concatenate([velocity(part)[alive] for part, alive in parts])
    return reached, np.concatenate([part.command[0][alive] for part, alive in parts])


def heading(episodes: Episodes) -> NDArray[np.float64]:
    """Heading of the base in the world, unwrapped over time, held from the fall on [rad], shape (T + 1, N)."""
    w, x, y, z = np.moveaxis(episodes.root_quat, -1, 0)
    turned = np.unwrap(np.arctan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z)), axis=0)
    until = np.minimum(np.arange(len(turned))[:, None], episodes.alive[1:].sum(axis=0))
    return np.take_along_axis(turned, until, axis=0)


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
    """One component of the velocity that was reached, averaged over all stretches [m/s or rad/s]."""
    return float(followed(episodes)[0][:, axis].mean())


def velocity_rmse(episodes: Episodes, axis: int) -> float:
    """Root of the mean squared error of one component of the velocity over single gait cycles [m/s or rad/s].

    Cycles that begin a start-up after the command was given and end alive; standing commands have their own measures.
    """
    errors = np.concatenate([_cycle_errors(part) for part in stretches(episodes)])[:, axis]
    return float(np.sqrt(np.square(errors).mean())) if len(errors) else 0.0


def _cycle_errors(stretch: Episodes) -> NDArray[np.float64]:
    """Velocity less command of every whole cycle of a stretch that is told to move, (C, 3)."""
    span, told = max(1, round(cycle_steps(stretch))), np.linalg.norm(stretch.command[0], axis=-1) > STANDING_SPEED
    turned, found = heading(stretch), [np.empty((0, 3))]
    for first in range(startup_steps(stretch), stretch.num_steps - span + 1, span):
        counted = stretch.alive[first + span] & told
        middle = turned[first : first + span].mean(axis=0)
        step = stretch.root_pos[first + span, :, :2] - stretch.root_pos[first, :, :2]
        forward = np.cos(middle) * step[:, 0] + np.sin(middle) * step[:, 1]
        left = np.cos(middle) * step[:, 1] - np.sin(middle) * step[:, 0]
        moved = np.stack([forward, left, turned[first + span] - turned[first]], axis=-1)
        found.append((moved / (span * stretch.control_dt) - stretch.command[0])[counted])
    return np.concatenate(found)


def speed_error(episodes: Episodes) -> float:
    """Mean |progress along the command - commanded speed|, in shares of the commanded speed (RMS over all stretches).

    Zero where nothing is told to go (see `standing_drift` for those).
    """
    return _planar_error(episodes, lambda direction, error: np.sum(direction * error, axis=-1))


def sideways_error(episodes: Episodes) -> float:
    """Mean |speed across the command|, in shares of the commanded speed (RMS over all stretches)."""
    return _planar_error(
        episodes, lambda direction, error: direction[:, 0] * error[:, 1] - direction[:, 1] * error[:, 0]
    )


def _planar_error(
    episodes: Episodes, part: Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.float64]]
) -> float:
    reached, told = followed(episodes)
    speed = np.linalg.norm(told[:, :2], axis=-1)
    goes = speed > STANDING_SPEED
    if not goes.any():
        return 0.0
    errors = part(told[goes, :2] / speed[goes, None], reached[goes, :2] - told[goes, :2])
    return float(np.abs(errors).mean() / np.sqrt(np.square(speed[goes]).mean()))


def turning_error(episodes: Episodes) -> float:
    """Mean |turning rate - commanded rate| of what is told to turn, in shares of the commanded rate (RMS over all)."""
    reached, told = followed(episodes)
    turns = np.abs(told[:, 2]) > TURNING_SPEED
    if not turns.any():
        return 0.0
    errors = np.abs(reached[turns, 2] - told[turns, 2])
    return float(errors.mean() / np.sqrt(np.square(told[turns, 2]).mean()))


def standing_drift(episodes: Episodes) -> float:
    """Mean planar speed of what has no planar command [m/s]; zero where there is none."""
    reached, told = followed(episodes)
    stays = np.linalg.norm(told[:, :2], axis=-1) <= STANDING_SPEED
    return float(np.linalg.norm(reached[stays, :2], axis=-1).mean()) if stays.any() else 0.0


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
