"""`FootPlan`: where base and soles of a robot are wanted, so that it walks as a recorded skeleton does.

Pelvis and feet are scaled; every foot keeps its place relative to its hip, so that a robot with wider hips steps
wider; a foot in stance is held where it stands.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter
from scipy.spatial.transform import Rotation

from webfoot.motion.skeleton import Walker

STANCE_HEIGHT = 0.08
"""A foot lower than this above its lowest height, in leg lengths, may stand."""
STANCE_SPEED = 0.6
"""A foot slower than this, in leg lengths per second, may stand."""
LARGEST_FOOT_YAW = 0.4
"""Feet turn at most so far from the heading [rad]."""


@dataclass(frozen=True)
class FootPlan:
    """Where base and soles are wanted, world frame."""

    base: NDArray[np.float64]
    """Horizontal position and height above the default's [m], shape (T, 3)."""
    heading: NDArray[np.float64]
    soles: NDArray[np.float64]
    """Shape (T, 2, 3); height 0 on the ground."""
    yaw: NDArray[np.float64]
    """World headings of the soles [rad], shape (T, 2)."""
    stance: NDArray[np.bool_]


def unrolled(walker: Walker) -> Walker:
    """A loop three times in a row, each time going on where it ended, so that its seam is no end of a stance."""
    pelvis, heading = walker.hips.mean(axis=1), walker.heading
    turn = 2 * heading[-1] - heading[-2] - heading[0]
    ends = (2 * pelvis[-1] - pelvis[-2]) * [1, 1, 0] + pelvis[0] * [0, 0, 1]
    forth = Rotation.from_euler("z", turn)
    back = forth.inv()

    def beside(points: NDArray[np.float64]) -> NDArray[np.float64]:
        before = np.stack([back.apply(points[:, f] - ends) + pelvis[0] for f in range(2)], axis=1)
        after = np.stack([forth.apply(points[:, f] - pelvis[0]) + ends for f in range(2)], axis=1)
        return np.concatenate([before, points, after])

    return Walker(
        hips=beside(walker.hips),
        feet=beside(walker.feet),
        heading=np.concatenate([heading - turn, heading, heading + turn]),
        foot_heading=np.tile(walker.foot_heading, (3, 1)),
        leg_length=walker.leg_length,
        note=walker.note,
    )


def middle(plan: FootPlan) -> FootPlan:
    """The middle third of a plan, with its base starting where the world does."""
    part = slice(len(plan.heading) // 3, 2 * len(plan.heading) // 3)
    start = plan.base[part][0] * [1.0, 1.0, 0.0]
    return FootPlan(
        plan.base[part] - start, plan.heading[part], plan.soles[part] - start, plan.yaw[part], plan.stance[part]
    )


def standing(walker: Walker) -> float:
    """Usual height of the hips above the ground, in the file's unit."""
    height = float(np.median(walker.hips[..., 2].mean(axis=1)) - _ground(walker).mean())
    return max(height, 0.5 * walker.leg_length)


def _ground(walker: Walker) -> NDArray[np.float64]:
    """Height of each foot's point while it stands, shape (2,)."""
    return np.percentile(walker.feet[..., 2], 5, axis=0)


def plan_feet(walker: Walker, neutral: NDArray[np.float64], scale: float, fps: float) -> FootPlan:
    """The walk in the robot's size.

    Args:
        neutral: sole centres of the default pose, left then right, in the base frame [m], shape (2, 3).
        scale: metres of the robot for a unit of the file.
        fps: frames per second.
    """
    into_heading = Rotation.from_euler("z", -walker.heading[:, None])
    away = walker.feet - walker.hips
    away = np.stack([into_heading.apply(away[:, f]) for f in range(2)], axis=1)  # heading frame
    away[..., 0] -= np.median(away[..., 0].mean(axis=1))  # the middle of the feet under the hips on the whole
    away[..., 1] -= np.median(away[..., 1], axis=0)
    pelvis = walker.hips.mean(axis=1)
    rise = scale * (pelvis[:, 2] - np.median(pelvis[:, 2]))
    base = np.column_stack([scale * (pelvis[:, :2] - pelvis[0, :2]), rise])
    flat = scale * away + neutral * [1.0, 1.0, 0.0]
    soles = np.stack([into_heading.inv().apply(flat[:, f]) for f in range(2)], axis=1)
    soles[..., :2] += base[:, None, :2]
    soles[..., 2] = np.maximum(0.0, scale * (walker.feet[..., 2] - _ground(walker)))
    usual = np.median(walker.foot_heading, axis=0)
    turned = np.clip(walker.foot_heading - usual, -LARGEST_FOOT_YAW, LARGEST_FOOT_YAW)
    yaw = walker.heading[:, None] + turned
    stance = _stance(walker, fps)
    for f in range(2):
        soles[:, f] = _locked(soles[:, f], stance[:, f])
        yaw[:, f] = _yaw(yaw[:, f], walker.heading, stance[:, f])
    soles[..., 2] = np.maximum(soles[..., 2], 0.0)
    return FootPlan(base, walker.heading, soles, yaw, stance)


def _stance(walker: Walker, fps: float) -> NDArray[np.bool_]:
    """Feet that are low and slow, shape (T, 2)."""
    speed = np.linalg.norm(np.gradient(walker.feet[..., :2], axis=0), axis=-1) * fps
    low = walker.feet[..., 2] < _ground(walker) + STANCE_HEIGHT * walker.leg_length
    raw = low & (speed < STANCE_SPEED * walker.leg_length)
    window = max(3, round(0.05 * fps) // 2 * 2 + 1)
    return median_filter(raw.astype(np.uint8), size=(window, 1), mode="nearest").astype(bool)


def _locked(path: NDArray[np.float64], stance: NDArray[np.bool_]) -> NDArray[np.float64]:
    """A foot's path (T, 3) that keeps its place on the ground in every stance; in swing the correction is blended."""
    if not stance.any():
        return path
    correction = np.zeros_like(path)
    for first, end in _stances(stance):
        margin = (end - first) // 4  # its middle, where heel and toe are both down
        place = path[first + margin : end - margin].mean(axis=0) * [1.0, 1.0, 0.0]
        correction[first:end] = place - path[first:end]
    return path + np.column_stack([_filled(correction[:, d], stance) for d in range(3)])


def _yaw(world: NDArray[np.float64], heading: NDArray[np.float64], stance: NDArray[np.bool_]) -> NDArray[np.float64]:
    """A foot's heading (T,) as it stands; in swing, where toes point down and have none, blended past the pelvis's."""
    if not stance.any():
        return heading
    still = heading.copy()
    for first, end in _stances(stance):
        still[first:end] = world[first:end].mean()
    return heading + _filled(still - heading, stance)


def _stances(stance: NDArray[np.bool_]) -> NDArray[np.int64]:
    """First and last + 1 frame of every stance, shape (S, 2)."""
    return np.flatnonzero(np.diff(np.concatenate([[False], stance, [False]]).astype(int))).reshape(-1, 2)


def _filled(values: NDArray[np.float64], known: NDArray[np.bool_]) -> NDArray[np.float64]:
    frames = np.arange(len(values))
    return np.interp(frames, frames[known], values[known])
