"""Rewards: pure functions of `StepState`, each in the table `REWARDS` with its weight on `RewardConfig`."""

from collections.abc import Callable

import torch
from pydantic import BaseModel, Field
from torch import Tensor

from webfoot.task.state import StepState


class RewardConfig(BaseModel, frozen=True, extra="forbid"):
    """Weight of every reward, and the error at which a tracking reward has fallen to 1/e."""

    joint_pos: float = Field(default=0.35, ge=0, le=10, description="Weight of matching the reference pose.")
    joint_pos_sigma: float = Field(default=0.45, gt=0, le=10, description="Pose error (norm over joints) at 1/e [rad].")
    joint_vel: float = Field(default=0.10, ge=0, le=10, description="Weight of matching the reference joint speeds.")
    joint_vel_sigma: float = Field(default=7.0, gt=0, le=100, description="Joint speed error (norm) at 1/e [rad/s].")
    velocity: float = Field(
        default=0.10, ge=0, le=10, description="Weight of matching the reference's linear velocity."
    )
    velocity_sigma: float = Field(default=0.10, gt=0, le=10, description="Velocity error at 1/e [m/s].")
    mean_velocity: float = Field(
        default=0.40, ge=0, le=10, description="Weight of the commanded velocity, cycle by cycle."
    )
    mean_velocity_sigma: float = Field(default=0.05, gt=0, le=10, description="Mean velocity error at 1/e [m/s].")
    mean_yaw_rate: float = Field(
        default=0.30, ge=0, le=10, description="Weight of the commanded yaw rate, cycle by cycle."
    )
    mean_yaw_rate_sigma: float = Field(default=0.10, gt=0, le=10, description="Mean yaw rate error at 1/e [rad/s].")
    heading: float = Field(
        default=0.20, ge=0, le=10, description="Weight of keeping the heading that the command asks for."
    )
    heading_sigma: float = Field(default=0.20, gt=0, le=4, description="Heading error at 1/e [rad].")
    yaw_rate: float = Field(default=0.10, ge=0, le=10, description="Weight of matching the reference's yaw rate.")
    yaw_rate_sigma: float = Field(default=0.50, gt=0, le=10, description="Yaw rate error at 1/e [rad/s].")
    base_height: float = Field(default=0.10, ge=0, le=10, description="Weight of matching the reference's base height.")
    base_height_sigma: float = Field(default=0.02, gt=0, le=1, description="Height error at 1/e [m].")
    tilt: float = Field(default=0.10, ge=0, le=10, description="Weight of matching the reference's roll and pitch.")
    tilt_sigma: float = Field(default=0.15, gt=0, le=2, description="Tilt error at 1/e [rad].")
    foot_height: float = Field(
        default=0.20, ge=0, le=10, description="Weight of lifting the feet as the reference does."
    )
    foot_height_sigma: float = Field(
        default=0.015, gt=0, le=1, description="Sole height error (norm over feet) at 1/e [m]."
    )
    foot_timing: float = Field(
        default=0.0, ge=0, le=10, description="Weight of standing and swinging when the reference's feet do."
    )
    foot_timing_sigma: float = Field(
        default=0.7, gt=0, le=10, description="Error of which feet stand (norm over feet) at 1/e [1]."
    )
    stance_height: float = Field(
        default=0.003, gt=0, le=1, description="A sole higher than this swings [m]; the step has a third of its width."
    )
    action_rate: float = Field(default=0.002, ge=0, le=10, description="Penalty on the squared change of the action.")
    torque: float = Field(
        default=0.002, ge=0, le=10, description="Penalty on the squared share of the torque limit used."
    )


def _kernel(squared_error: Tensor, sigma: float) -> Tensor:
    """exp(-e^2 / sigma^2): 1 without error, 1/e at sigma. Source: Peng et al., "DeepMimic", 2018."""
    return torch.exp(-squared_error / sigma**2)


def joint_pos(state: StepState, config: RewardConfig) -> Tensor:
    """Matching the reference pose, exp(-||q - q_ref||^2 / sigma^2), shape (N,)."""
    return _kernel((state.joint_pos - state.reference.joint_pos).square().sum(dim=-1), config.joint_pos_sigma)


def joint_vel(state: StepState, config: RewardConfig) -> Tensor:
    """Matching the reference joint speeds, exp(-||dq - dq_ref||^2 / sigma^2), shape (N,)."""
    return _kernel((state.joint_vel - state.reference.joint_vel).square().sum(dim=-1), config.joint_vel_sigma)


