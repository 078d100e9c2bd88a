"""Build the contract of a policy from what it was trained with."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import mujoco
import numpy as np
import torch

import webfoot
from webfoot.export.contract import (
    Action,
    Command,
    Contract,
    Control,
    Hashes,
    Joints,
    Observation,
    Phase,
    Reset,
    RobotPart,
    Term,
    Versions,
)
from webfoot.motion.reference import Reference
from webfoot.robots.spec import Robot
from webfoot.sim.model import SimConfig
from webfoot.task.command import CommandSpace
from webfoot.task.observe import INITIAL, TERMS, columns, term_history, term_layouts
from webfoot.task.walk import TaskConfig

PHASE_DEFINITION = "phi in [0, 1); after every control step phi = (phi + control_dt / period_s) mod 1"
RESET_DEFINITION = (
    "upright on flat ground in joints.default_pos, soles touching, at rest; the servos hold joints.default_pos for "
    "settle_s, then the first policy step begins, with phi = phase.initial where there is a phase"
)


@dataclass(frozen=True)
class Provenance:
    """What a policy was made from."""

    name: str
    method: str
    motion_hashes: tuple[str, ...]
    config_json: str


def describe(robot: Robot, reference: Reference, task: TaskConfig, sim: SimConfig, provenance: Provenance) -> Contract:
    """The contract of a policy, without golden vectors and limits."""
    nu = robot.nu
    space = CommandSpace(reference, task.command)
    default = space.default.numpy()
    phase = Phase(period_s=reference.period_s, initial=0.0, definition=PHASE_DEFINITION)
    return Contract(
        name=provenance.name,
        created=datetime.now(UTC),
        method=provenance.method,
        versions=Versions(webfoot=webfoot.__version__, torch=torch.__version__, mujoco=mujoco.__version__),
        hashes=Hashes(
            motion=provenance.motion_hashes,
            robot=sha256_of(robot.mjcf),
            config=hashlib.sha256(provenance.config_json.encode()).hexdigest(),
        ),
        robot=RobotPart(name=robot.name, base_body=robot.base_body, mjcf_file=robot.mjcf.name, mass_kg=robot.mass_kg),
        control=Control(control_dt=sim.control_dt, physics_dt=1.0 / sim.physics_hz),
        joints=Joints(
            names=robot.joint_names,
            default_pos=_numbers(robot.default_pos),
            lower=_numbers(robot.lower),
            upper=_numbers(robot.upper),
            kp=_numbers(robot.kp),
            kd=_numbers(robot.kd),
            torque_limit=_numbers(robot.torque_limit),
            velocity_limit=_numbers(robot.velocity_limit),
        ),
        action=Action(
            size=nu,
            scale=(task.action_scale,) * nu,
            clip=(-task.action_limit, task.action_limit),
            base="reference" if task.action_base == "reference" else "default",
            rate_limit=None,
        ),
        phase=phase if "phase" in task.observation else None,
        command=Command(
            names=("vx", "vy", "wz"),
            lower=_numbers(space.lower.numpy()),
            upper=_numbers(space.upper.numpy()),
            default=_numbers(default),
            units=("m/s", "m/s", "rad/s"),
            rate=None if space.rate is None else _numbers(space.rate.numpy()),
        ),
        observation=_observation(robot, default, task),
        reset=Reset(settle_s=task.start.settle_s, joint_pos=_numbers(robot.default_pos), definition=RESET_DEFINITION),
    )


def _observation(robot: Robot, command: np.ndarray, task: TaskConfig) -> Observation:
    layouts = term_layouts(robot)
    initial = {**INITIAL, "command": _numbers(command)}
    places = columns(robot, task.observation, task.history)
    terms = tuple(
        Term(
            name=name,
            start=place.start,
            stop=place.stop,
            scale=1.0,
            history=term_history(name, task.history),
            initial=initial.get(name, (0.0,) * len(layouts[TERMS[name].kind].sign)),
            frame=TERMS[name].frame,
            unit=TERMS[name].unit,
            definition=TERMS[name].definition,
        )
        for name, place in places.items()
    )
    return Observation(size=terms[-1].stop, terms=terms)


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _numbers(values: np.ndarray) -> tuple[float, ...]:
    return tuple(float(value) for value in values)
