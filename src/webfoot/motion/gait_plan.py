"""Plan of one gait cycle in the world: where the base and both soles are, before any joint is asked."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

GRAVITY = 9.81
"""[m/s^2]."""
LIFT_FIRST = 0.12
"""Part of a swing at its start and end in which the foot only rises or sinks: who judges contacts by height (5 mm) then
sees no foot that slides."""


@dataclass(frozen=True)
class Stance:
    """The standing robot, as the plan needs it. Heading frame: x forward, y left, origin below the base."""

    feet_xy: NDArray[np.float64]
    """Centres of the soles [m], shape (F, 2)."""
    base_height: float
    """Base above the ground [m]."""
    com_height: float
    """Centre of mass above the ground [m]."""


@dataclass(frozen=True)
class Rhythm:
    """When which foot is in the air."""

    period_s: float
    """Duration of a cycle [s]."""
    num_frames: int
    """N."""
    middles: tuple[float, ...]
    """Phase at the middle of each foot's swing, (F,)."""
    swing_share: float
    """Part of the cycle for which a foot is in the air; 0: all stand."""
    handover: float
    """Part of the cycle in which the weight passes from the feet that stood to those that came down."""


@dataclass(frozen=True)
class GaitPlan:
    """N frames of one cycle; frame 0 is the middle of the time on all feet before the first one swings."""

    base_xy: NDArray[np.float64]
    """World position of the base [m], (N, 2)."""
    heading: NDArray[np.float64]
    """Yaw of the base [rad], (N,)."""
    sway: NDArray[np.float64]
    """Sideways shift of the centre of mass towards the standing feet, in the heading frame [m], (N,)."""
    foot_pos: NDArray[np.float64]
    """World position of the sole centres [m], (N, F, 3)."""
    foot_yaw: NDArray[np.float64]
    """Yaw of the soles [rad], (N, F)."""
    contact: NDArray[np.bool_]
    """Stance, (N, F)."""


def plan_gait(stance: Stance, command: tuple[float, float, float], rhythm: Rhythm, step_height: float) -> GaitPlan:
    """Lay footholds along a path of constant velocity and let an inverted pendulum sway between them.

    A foothold is where the standing foot would be under the base at the middle of its stance; between two of them
    the foot flies an arc that leaves and meets the ground with zero velocity.

    Args:
        command: vx, vy [m/s], wz [rad/s] in the heading frame.
        step_height: highest point of the arc [m].
    """
    frames, feet = rhythm.num_frames, len(stance.feet_xy)
    phase = np.arange(frames) / frames  # (N,)
    path = _path(command, phase * rhythm.period_s)  # (N, 3)
    foot_pos, foot_yaw = np.zeros((frames, feet, 3)), np.zeros((frames, feet))
    contact = np.ones((frames, feet), dtype=bool)
    for foot, middle in enumerate(rhythm.middles):
        progress = _progress(phase, middle, rhythm.swing_share)
        # poses of the base at both mid-stances, (2, 3)
        ends = _path(command, (middle + np.array([-0.5, 0.5])) * rhythm.period_s)
        holds = ends[:, :2] + _rotate(np.tile(stance.feet_xy[foot], (2, 1)), ends[:, 2])
        ease = smoothstep(np.clip((progress - LIFT_FIRST) / (1.0 - 2.0 * LIFT_FIRST), 0.0, 1.0))
        foot_pos[:, foot, :2] = holds[0] + ease[:, None] * (holds[1] - holds[0])
        foot_pos[:, foot, 2] = step_height * arc(progress)
        foot_yaw[:, foot] = ends[0, 2] + ease * (ends[1, 2] - ends[0, 2])
        contact[:, foot] = (progress <= 0.0) | (progress >= 1.0)
    shift = pendulum_sway(_zero_moment_point(phase, path, foot_pos, rhythm), stance.com_height, rhythm.period_s)
    return GaitPlan(
        base_xy=path[:, :2] + _rotate(np.column_stack([shift[:, 0], np.zeros(frames)]), path[:, 2]),
        heading=path[:, 2],
        sway=shift[:, 1],
        foot_pos=foot_pos,
        foot_yaw=foot_yaw,
        contact=contact,
    )