def velocity(state: StepState, config: RewardConfig) -> Tensor:
    """Matching the reference's horizontal velocity in the heading frame, shape (N,)."""
    error = state.lin_vel_h[:, :2] - state.reference.velocity[:, :2]
    return _kernel(error.square().sum(dim=-1), config.velocity_sigma)


def mean_velocity(state: StepState, config: RewardConfig) -> Tensor:
    """Walking as fast as commanded, averaged over about one gait cycle, shape (N,)."""
    error = state.mean_velocity[:, :2] - state.command[:, :2]
    return _kernel(error.square().sum(dim=-1), config.mean_velocity_sigma)


def mean_yaw_rate(state: StepState, config: RewardConfig) -> Tensor:
    """Turning as fast as commanded, averaged over about one gait cycle, shape (N,)."""
    return _kernel((state.mean_velocity[:, 2] - state.command[:, 2]).square(), config.mean_yaw_rate_sigma)


def heading(state: StepState, config: RewardConfig) -> Tensor:
    """Not drifting away from the heading that the reference would have reached, shape (N,)."""
    return _kernel(state.heading_error.square(), config.heading_sigma)


def yaw_rate(state: StepState, config: RewardConfig) -> Tensor:
    """Matching the reference's yaw rate, shape (N,)."""
    return _kernel((state.ang_vel_b[:, 2] - state.reference.velocity[:, 2]).square(), config.yaw_rate_sigma)


def base_height(state: StepState, config: RewardConfig) -> Tensor:
    """Matching the reference's base height, shape (N,)."""
    return _kernel((state.base_height - state.reference.base_height).square(), config.base_height_sigma)


def tilt(state: StepState, config: RewardConfig) -> Tensor:
    """Matching the reference's roll and pitch, shape (N,).

    A small tilt (roll a, pitch b) points gravity to (b, -a, -1) in the base frame.
    """
    roll, pitch = state.reference.tilt.unbind(-1)
    error = state.gravity_b[:, :2] - torch.stack([pitch, -roll], dim=-1)
    return _kernel(error.square().sum(dim=-1), config.tilt_sigma)


def foot_height(state: StepState, config: RewardConfig) -> Tensor:
    """Lifting the soles as high as the reference does, when it does, shape (N,)."""
    error = state.foot_height - state.reference.foot_height
    return _kernel(error.square().sum(dim=-1), config.foot_height_sigma)


def foot_timing(state: StepState, config: RewardConfig) -> Tensor:
    """Standing and swinging when the reference does, whatever the height, shape (N,).

        c(h) = 1 / (1 + exp(3 h / h0 - 3)): 0.95 on the ground, 1/2 at h0, the stance height, 0 in the air

    Source: the contact reward of Grandia et al., "Design and Control of a Bipedal Robotic Character", 2025, smoothed.
    """
    stands, shall_stand = (
        torch.sigmoid(3.0 - 3.0 * height / config.stance_height)
        for height in (state.foot_height, state.reference.foot_height)
    )
    return _kernel((stands - shall_stand).square().sum(dim=-1), config.foot_timing_sigma)


def action_rate(state: StepState, config: RewardConfig) -> Tensor:
    """Penalty -||a - a_prev||^2, shape (N,)."""
    return -(state.action - state.previous_action).square().sum(dim=-1)


def torque(state: StepState, config: RewardConfig) -> Tensor:
    """Penalty -||tau / tau_max||^2, shape (N,)."""
    return -state.torque.square().sum(dim=-1)


REWARDS: dict[str, Callable[[StepState, RewardConfig], Tensor]] = {
    "joint_pos": joint_pos,
    "joint_vel": joint_vel,
    "velocity": velocity,
    "mean_velocity": mean_velocity,
    "mean_yaw_rate": mean_yaw_rate,
    "heading": heading,
    "yaw_rate": yaw_rate,
    "base_height": base_height,
    "tilt": tilt,
    "foot_height": foot_height,
    "foot_timing": foot_timing,
    "action_rate": action_rate,
    "torque": torque,
}
"""Every reward; its weight is the field of the same name on `RewardConfig`."""


def reward_terms(state: StepState, config: RewardConfig) -> dict[str, Tensor]:
    """Weighted rewards of one control step by name, each of shape (N,); those of weight zero are left out."""
    weights = {name: getattr(config, name) for name in REWARDS}
    return {name: weight * REWARDS[name](state, config) for name, weight in weights.items() if weight > 0}
