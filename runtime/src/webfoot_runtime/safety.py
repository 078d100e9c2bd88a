"""What is never sent to a robot, and what makes it stand down.

targets of the policy ─► torque ─► rate ─► joint limits ─► servos
"""

import math
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from webfoot_runtime.errors import PolicyError
from webfoot_runtime.hardware import Sensors
from webfoot_runtime.layout import Layout

_OFF_UNIT = 0.2
"""Gravity's length may differ from 1 by so much; an accelerometer's 9.81, or the shocks of a fall, do by more."""


@dataclass(frozen=True)
class SafetyLimits:
    """What a robot is kept within. Torques and speeds are shares of the contract's limits."""

    max_age_s: float = 0.06
    """A reading that is older is stale [s]. Three periods at 50 Hz; policies are trained on delays up to 0.02 s."""
    max_tilt_deg: float = 45.0
    """Tilt of the base beyond which it is falling [deg]; training calls 53 a fall, a walk stays below 25."""
    torque_share: float = 2.0
    """No target asks more torque of a servo than this share of its limit. Servos limit themselves to 1; a walk asks for
    up to 2 while a foot hits the ground, and is weaker where that is held back. Less for a first try."""
    rate_share: float = 4.0
    """No target moves faster than this share of the joint's speed limit. A target runs ahead of its joint, so a walk
    needs more than 2; what a broken policy sends needs more than 4."""
    joint_margin: float = 0.0
    """Targets stay so far inside the joint limits [rad]."""
    joint_slack: float = 0.35
    """A joint that reads so far beyond its limits cannot be there: wrong zero, wrong unit, wrong order [rad]."""
    ramp_s: float = 1.5
    """Time in which joints are led to the standing pose [s]; longer where a joint would have to exceed its speed."""
    hold_s: float = 1.0
    """Time for which the standing pose is held before the robot is let go [s]."""
    most_missed: int = 5
    """Deadlines missed one after the other."""

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            least = 0.0 if field.name in ("joint_margin", "joint_slack", "hold_s") else 1e-9
            if not (math.isfinite(value) and value >= least):
                raise PolicyError(f"safety limit {field.name} is {value}: a finite number above 0 would be right")


@dataclass(frozen=True)
class Clamped:
    """Targets that may be sent, and which of them were held back."""

    targets: NDArray[np.float64]
    """[rad], (nu,)."""
    by_torque: NDArray[np.bool_]
    by_rate: NDArray[np.bool_]
    by_limits: NDArray[np.bool_]


def clamp(
    wanted: NDArray[np.floating],
    last: NDArray[np.float64],
    sensors: Sensors | None,
    layout: Layout,
    limits: SafetyLimits,
) -> Clamped:
    """What of some targets may be sent.

        torque = kp (target - q) - kd q'   within   +- torque_share x torque limit
        |target - last| <= rate_share x speed limit x control_dt
        lower + margin <= target <= upper - margin

    Args:
        wanted: targets [rad], (nu,).
        last: targets sent the step before [rad], (nu,).
        sensors: where the joints are; None: not known, so that torques are left to the servos. So are those of a joint
            that reads where it cannot be: led by that reading, it would never come back.
        layout: of the policy.
        limits: of the robot.
    """
    targets = np.asarray(wanted, dtype=np.float64)
    after_torque = targets
    if sensors is not None:
        most = limits.torque_share * layout.torque_limit
        stiff = np.where(layout.kp > 0, layout.kp, np.inf)
        centre, reach = sensors.joint_pos + layout.kd * sensors.joint_vel / stiff, most / stiff
        beyond = np.maximum(layout.lower - sensors.joint_pos, sensors.joint_pos - layout.upper)
        known = (layout.kp > 0) & (beyond <= limits.joint_slack)
        after_torque = np.where(known, np.clip(targets, centre - reach, centre + reach), targets)
    most = limits.rate_share * layout.velocity_limit * layout.control_dt
    after_rate = np.clip(after_torque, last - most, last + most)
    middle = (layout.lower + layout.upper) / 2
    low = np.minimum(layout.lower + limits.joint_margin, middle)
    high = np.maximum(layout.upper - limits.joint_margin, middle)
    sent = np.clip(after_rate, low, high)
    return Clamped(sent, after_torque != targets, after_rate != after_torque, sent != after_rate)


def trouble(now: float, sensors: Sensors | None, layout: Layout, limits: SafetyLimits) -> str:
    """Why a robot must not go on walking, one sentence part; empty where it may.

    Args:
        now: time by the loop's clock [s].
        sensors: the newest reading; None: there was none yet.
        layout: of the policy.
        limits: of the robot.
    """
    return unreadable(now, sensors, layout, limits) or ("" if sensors is None else _unsafe(sensors, layout, limits))


def unreadable(now: float, sensors: Sensors | None, layout: Layout, limits: SafetyLimits) -> str:
    """Why nothing is known of a robot: no reading, a stale one, or no numbers; empty where it is one."""
    if sensors is None:
        return "the sensors cannot be read"
    age = now - sensors.time_s
    if not age <= limits.max_age_s:
        return f"the sensors are stale: {age:.3f} s old, at most {limits.max_age_s:g} s are allowed"
    if age < -limits.max_age_s:
        return f"the sensors are {-age:.3f} s ahead of the loop's clock: both have to count by one clock"
    for name, width in (("gyro", 3), ("projected_gravity", 3), ("joint_pos", layout.nu), ("joint_vel", layout.nu)):
        values = np.asarray(getattr(sensors, name))
        if values.shape != (width,):
            return f"{name} has the shape {values.shape}, but {(width,)} would be right"
        if not np.isfinite(values).all():
            return f"{name} holds NaN or infinity"
    return ""


def _unsafe(sensors: Sensors, layout: Layout, limits: SafetyLimits) -> str:
    length = float(np.linalg.norm(sensors.projected_gravity))
    if abs(length - 1) > _OFF_UNIT:
        return f"projected_gravity has the length {length:.3g}: a unit vector would be right"
    tilt = math.degrees(math.acos(min(1.0, max(-1.0, -float(sensors.projected_gravity[2]) / length))))
    if tilt > limits.max_tilt_deg:
        return f"the base is tilted by {tilt:.0f} degrees, at most {limits.max_tilt_deg:g} are allowed"
    beyond = np.maximum(layout.lower - sensors.joint_pos, sensors.joint_pos - layout.upper)
    worst = int(beyond.argmax())
    if beyond[worst] > limits.joint_slack:
        low, high = layout.lower[worst], layout.upper[worst]
        return (
            f"joint '{layout.joint_names[worst]}' reads {sensors.joint_pos[worst]:.3g} rad, outside of its limits "
            f"{low:.3g} to {high:.3g}"
        )
    return ""
