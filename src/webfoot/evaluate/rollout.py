"""Roll a policy out in simulation, from standing still, through the runtime that a robot uses."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import BaseModel, Field

from webfoot.evaluate.episodes import Episodes
from webfoot.evaluate.phase import fit_phase, grid_phases
from webfoot.motion.feet import foot_names
from webfoot.motion.reference import Reference, fourier_basis
from webfoot.robots.spec import Robot
from webfoot.sim.batch import SimState
from webfoot.sim.conditions import Conditions, make_ground
from webfoot.sim.cpu import CpuSim
from webfoot.sim.model import SimConfig
from webfoot.sim.randomize import RandomizeConfig
from webfoot.sim.rotations import projected_gravity
from webfoot.task.command import CommandConfig, CommandSpace
from webfoot.task.series import ReferenceSeries
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
    command_s: float = Field(
        default=5.0, gt=0.5, le=600, description="Time for which a command out of a library holds [s]."
    )
    gain_factor: float = Field(default=1.0, gt=0, le=10, description="Servo gains are multiplied by this.")
    conditions: RandomizeConfig = RandomizeConfig(preset="off")
    disturbed_s: float = Field(
        default=20.0, gt=0.5, le=600, description="Length of an episode under those conditions [s]."
    )


class Policy(Protocol):
    """What is rolled out; `webfoot_runtime.policy.OnnxPolicy` is one."""

    observation: NDArray[np.float32]
    action: NDArray[np.float32]
    phase: NDArray[np.float64]
    command: NDArray[np.float64]
    """The command that it followed at the last step, (N, 3)."""

    @property
    def has_phase(self) -> bool:
        """Whether it has a clock; without one the phase that fits its robot best is taken."""
        ...

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
    command: CommandConfig = CommandConfig()


@dataclass(frozen=True)
class Trial:
    """What is laid down for each of N robots of a rollout."""

    levels: NDArray[np.float64] | None = None
    """How much of every range of the conditions each gets, exactly, from 0 to 1, (N,); None: anything within them."""
    command: NDArray[np.float64] | None = None
    """What each is told at every control step, (T, N, 3); None: as `plan_commands` has it."""
    threads: int | None = None
    """Threads of the physics; None: every core."""


def roll_out(policy: Policy, stage: Stage, config: RolloutConfig, trial: Trial | None = None) -> Episodes:
    """Let N robots walk from standing still in the default pose, commanded as the reference's clips go.

    Out of a library every robot is told another command every `command_s`, to stand still among them. Robots differ
    by a small noise on joints and base velocity at the start. A robot that falls keeps being simulated; `alive` says
    until when it counts.

    Args:
        trial: what is laid down for each robot instead of drawn.
    """
    trial = trial or Trial()
    ground = make_ground(stage.robot, config.conditions, config.episodes, config.seed)
    sim = CpuSim(stage.robot, stage.sim, config.episodes, trial.threads, ground)
    if config.gain_factor != 1.0:
        sim.scale_gains(torch.full((config.episodes, 1), config.gain_factor))
    command = plan_commands(stage, config) if trial.command is None else trial.command
    levels = None if trial.levels is None else _tensor(trial.levels)
    conditions = Conditions(sim, stage.robot, config.conditions, config.seed, levels)
    states, said, phases = _simulate(policy, sim, stage, config, command, conditions)
    alive = _alive(states, stage)
    phase = np.stack(phases) if policy.has_phase else _own_phases(states, alive, stage, command)
    channels = _channels(stage.reference, np.stack([step[3] for step in said]), phase)
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
        command=command,
        alive=alive,
        torque_limit=stage.robot.torque_limit,
        velocity_limit=stage.robot.velocity_limit,
        period_s=stage.reference.period_s,
    )


def plan_commands(stage: Stage, config: RolloutConfig) -> NDArray[np.float64]:
    """What every robot is told at every control step: vx, vy [m/s], wz [rad/s], shape (T, N, 3)."""
    space = CommandSpace(stage.reference, stage.command)
    generator = torch.Generator().manual_seed(config.seed)
    steps, held = (round(time / stage.sim.control_dt) for time in (config.episode_s, config.command_s))
    stretches = range(0, steps, held) if space.changes else [0]
    drawn = np.stack([space.sample(config.episodes, generator).numpy() for _ in stretches])
    return np.repeat(drawn, held if space.changes else steps, axis=0)[:steps].astype(np.float64)


def _simulate(
    policy: Policy,
    sim: CpuSim,
    stage: Stage,
    config: RolloutConfig,
    command: NDArray[np.float64],
    conditions: Conditions,
) -> tuple[list[SimState], list[tuple[NDArray, ...]], list[NDArray[np.float64]]]:
    noise = StartConfig(joint_noise=config.joint_noise, velocity_noise=config.velocity_noise)
    settled = settle(sim, stage.robot, config.settle_s)
    generator = torch.Generator().manual_seed(config.seed)
    sim.reset(torch.arange(sim.num_envs), standing_start(settled, sim.num_envs, noise, generator))
    policy.reset(sim.num_envs)
    states, said, phases = [sim.state()], [], [policy.phase.copy()]
    sensed = conditions.restart(states[0], torch.arange(sim.num_envs))
    for step in range(len(command)):
        target = policy.step(
            sensed.gyro.numpy(),
            sensed.projected_gravity.numpy(),
            sensed.joint_pos.numpy(),
            sensed.joint_vel.numpy(),
            command[step],
        )
        said.append((policy.observation.copy(), policy.action.copy(), target, policy.command.copy()))
        conditions.step(torch.from_numpy(target))
        states.append(sim.state())
        sensed = conditions.read(states[-1])
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


def _own_phases(
    states: list[SimState], alive: NDArray[np.bool_], stage: Stage, command: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The phase that fits best what the robots did while each command held, shape (T + 1, N)."""
    series, grid = ReferenceSeries(stage.reference), grid_phases(stage.reference.period_s, stage.sim.control_dt)
    basis = fourier_basis(grid, stage.reference.num_harmonics)
    joint_pos = _stack([state.joint_pos for state in states])
    changed = np.flatnonzero((np.diff(command, axis=0) != 0).any(axis=(1, 2))) + 1
    edges, phases = [0, *changed.tolist(), len(states)], []
    for first, last in zip(edges[:-1], edges[1:], strict=True):
        cycles = basis @ series.commanded(_tensor(command[first])).numpy()[:, :, : stage.robot.nu]
        phases.append(fit_phase(joint_pos[first:last], alive[first:last], cycles))
    return np.concatenate(phases)


def _channels(reference: Reference, followed: NDArray[np.float64], phase: NDArray[np.float64]) -> NDArray[np.float64]:
    """Channels of the reference at the commands that were followed (T, N, 3) and phases (T + 1, N), (T + 1, N, D)."""
    series, harmonics = ReferenceSeries(reference), reference.num_harmonics
    channels = np.empty((*phase.shape, reference.coefficients.shape[-1]))
    coefficients = series.commanded(_tensor(followed[0]))
    for step, at in enumerate(phase):
        if 0 < step < len(followed) and (followed[step] != followed[step - 1]).any():
            coefficients = series.commanded(_tensor(followed[step]))
        channels[step] = np.einsum("nk,nkd->nd", fourier_basis(at, harmonics), coefficients.numpy())
    return channels


def _tensor(values: NDArray[np.float64]) -> torch.Tensor:
    return torch.tensor(values, dtype=torch.float32)


def _stack(rows: list[torch.Tensor]) -> NDArray[np.float64]:
    return torch.stack(rows).numpy().astype(np.float64)
