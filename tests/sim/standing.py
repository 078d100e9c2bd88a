"""Robots standing in the default pose with their soles on the floor, for the simulation tests."""

import dataclasses

import torch
from torch import Tensor

from webfoot.robots.spec import Robot
from webfoot.sim.batch import SimState, StartState
from webfoot.sim.cpu import CpuSim
from webfoot.sim.model import SimConfig

FIELDS = [field.name for field in dataclasses.fields(SimState)]


def standing(robot: Robot, count: int) -> StartState:
    pose = torch.tensor(robot.default_pos, dtype=torch.float32).repeat(count, 1)
    return StartState(
        root_pos=torch.tensor([[0.0, 0.0, robot.base_height]]).repeat(count, 1),
        root_quat=torch.tensor([[1.0, 0.0, 0.0, 0.0]]).repeat(count, 1),
        lin_vel_w=torch.zeros(count, 3),
        ang_vel_b=torch.zeros(count, 3),
        joint_pos=pose,
        joint_vel=torch.zeros_like(pose),
    )


def standing_sim(robot: Robot, count: int, config: SimConfig | None = None) -> CpuSim:
    sim = CpuSim(robot, config or SimConfig(), count, num_threads=1)
    sim.reset(torch.arange(count), standing(robot, count))
    return sim


def random_targets(robot: Robot, steps: int, count: int, seed: int = 0) -> Tensor:
    """Servo targets within 0.2 rad of the default pose, shape (steps, count, nu)."""
    noise = torch.rand((steps, count, robot.nu), generator=torch.Generator().manual_seed(seed)) - 0.5
    return torch.tensor(robot.default_pos, dtype=torch.float32) + 0.4 * noise


def assert_same(one: SimState, other: SimState) -> None:
    for name in FIELDS:
        assert torch.equal(getattr(one, name), getattr(other, name)), name
