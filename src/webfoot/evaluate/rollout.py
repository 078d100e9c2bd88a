"""Roll a policy out in simulation, from standing still, through the runtime that a robot uses."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import BaseModel, Field

from webfoot.evaluate.episodes import Episodes
from webfoot.motion.feet import foot_names
from webfoot.motion.reference import Reference, fourier_basis
from webfoot.robots.spec import Robot
from webfoot.sim.batch import SimState
from webfoot.sim.cpu import CpuSim
from webfoot.sim.model import SimConfig
from webfoot.sim.rotations import projected_gravity
from webfoot.task.start import StartConfig, settle, standing_start
from webfoot.task.terminate import TerminationConfig


class RolloutConfig(BaseModel, frozen=True, extra="forbid"):
    """How a policy is tried out."""

    episodes: int = Field(default=64, ge=1, le=4096, description="Robots that walk side by side.")
    episode_s: float = Field(default=10.0, gt=0.5, le=600, description="Length of an episode [s].")
    seed: int = Field(default=1000, ge=0, description="Seed of the starts; never one of those used in training.")
    joint_noise: float = Field(
        default=0.02, ge=0, le=0.5, description="Uniform noise on joint angles at the start [rad]."
    )
    velocity_noise: float = Field(
        default=0.02, ge=0, le=1, description="Uniform noise on base velocity at the start [m/s]."
    )
    settle_s: float = Field(default=1.0, ge=0, le=5, description="Time to settle in the default pose [s].")
    gain_factor: float = Field(default=1.0, gt=0, le=10, description="Servo gains are multiplied by this.")


class Policy(Protocol):
    """What is rolled out; `webfoot.export.runtime.OnnxPolicy` is one."""

    observation: NDArray[np.float32]
    action: NDArray[np.float32]
    phase: NDArray[np.float64]

    def reset(self, num_envs: int = 1) -> None:
        """Forget everything."""
        ...

    def step(
        self,
        gyro: NDArray[np.float32],
        projected_gravity: NDArray[np.float32],
        joint_pos: NDArray[np.float32],
        joint_vel: NDArray[np.float32],
        command: NDArray[np.float64],
    ) -> NDArray[np.float32]:
        """One control step of N robots; gives the servo targets [rad]."""
        ...


@dataclass(frozen=True)
class Stage:
    """Robot, reference and physics that policies are tried out on."""

    robot: Robot
    reference: Reference
    sim: SimConfig
    termination: TerminationConfig = TerminationConfig()


def roll_out(policy: Policy, stage: Stage, config: RolloutConfig) -> Episodes:
    """Let N robots walk from standing still in the default pose, each commanded as one of the reference's clips.

    Robots differ by a small noise on joints and base velocity at the start. A robot that falls keeps being
    simulated; `alive` says until when it counts.
    """
    sim = CpuSim(stage.robot, stage.sim, config.episodes)
    if config.gain_factor != 1.0:
        sim.scale_gains(torch.full((config.episodes, 1), config.gain_factor))
    clips = _share_out(stage.reference.num_clips, config.episodes)
    command = stage.reference.commands[clips]
    states, said, phases = _simulate(policy, sim, stage, config, command)
    alive = _alive(states, stage)
    phase = np.stack(phases)
    channels = _reference_channels(stage.reference, clips, phase)
    nu, feet = stage.robot.nu, len(stage.robot.feet)
    velocity = [torch.cat([state.lin_vel_w, state.ang_vel_b], dim=-1) for state in states]
    return Episodes(
        control_dt=sim.control_dt,
        joint_names=stage.robot.joint_names,
        foot_names=foot_names(stage.robot),
        root_pos=_stack([state.root_pos for state in states]),
        root_quat=_stack([state.root_quat for state in states]),
        root_vel=_stack(velocity),
        joint_pos=_stack([state.joint_pos for state in states]),
        joint_vel=_stack([state.joint_vel for state in states]),
        foot_height=_stack([state.foot_height for state in states]),
        phase=phase,
        reference_joint_pos=channels[..., :nu],
        reference_foot_height=channels[..., nu + 6 : nu + 6 + feet],
        observation=np.stack([step[0] for step in said]),
        action=np.stack([step[1] for step in said]),
        joint_pos_target=np.stack([step[2] for step in said]),
        torque=_stack([state.torque for state in states[1:]]),
        command=np.broadcast_to(command, (len(said), *command.shape)).copy(),
        alive=alive,
        torque_limit=stage.robot.torque_limit,
        velocity_limit=stage.robot.velocity_limit,
        period_s=stage.reference.period_s,
    )


def _share_out(clips: int, episodes: int) -> NDArray[np.int64]:
    """Clip of every episode: all of them in turn, or evenly spaced ones where there are more clips than episodes."""
    return np.arange(episodes) * max(clips, episodes) // episodes % clips


def _simulate(
    policy: Policy, sim: CpuSim, stage: Stage, config: RolloutConfig, command: NDArray[np.float64]
) -> tuple[list[SimState], list[tuple[NDArray, NDArray, NDArray]], list[NDArray[np.float64]]]:
    noise = StartConfig(joint_noise=config.joint_noise, velocity_noise=config.velocity_noise)
    settled = settle(sim, stage.robot, config.settle_s)
    generator = torch.Generator().manual_seed(config.seed)
    sim.reset(torch.arange(sim.num_envs), standing_start(settled, sim.num_envs, noise, generator))
    policy.reset(sim.num_envs)
    states, said, phases = [sim.state()], [], [policy.phase.copy()]
    for _ in range(round(config.episode_s / sim.control_dt)):
        state = states[-1]
        target = policy.step(
            state.ang_vel_b.numpy(),
            projected_gravity(state.root_quat).numpy(),
            state.joint_pos.numpy(),
            state.joint_vel.numpy(),
            command,
        )
        said.append((policy.observation.copy(), policy.action.copy(), target))
        sim.step(torch.from_numpy(target))
        states.append(sim.state())
        phases.append(policy.phase.copy())
    return states, said, phases


def _alive(states: list[SimState], stage: Stage) -> NDArray[np.bool_]:
    """False from the first fall on, shape (T + 1, N)."""
    limit, config = stage.robot.base_height, stage.termination
    upright = -np.cos(np.radians(config.tilt_deg))
    fell = [
        (projected_gravity(state.root_quat)[:, 2] > upright)
        | (state.root_pos[:, 2] < config.height_share * limit)
        | state.unstable
        for state in states
    ]
    return ~np.logical_or.accumulate(torch.stack(fell).numpy(), axis=0)


def _reference_channels(
    reference: Reference, clips: NDArray[np.int64], phase: NDArray[np.float64]
) -> NDArray[np.float64]:
    channels = np.empty((*phase.shape, reference.coefficients.shape[-1]))
    for clip in range(reference.num_clips):
        of_clip = np.flatnonzero(clips == clip)
        if len(of_clip):
            basis = fourier_basis(phase[:, of_clip].ravel(), reference.num_harmonics)
            values = basis @ reference.coefficients[clip]
            channels[:, of_clip] = values.reshape(len(phase), len(of_clip), -1)
    return channels


def _stack(rows: list[torch.Tensor]) -> NDArray[np.float64]:
    return torch.stack(rows).numpy().astype(np.float64)
