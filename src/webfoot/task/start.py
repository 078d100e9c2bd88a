"""Where episodes start: standing still in the default pose, or somewhere on the reference."""

import torch
from pydantic import BaseModel, Field
from torch import Tensor

from webfoot.robots.spec import Robot
from webfoot.sim.batch import BatchSim, StartState
from webfoot.task.state import ReferenceState


class StartConfig(BaseModel, frozen=True, extra="forbid"):
    """How episodes start in training."""

    standing_share: float = Field(default=0.3, ge=0, le=1, description="Share of episodes that start standing still.")
    joint_noise: float = Field(
        default=0.03, ge=0, le=0.5, description="Uniform noise on joint angles at the start [rad]."
    )
    velocity_noise: float = Field(
        default=0.05, ge=0, le=1, description="Uniform noise on base velocity at the start [m/s]."
    )
    settle_s: float = Field(
        default=1.0, ge=0, le=5, description="Time to settle in the default pose before a rollout [s]."
    )


def settle(sim: BatchSim, robot: Robot, settle_s: float) -> StartState:
    """Let robot 0 settle in the default pose under its servos; the state a rollout starts from, for one robot."""
    pose = torch.tensor(robot.default_pos, dtype=torch.float32, device=sim.device).repeat(sim.num_envs, 1)
    everyone = torch.arange(sim.num_envs, device=sim.device)
    zeros = pose.new_zeros(sim.num_envs, 3)
    upright = pose.new_tensor([1.0, 0.0, 0.0, 0.0]).repeat(sim.num_envs, 1)
    height = pose.new_tensor([0.0, 0.0, robot.base_height]).repeat(sim.num_envs, 1)
    sim.reset(everyone, StartState(height, upright, zeros, zeros, pose, torch.zeros_like(pose)))
    for _ in range(round(settle_s / sim.control_dt)):
        sim.step(pose)
    state = sim.state()
    return StartState(
        root_pos=state.root_pos[:1] * pose.new_tensor([0.0, 0.0, 1.0]),
        root_quat=state.root_quat[:1],
        lin_vel_w=zeros[:1],
        ang_vel_b=zeros[:1],
        joint_pos=state.joint_pos[:1],
        joint_vel=torch.zeros_like(state.joint_pos[:1]),
    )


def standing_start(settled: StartState, count: int, config: StartConfig, generator: torch.Generator) -> StartState:
    """`count` robots standing still, with noise on joints and base velocity."""
    return StartState(
        root_pos=settled.root_pos.repeat(count, 1),
        root_quat=settled.root_quat.repeat(count, 1),
        lin_vel_w=_noise((count, 3), config.velocity_noise, generator),
        ang_vel_b=settled.ang_vel_b.repeat(count, 1),
        joint_pos=settled.joint_pos + _noise((count, settled.joint_pos.shape[1]), config.joint_noise, generator),
        joint_vel=settled.joint_vel.repeat(count, 1),
    )


def reference_start(reference: ReferenceState, config: StartConfig, generator: torch.Generator) -> StartState:
    """Robots in the pose and motion of the reference (reference state initialisation, Peng et al. 2018), with noise."""
    count, nu = reference.joint_pos.shape
    zero = torch.zeros_like(reference.base_height)
    roll, pitch = (0.5 * reference.tilt).unbind(-1)
    quat = torch.stack([torch.ones_like(zero), roll, pitch, zero], dim=-1)  # small-angle quaternion
    vx, vy, wz = reference.velocity.unbind(-1)
    return StartState(
        root_pos=torch.stack([zero, zero, reference.base_height], dim=-1),
        root_quat=quat / quat.norm(dim=-1, keepdim=True),
        lin_vel_w=torch.stack([vx, vy, zero], dim=-1) + _noise((count, 3), config.velocity_noise, generator),
        ang_vel_b=torch.stack([zero, zero, wz], dim=-1),
        joint_pos=reference.joint_pos + _noise((count, nu), config.joint_noise, generator),
        joint_vel=reference.joint_vel,
    )


def join_starts(first: StartState, second: StartState, choose_first: Tensor) -> StartState:
    """Row by row the first or the second start; `choose_first` is (n, 1) bool."""
    return StartState(
        *(
            torch.where(choose_first, getattr(first, name), getattr(second, name))
            for name in StartState.__dataclass_fields__
        )
    )


def _noise(shape: tuple[int, int], scale: float, generator: torch.Generator) -> Tensor:
    return (torch.rand(shape, generator=generator, device=generator.device) * 2 - 1) * scale