def _progress(phase: NDArray[np.float64], middle: float, swing_share: float) -> NDArray[np.float64]:
    """0 before a swing, 1 after it, shape (N,)."""
    if swing_share <= 0.0:
        return np.zeros_like(phase)
    return np.clip((phase - middle) / swing_share + 0.5, 0.0, 1.0)


def smoothstep(u: NDArray[np.float64]) -> NDArray[np.float64]:
    """0 to 1 with zero velocity at both ends: 3u^2 - 2u^3, the slowest peak (1.5) that a cubic allows."""
    return u**2 * (3.0 - 2.0 * u)


def arc(u: NDArray[np.float64]) -> NDArray[np.float64]:
    """0 to 1 and back with zero velocity at both ends: 16u^2(1 - u)^2."""
    return 16.0 * u**2 * (1.0 - u) ** 2


def pendulum_sway(zmp: NDArray[np.float64], com_height: float, period_s: float) -> NDArray[np.float64]:
    """Periodic motion of a linear inverted pendulum over a moving point of support.

        x'' = (g / h)(x - zmp), so harmonic n of x is that of zmp divided by 1 + (2 pi n / T)^2 h / g

    Args:
        zmp: point of support over one period [m], shape (N, 2).
        com_height: h [m].
        period_s: T [s].

    Returns:
        Motion about its mean [m], shape (N, 2).

    Source: Kajita et al., "The 3D linear inverted pendulum mode", 2001.
    """
    harmonics = np.fft.rfft(zmp, axis=0)
    rate = 2.0 * np.pi * np.arange(len(harmonics)) / period_s
    harmonics /= (1.0 + rate**2 * com_height / GRAVITY)[:, None]
    harmonics[0] = 0.0
    return np.fft.irfft(harmonics, n=len(zmp), axis=0)


def _zero_moment_point(
    phase: NDArray[np.float64], path: NDArray[np.float64], foot_pos: NDArray[np.float64], rhythm: Rhythm
) -> NDArray[np.float64]:
    """Point of support in the heading frame [m], (N, 2): the mean of the standing feet, each weighted by its load.

    A foot carries nothing while it swings, and takes its load up and gives it away within `handover`.
    """
    local = np.stack([_rotate(foot_pos[:, f, :2] - path[:, :2], -path[:, 2]) for f in range(foot_pos.shape[1])], axis=1)
    if rhythm.swing_share <= 0.0:
        return local.mean(axis=1)
    from_middle = np.abs((phase[:, None] - np.array(rhythm.middles) + 0.5) % 1.0 - 0.5)  # (N, F)
    landed = from_middle - 0.5 * rhythm.swing_share
    ramp = rhythm.handover
    load = np.clip(landed / ramp, 0.0, 1.0) if ramp > 0 else (landed > 0.0).astype(float)
    return (load[:, :, None] * local).sum(axis=1) / np.maximum(load.sum(axis=1, keepdims=True), 1e-9)


def _path(command: tuple[float, float, float], time_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """Pose (x, y, yaw) after moving with a constant velocity in the heading frame, shape (T, 3)."""
    vx, vy, wz = command
    yaw = wz * time_s
    along = time_s * np.sinc(yaw / np.pi)  # sin(yaw) / wz
    aside = time_s * np.sin(yaw / 2.0) * np.sinc(yaw / (2.0 * np.pi))  # (1 - cos(yaw)) / wz
    return np.column_stack([vx * along - vy * aside, vx * aside + vy * along, yaw])


def _rotate(xy: NDArray[np.float64], yaw: NDArray[np.float64]) -> NDArray[np.float64]:
    cos, sin = np.cos(yaw), np.sin(yaw)
    return np.column_stack([cos * xy[:, 0] - sin * xy[:, 1], sin * xy[:, 0] + cos * xy[:, 1]])
