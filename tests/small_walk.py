"""A small walk out of sines that is its own mirror image half a cycle later, and states on and off it."""

import dataclasses

import numpy as np
import torch
from scipy.spatial.transform import Rotation

from webfoot.motion.clip import Motion
from webfoot.motion.kinematics import soles_in_base
from webfoot.motion.library import build_reference
from webfoot.motion.reference import Reference
from webfoot.robots.spec import Robot
from webfoot.sim.cpu import CpuSim
from webfoot.sim.model import SimConfig
from webfoot.sim.sensors import Reading
from webfoot.task.observe import TERMS, Layout, term_layouts
from webfoot.task.series import ReferenceSeries
from webfoot.task.state import ReferenceState, StepState
from webfoot.task.walk import TaskConfig, WalkTask

FRAMES, FPS = 40, 50.0


def small_walk(robot: Robot, command=(0.1, 0.0, 0.0), size: float = 0.05, sway: float = 0.02) -> Motion:
    """One cycle of 0.8 s: joints swing by about `size` rad, the base rolls and pitches by `sway` rad.

    What swings once a cycle is odd under the mirror, what swings twice is even: so the second half mirrors the first.
    """
    assert robot.mirror is not None
    draw = np.random.default_rng(7).uniform(-size, size, (3, robot.nu))
    odd, odd2, even = draw[0] - robot.mirror(draw[0]), draw[1] - robot.mirror(draw[1]), draw[2] + robot.mirror(draw[2])
    t = np.arange(FRAMES) / FPS
    angle = 2 * np.pi * np.arange(FRAMES)[:, None] / FRAMES
    joint_pos = robot.default_pos + odd * np.cos(angle) + odd2 * np.sin(angle) + even * np.cos(2 * angle)
    one = angle[:, 0]
    roll, pitch, yaw = sway * np.sin(one), sway * np.cos(2 * one), command[2] * t
    height = robot.base_height + 0.1 * sway * np.cos(2 * one)
    root_pos = np.stack([command[0] * t, command[1] * t + 0.1 * sway * np.sin(one), height], axis=1)
    quat = Rotation.from_euler("ZYX", np.stack([yaw, pitch, roll], axis=1)).as_quat(scalar_first=True)
    return Motion("small", FPS, robot.joint_names, joint_pos, root_pos, quat, command=command)


def small_reference(robot: Robot, *commands) -> Reference:
    return build_reference([small_walk(robot, command) for command in commands or [(0.1, 0.0, 0.0)]], robot)


def quiet_config(**changes) -> TaskConfig:
    """No noise at the start, no settling; `start` fields and task fields alike may be changed."""
    start = {"joint_noise": 0.0, "velocity_noise": 0.0, "settle_s": 0.0}
    start |= {name: changes.pop(name) for name in list(changes) if name in {"standing_share", "settle_s"}}
    return TaskConfig.model_validate({"start": start, **changes})


def make_task(
    robot: Robot, count: int = 2, seed: int = 0, config: TaskConfig | None = None, reference=None
) -> WalkTask:
    sim = CpuSim(robot, SimConfig(), count, num_threads=1)
    return WalkTask(robot, reference or small_reference(robot), sim, config or quiet_config(), seed)


def on_reference(robot: Robot, series: ReferenceSeries, phase: torch.Tensor, command: torch.Tensor) -> StepState:
    """Robots exactly on the reference, not using their servos and not changing their action."""
    reference = series.state(series.blend(command), phase)
    count = len(phase)
    roll, pitch = reference.tilt.unbind(-1)
    gyro = torch.cat([torch.zeros(count, 2), reference.velocity[:, 2:]], dim=1)
    gravity = torch.stack([pitch, -roll, -torch.ones(count)], dim=1)
    return StepState(
        joint_pos=reference.joint_pos,
        joint_offset=reference.joint_pos - torch.tensor(robot.default_pos, dtype=torch.float32),
        joint_vel=reference.joint_vel,
        lin_vel_h=torch.cat([reference.velocity[:, :2], torch.zeros(count, 1)], dim=1),
        mean_velocity=command,
        heading_error=torch.zeros(count),
        ang_vel_b=gyro,
        gravity_b=gravity,
        base_height=reference.base_height,
        foot_height=reference.foot_height,
        foot_pos_b=feet_below(robot, reference.joint_pos),
        torque=torch.zeros(count, robot.nu),
        action=torch.zeros(count, robot.nu),
        previous_action=torch.zeros(count, robot.nu),
        phase=phase,
        command=command,
        reference=reference,
        unstable=torch.zeros(count, dtype=torch.bool),
        sensed=Reading(gyro, gravity, reference.joint_pos, reference.joint_vel),
        sensed_offset=reference.joint_pos - torch.tensor(robot.default_pos, dtype=torch.float32),
    )


