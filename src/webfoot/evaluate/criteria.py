"""`PassCriteria`: what a policy must show to pass, and `judge`, which holds it against what it did."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field

from webfoot.evaluate import commanded, effort, gait, tracking
from webfoot.evaluate.episodes import Episodes
from webfoot.export.check import Check, at_least, at_most
from webfoot.robots.size import length_scale, speed_scale


class PassCriteria(BaseModel, frozen=True, extra="forbid"):
    """Limits of a pass. Shares are of 1.

    `min_lift_m` and `max_standing_drift` are for robots whose base stands up to 0.2 m high; for a larger one the lift
    grows as its height, the drift as the root of it.
    """

    min_survival: float = Field(default=0.95, ge=0, le=1, description="Share of the episodes that must not fall.")
    min_disturbed_survival: float = Field(
        default=0.90, ge=0, le=1, description="The same where it was validated under conditions such as robust."
    )
    max_speed_error: float = Field(
        default=0.20, gt=0, le=2, description="Speed error along the command, of the commanded speed (RMS)."
    )
    max_sideways_error: float = Field(
        default=0.30, gt=0, le=2, description="Speed across the command, of the commanded speed (RMS)."
    )
    max_standing_drift: float = Field(
        default=0.02, gt=0, le=1, description="Speed when told to stand [m/s]; more if large."
    )
    max_turning_error: float = Field(
        default=0.30, gt=0, le=2, description="Error of the turning rate where turns are told, of the rate (RMS)."
    )
    max_standing_steps: float = Field(
        default=0.05, ge=0, le=1, description="Share of the time a foot is in the air when told to stand."
    )
    max_joint_rmse: float = Field(
        default=0.10, gt=0, le=2, description="Joint error against the reference in phase [rad]."
    )
    max_yaw_drift: float = Field(default=15.0, gt=0, le=360, description="Mean yaw drift [deg per 10 s].")
    max_tilt: float = Field(default=25.0, gt=0, le=90, description="95th percentile of the base's tilt [deg].")
    min_lift_m: float = Field(
        default=gait.MIN_LIFT_M, gt=0, le=0.5, description="How high a foot must rise in a cycle [m]; more if large."
    )
    min_lifted_cycles: float = Field(
        default=0.90, ge=0, le=1, description="Share of the cycles in which all feet rise so."
    )
    max_target_jitter: float = Field(
        default=0.15, gt=0, le=2, description="Mean second difference of joint targets [rad]."
    )
    max_torque_saturation: float = Field(default=0.20, ge=0, le=1, description="Share of samples at the torque limit.")
    max_speed_saturation: float = Field(
        default=0.05, ge=0, le=1, description="Share of samples beyond the joint speed limit."
    )
    max_parity: float = Field(
        default=1e-5, gt=0, le=1, description="Largest difference between ONNX and torch outputs."
    )
    max_latency_share: float = Field(default=0.05, gt=0, le=1, description="p99 latency, of the control period.")


@dataclass(frozen=True)
class _Rule:
    measure: Callable[[Episodes, PassCriteria], float]
    limit: str
    """Name of the field of `PassCriteria`."""
    comparison: Literal["<=", ">="]
    unit: str
    cure: str
    """What to try where it fails."""


_RULES: dict[str, _Rule] = {
    "survival": _Rule(
        lambda e, _: tracking.survival(e), "min_survival", ">=", "", "train longer, with more standing starts"
    ),
    "speed_error": _Rule(
        lambda e, _: commanded.speed_error(e),
        "max_speed_error",
        "<=",
        "",
        "train longer, or weigh the velocity reward higher",
    ),
    "sideways_error": _Rule(
        lambda e, _: commanded.sideways_error(e),
        "max_sideways_error",
        "<=",
        "",
        "symmetrise the motion, or train with mirror augmentation",
    ),
    "standing_drift": _Rule(
        lambda e, _: commanded.standing_drift(e), "max_standing_drift", "<=", "m/s", "train with standing commands"
    ),
    "turning_error": _Rule(
        lambda e, _: commanded.turning_error(e),
        "max_turning_error",
        "<=",
        "",
        "train longer, or weigh the yaw rate higher",
    ),
    "standing_steps": _Rule(
        lambda e, _: gait.standing_steps(e), "max_standing_steps", "<=", "", "train with more standing commands"
    ),
    "joint_rmse": _Rule(
        lambda e, _: tracking.joint_rmse(e),
        "max_joint_rmse",
        "<=",
        "rad",
        "train longer, or inspect the motion: servos may be too slow for it",
    ),
    "moving_joint_rmse": _Rule(
        lambda e, _: tracking.moving_joint_rmse(e),
        "max_joint_rmse",
        "<=",
        "rad",
        "train longer, or inspect the motion: servos may be too slow for it",
    ),
    "yaw_drift": _Rule(
        lambda e, _: tracking.yaw_drift(e),
        "max_yaw_drift",
        "<=",
        "deg/10 s",
        "train with mirror augmentation, or weigh the yaw reward higher",
    ),
    "tilt_p95": _Rule(
        lambda e, _: tracking.tilt_p95(e), "max_tilt", "<=", "deg", "weigh the tilt reward higher, or slow the motion"
    ),
    "lifted_cycles": _Rule(
        lambda e, c: gait.lifted_cycles(e, c.min_lift_m),
        "min_lifted_cycles",
        ">=",
        "",
        "weigh the foot height reward higher, or use a motion that lifts the feet more",
    ),
    "target_jitter": _Rule(
        lambda e, _: effort.target_jitter(e), "max_target_jitter", "<=", "rad", "weigh the action rate penalty higher"
    ),
    "torque_saturation": _Rule(
        lambda e, _: effort.torque_saturation(e),
        "max_torque_saturation",
        "<=",
        "",
        "slow the motion, or reduce the action scale",
    ),
    "speed_saturation": _Rule(
        lambda e, _: effort.speed_saturation(e), "max_speed_saturation", "<=", "", "slow the motion"
    ),
}


_ONLY_WHERE: dict[str, Callable[[NDArray[np.float64]], NDArray[np.bool_]]] = {
    "speed_error": lambda told: ~_still(told[..., :2]),
    "sideways_error": lambda told: ~_still(told[..., :2]),
    "lifted_cycles": lambda told: ~_still(told),
    "turning_error": lambda told: np.abs(told[..., 2]) > commanded.TURNING_SPEED,
    "yaw_drift": lambda told: np.abs(told[..., 2]) <= commanded.TURNING_SPEED,
    "standing_drift": lambda told: _still(told[..., :2]),
    "standing_steps": lambda told: _still(told),
}
"""Checks of what robots may not be told to do: where in the commands (T, N, 3) they are."""


def _still(told: NDArray[np.float64]) -> NDArray[np.bool_]:
    return np.linalg.norm(told, axis=-1) <= commanded.STANDING_SPEED


def judge(episodes: Episodes, criteria: PassCriteria | None = None) -> list[Check]:
    """Hold what happened against the criteria; a value that is NaN fails.

    A check of what no robot was told to do is left out: of walking, turning, going straight, standing.
    """
    criteria = _for_size(criteria or PassCriteria(), float(episodes.root_pos[0, :, 2].mean()))
    return [_check(name, rule, episodes, criteria) for name, rule in _RULES.items() if _applies(name, episodes)]


def _for_size(criteria: PassCriteria, base_height: float) -> PassCriteria:
    lift = criteria.min_lift_m * length_scale(base_height)
    drift = criteria.max_standing_drift * speed_scale(base_height)
    return criteria.model_copy(update={"min_lift_m": lift, "max_standing_drift": drift})


def judge_runtime(
    parity: float, latency_p99_us: float, control_dt: float, criteria: PassCriteria | None = None
) -> list[Check]:
    """Hold the exported file against the criteria.

    Args:
        parity: largest |ONNX - torch| of an output.
        latency_p99_us: 99th percentile of the time of one inference on one thread [µs].
        control_dt: control period [s].
    """
    criteria = criteria or PassCriteria()
    limit_us = criteria.max_latency_share * control_dt * 1e6
    return [
        _compare("parity", parity, criteria.max_parity, "<=", "", "export again, in float32"),
        _compare("latency_p99", latency_p99_us, limit_us, "<=", "us", "use a smaller network"),
    ]


def _applies(name: str, episodes: Episodes) -> bool:
    return name not in _ONLY_WHERE or bool(_ONLY_WHERE[name](episodes.command).any())


def _check(name: str, rule: _Rule, episodes: Episodes, criteria: PassCriteria) -> Check:
    limit = getattr(criteria, rule.limit)
    return _compare(name, rule.measure(episodes, criteria), limit, rule.comparison, rule.unit, rule.cure)


def _compare(name: str, value: float, limit: float, comparison: Literal["<=", ">="], unit: str, cure: str) -> Check:
    check = (at_most if comparison == "<=" else at_least)(name, value, limit, unit)
    return check if check.passed else replace(check, detail=cure)
