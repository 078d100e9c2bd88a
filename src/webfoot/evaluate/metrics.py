"""`METRICS`: every number that is computed of a set of episodes, and the same of the reference."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from webfoot.evaluate import commanded, effort, gait, tracking
from webfoot.evaluate.episodes import Episodes
from webfoot.evaluate.slip import foot_slip
from webfoot.robots.spec import Robot


@dataclass(frozen=True)
class Metric:
    """A number of a set of episodes."""

    measure: Callable[[Episodes], float]
    unit: str
    """Empty for a share or a ratio."""
    title: str
    """What a reader of the report sees."""


METRICS: dict[str, Metric] = {
    "survival": Metric(tracking.survival, "", "Episodes that never fell"),
    "velocity_x": Metric(partial(commanded.mean_velocity, axis=0), "m/s", "Speed forward"),
    "velocity_y": Metric(partial(commanded.mean_velocity, axis=1), "m/s", "Speed to the left"),
    "velocity_yaw": Metric(partial(commanded.mean_velocity, axis=2), "rad/s", "Turning rate"),
    "speed_error": Metric(commanded.speed_error, "", "Speed error, of the command"),
    "sideways_error": Metric(commanded.sideways_error, "", "Sideways speed, of the command"),
    "standing_drift": Metric(commanded.standing_drift, "m/s", "Drift when told to stand"),
    "velocity_x_rmse": Metric(partial(commanded.velocity_rmse, axis=0), "m/s", "Speed forward, error cycle by cycle"),
    "velocity_y_rmse": Metric(
        partial(commanded.velocity_rmse, axis=1), "m/s", "Speed to the left, error cycle by cycle"
    ),
    "velocity_yaw_rmse": Metric(
        partial(commanded.velocity_rmse, axis=2), "rad/s", "Turning rate, error cycle by cycle"
    ),
    "turning_error": Metric(commanded.turning_error, "", "Turning error, of the command"),
    "standing_steps": Metric(gait.standing_steps, "", "Time with a foot in the air when told to stand"),
    "joint_rmse": Metric(tracking.joint_rmse, "rad", "Joint error, all joints"),
    "moving_joint_rmse": Metric(tracking.moving_joint_rmse, "rad", "Joint error, legs"),
    "yaw_drift": Metric(tracking.yaw_drift, "deg/10 s", "Yaw drift"),
    "worst_yaw_drift": Metric(tracking.worst_yaw_drift, "deg/10 s", "Yaw drift, worst episode"),
    "tilt_p95": Metric(tracking.tilt_p95, "deg", "Base tilt, 95th percentile"),
    "lifted_cycles": Metric(gait.lifted_cycles, "", "Cycles in which all feet lift"),
    "mean_lift": Metric(gait.mean_lift, "m", "Foot lift"),
    "lift_share": Metric(gait.lift_share, "", "Foot lift, of the reference"),
    "stride_frequency": Metric(gait.stride_frequency, "Hz", "Stride frequency"),
    "duty_factor": Metric(gait.duty_factor, "", "Duty factor"),
    "stride_error": Metric(gait.stride_error, "", "Stride frequency error, of the reference"),
    "duty_error": Metric(gait.duty_error, "", "Duty factor error, of the reference"),
    "asymmetry": Metric(gait.asymmetry, "", "Difference of left and right feet"),
    "alternation": Metric(gait.alternation, "", "Foot alternation"),
    "action_rate": Metric(effort.action_rate, "", "Action change per step"),
    "action_jerk": Metric(effort.action_jerk, "", "Action jerk per step"),
    "target_jitter": Metric(effort.target_jitter, "rad", "Shaking of the joint targets"),
    "torque_use": Metric(effort.torque_use, "", "Torque used, 95th percentile"),
    "torque_saturation": Metric(effort.torque_saturation, "", "Samples at the torque limit"),
    "speed_use": Metric(effort.speed_use, "", "Joint speed used, 95th percentile"),
    "speed_saturation": Metric(effort.speed_saturation, "", "Samples at the joint speed limit"),
}


@dataclass(frozen=True)
class BodyMetric:
    """A number that takes the robot too."""

    measure: Callable[[Episodes, Robot], float]
    unit: str
    title: str


BODY_METRICS: dict[str, BodyMetric] = {
    "foot_slip": BodyMetric(foot_slip, "m/s", "Slip of standing feet"),
    "cost_of_transport": BodyMetric(
        lambda episodes, robot: effort.cost_of_transport(episodes, robot.mass_kg), "", "Cost of transport"
    ),
}
"""Numbers of the same kind for which the episodes alone do not hold enough."""

SHOWN: dict[str, Metric | BodyMetric] = {**METRICS, **BODY_METRICS}
"""All of them, for those who show them."""

OF_REFERENCE = ("stride_frequency", "duty_factor", "mean_lift", "asymmetry", "alternation")
"""Metrics that say something of the reference too: of what its feet do."""


def measure(episodes: Episodes, robot: Robot | None = None) -> dict[str, float]:
    """Every metric of these episodes, by name; without a robot those alone that need none."""
    found = {name: metric.measure(episodes) for name, metric in METRICS.items()}
    if robot is None:
        return found
    return found | {name: metric.measure(episodes, robot) for name, metric in BODY_METRICS.items()}


def measure_reference(episodes: Episodes) -> dict[str, float]:
    """The metrics of `OF_REFERENCE` as the reference has them, in the phases and commands of these episodes."""
    drawn = replace(episodes, foot_height=episodes.reference_foot_height, joint_pos=episodes.reference_joint_pos)
    return {name: METRICS[name].measure(drawn) for name in OF_REFERENCE}