def exactly_sensed(state: StepState) -> StepState:
    """The same state with sensors that say the truth."""
    reading = Reading(state.ang_vel_b, state.gravity_b, state.joint_pos, state.joint_vel)
    return dataclasses.replace(state, sensed=reading, sensed_offset=state.joint_offset)


def feet_below(robot: Robot, joint_pos: torch.Tensor) -> torch.Tensor:
    """Centres of the soles in the base frame."""
    return torch.tensor(soles_in_base(robot, joint_pos.double().numpy()).mean(axis=2), dtype=torch.float32)


def off_reference(state: StepState, seed: int = 0, scale: float = 0.3) -> StepState:
    """The same instant with everything that is not the reference disturbed."""
    generator = torch.Generator().manual_seed(seed)
    kept = {"phase", "command", "reference", "unstable", "sensed", "sensed_offset"}
    names = [field.name for field in dataclasses.fields(StepState) if field.name not in kept]
    values = {name: getattr(state, name) for name in names}
    noisy = {name: v + scale * (torch.rand(v.shape, generator=generator) - 0.5) for name, v in values.items()}
    return exactly_sensed(dataclasses.replace(state, **noisy))


KINDS = {
    "joint_pos": "joints",
    "joint_offset": "joints",
    "joint_vel": "joints",
    "lin_vel_h": "polar",
    "mean_velocity": "command",
    "heading_error": "odd",
    "ang_vel_b": "axial",
    "gravity_b": "polar",
    "base_height": "scalar",
    "foot_height": "feet",
    "torque": "joints",
    "action": "joints",
    "previous_action": "joints",
    "command": "command",
    "servo_target": "joints",
    "velocity": "command",
}
"""How each field of a state mirrors; tilt and phase are treated by `mirrored_state`."""


def apply(layout: Layout, values: torch.Tensor) -> torch.Tensor:
    return values[..., layout.permutation] * torch.tensor(layout.sign)


def mirrored_state(robot: Robot, state: StepState) -> StepState:
    """The state seen in a mirror: every field mirrored, the phase half a cycle later."""
    layouts = term_layouts(robot)

    def mirror(name: str, values: torch.Tensor) -> torch.Tensor:
        if name == "foot_pos_b":
            return values[:, layouts["feet"].permutation] * torch.tensor([1.0, -1.0, 1.0])
        flat = values.ndim == 1
        mirrored = apply(layouts[KINDS[name]], values[:, None] if flat else values)
        return mirrored[:, 0] if flat else mirrored

    fields = [f.name for f in dataclasses.fields(ReferenceState) if f.name != "tilt"]
    reference = {name: mirror(name, getattr(state.reference, name)) for name in fields}
    tilt = state.reference.tilt * torch.tensor([-1.0, 1.0])  # roll turns round, pitch stays
    kept = {"phase", "reference", "unstable", "sensed", "sensed_offset"}
    names = [f.name for f in dataclasses.fields(StepState) if f.name not in kept]
    mirrored = dataclasses.replace(
        state,
        **{name: mirror(name, getattr(state, name)) for name in names},
        phase=(state.phase + 0.5) % 1.0,
        reference=ReferenceState(tilt=tilt, **reference),
    )
    return exactly_sensed(mirrored)


def term_size(robot: Robot, name: str) -> int:
    return len(term_layouts(robot)[TERMS[name].kind].permutation)
