"""Observation terms: what the actor sees (only what a real robot has) and what the critic sees beside it."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from webfoot.robots.spec import Robot
from webfoot.task.state import StepState


@dataclass(frozen=True)
class Term:
    """One slice of an observation."""

    read: Callable[[StepState], Tensor]
    """Gives the slice, shape (N, size)."""
    kind: str
    """How it mirrors and how wide it is: a key of `LAYOUTS`."""
    frame: str
    unit: str
    definition: str


def _phase_vector(state: StepState) -> Tensor:
    angle = state.phase * (2 * torch.pi)
    return torch.stack([angle.cos(), angle.sin()], dim=-1)


COMMAND_DEFINITION = (
    "vx, vy [m/s], wz [rad/s] in the heading frame: what is told, clipped to command.lower..upper; where command.rate "
    "is given, what is followed starts at command.default and at every control step, this one included, comes nearer "
    "to that by at most rate * control_dt"
)


TERMS: dict[str, Term] = {
    "gyro": Term(lambda s: s.sensed.gyro, "axial", "base", "rad/s", "angular velocity of the base"),
    "projected_gravity": Term(
        lambda s: s.sensed.projected_gravity,
        "polar",
        "base",
        "1",
        "unit vector of gravity in the base frame; (0, 0, -1) upright",
    ),
    "joint_pos": Term(lambda s: s.sensed_offset, "joints", "joint", "rad", "joint positions minus joints.default_pos"),
    "joint_vel": Term(lambda s: s.sensed.joint_vel, "joints", "joint", "rad/s", "joint velocities"),
    "last_action": Term(lambda s: s.action, "joints", "joint", "1", "actions of the previous step; zeros at first"),
    "phase": Term(
        _phase_vector, "phase", "none", "1", "cos 2 pi phi, sin 2 pi phi of the phase phi at this control step"
    ),
    "command": Term(lambda s: s.command, "command", "heading", "m/s, m/s, rad/s", COMMAND_DEFINITION),
    "lin_vel": Term(lambda s: s.lin_vel_h, "polar", "heading", "m/s", "linear velocity of the base"),
    "base_height": Term(lambda s: s.base_height[:, None], "scalar", "world", "m", "height of the base"),
    "mean_velocity": Term(
        lambda s: s.mean_velocity, "command", "heading", "m/s, m/s, rad/s", "velocity averaged over a gait cycle"
    ),
    "heading_error": Term(
        lambda s: s.heading_error[:, None], "odd", "world", "rad", "heading minus the heading of the reference"
    ),
    "foot_height": Term(lambda s: s.foot_height, "feet", "world", "m", "height of every sole"),
    "pose_error": Term(
        lambda s: s.joint_pos - s.reference.joint_pos, "joints", "joint", "rad", "joint positions minus reference"
    ),
}
"""Every term there is. All are read at the start of the control step."""

ACTOR_TERMS = ("gyro", "projected_gravity", "joint_pos", "joint_vel", "last_action", "phase", "command")
"""What the actor sees where a phase leads it; all that a real robot can measure or be told."""
PHASELESS_TERMS = tuple(name for name in ACTOR_TERMS if name != "phase")
REMEMBERED_TERMS = ("gyro", "projected_gravity", "joint_pos", "joint_vel", "last_action")
"""What is seen over several control steps where `TaskConfig.history` asks for it."""
INITIAL: dict[str, tuple[float, ...]] = {"projected_gravity": (0.0, 0.0, -1.0), "phase": (1.0, 0.0)}
"""Terms of a robot that stands still in its default pose, before its first step; those not named are zeros."""


def critic_terms(actor: tuple[str, ...]) -> tuple[str, ...]:
    """What the critic sees: the actor's terms first, then what only a simulator knows.

    Without a phase there is no instant of the reference to be off from, so no pose error.
    """
    known = (*actor, "lin_vel", "mean_velocity", "heading_error", "base_height", "foot_height")
    return (*known, "pose_error") if "phase" in actor else known


def observe(state: StepState, names: tuple[str, ...]) -> Tensor:
    """Concatenate the named terms, shape (N, n)."""
    return torch.cat([TERMS[name].read(state) for name in names], dim=-1)


@dataclass(frozen=True)
class Layout:
    """Left-right mirror of a vector: `mirrored = sign * vector[permutation]`."""

    permutation: list[int]
    sign: list[float]


def term_layouts(robot: Robot) -> dict[str, Layout]:
    """How each kind of term mirrors across the sagittal plane; its length is the term's size.

    Polar vectors keep x and z, axial ones (rotations) keep y; the phase moves on by half a cycle; joints follow the
    robot's mirror map (without one they stay, and the layout only tells sizes).
    """
    mirror, nu, feet = robot.mirror, robot.nu, len(robot.feet)
    joints = Layout(list(range(nu)), [1.0] * nu) if mirror is None else _joint_layout(robot)
    return {
        "polar": Layout([0, 1, 2], [1.0, -1.0, 1.0]),
        "axial": Layout([0, 1, 2], [-1.0, 1.0, -1.0]),
        "command": Layout([0, 1, 2], [1.0, -1.0, -1.0]),
        "phase": Layout([0, 1], [-1.0, -1.0]),
        "scalar": Layout([0], [1.0]),
        "odd": Layout([0], [-1.0]),
        "joints": joints,
        "feet": Layout(robot.mirrored_feet, [1.0] * feet),
    }


def _joint_layout(robot: Robot) -> Layout:
    assert robot.mirror is not None
    return Layout(robot.mirror.permutation.tolist(), robot.mirror.sign.tolist())


def term_history(name: str, history: int) -> int:
    """How many values of a term are seen where `history` control steps are remembered."""
    return history if name in REMEMBERED_TERMS else 1


def columns(robot: Robot, names: tuple[str, ...], history: int = 1) -> dict[str, slice]:
    """Where each term, with all its remembered values, lies in an observation made of the named ones."""
    layouts, found, start = term_layouts(robot), {}, 0
    for name in names:
        stop = start + term_history(name, history) * len(layouts[TERMS[name].kind].sign)
        found[name] = slice(start, stop)
        start = stop
    return found


def initial_values(robot: Robot, names: tuple[str, ...]) -> Tensor:
    """The named terms before the first step, shape (n,)."""
    layouts = term_layouts(robot)
    return torch.tensor([v for name in names for v in INITIAL.get(name, (0.0,) * len(layouts[TERMS[name].kind].sign))])


def mirror_layout(robot: Robot, names: tuple[str, ...], history: int = 1) -> Layout:
    """Mirror of a whole observation made of the named terms."""
    layouts = term_layouts(robot)
    permutation: list[int] = []
    sign: list[float] = []
    for name in names:
        layout = layouts[TERMS[name].kind]
        for _ in range(term_history(name, history)):
            permutation += [len(sign) + i for i in layout.permutation]
            sign += layout.sign
    return Layout(permutation, sign)
