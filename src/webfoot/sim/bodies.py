"""What of every robot's own model the ranges change: friction, masses, gains, armature, Coulomb friction, gravity."""

import math
from collections.abc import Callable

import torch
from torch import Tensor

from webfoot.robots.size import length_scale
from webfoot.robots.spec import Robot
from webfoot.sim.batch import BatchSim
from webfoot.sim.draws import Draws
from webfoot.sim.randomize import RandomizeConfig


def factor(spread: float, draw: Tensor) -> Tensor:
    """From 1 / (1 + spread) to 1 + spread, log-uniform: half and double are equally likely."""
    return torch.exp(draw * math.log1p(spread))


def gain_factor(config: RandomizeConfig, draws: Draws) -> Tensor:
    """Of every servo, shape (N, nu)."""
    return factor(config.gains, draws.gains) * factor(config.gain_error, draws.gain_error)


def down(config: RandomizeConfig, draws: Draws) -> Tensor:
    """Where gravity points on every robot's slope: unit vectors in the frame of the ground, shape (N, 3)."""
    size, direction = draws.slope.unbind(-1)
    angle, azimuth = math.radians(config.slope_deg) * size, 2 * math.pi * direction
    sin = angle.sin()
    return torch.stack([sin * azimuth.cos(), sin * azimuth.sin(), -angle.cos()], dim=-1)


def _gains(sim: BatchSim, robot: Robot, config: RandomizeConfig, draws: Draws) -> None:
    scale, model = gain_factor(config, draws).to(sim.device), sim.model
    gain, bias = sim.field("actuator_gainprm"), sim.field("actuator_biasprm")
    gain[:, :, 0] = scale * torch.from_numpy(model.actuator_gainprm[:, 0]).to(gain)
    bias[:, :, 1:3] = scale[..., None] * torch.from_numpy(model.actuator_biasprm[:, 1:3]).to(bias)


def _friction(sim: BatchSim, robot: Robot, config: RandomizeConfig, draws: Draws) -> None:
    slide = sim.field("geom_friction")
    scale = (1.0 - config.friction * draws.friction).to(slide)
    slide[:, :, 0] = scale * torch.from_numpy(sim.model.geom_friction[:, 0]).to(slide)


def _mass(sim: BatchSim, robot: Robot, config: RandomizeConfig, draws: Draws) -> None:
    mass, inertia = sim.field("body_mass"), sim.field("body_inertia")
    scale = (1.0 + config.mass * draws.mass).to(mass)
    if config.payload:
        base = sim.model.body(robot.base_body).id
        own = float(sim.model.body_mass[base])
        load = config.payload * float(sim.model.body_subtreemass[base]) * draws.payload[:, 0]
        scale[:, base] += (load / own).to(mass)
    mass[:] = scale * torch.from_numpy(sim.model.body_mass).to(mass)
    inertia[:] = scale[..., None] * torch.from_numpy(sim.model.body_inertia).to(inertia)


def _com(sim: BatchSim, robot: Robot, config: RandomizeConfig, draws: Draws) -> None:
    base, centre = sim.model.body(robot.base_body).id, sim.field("body_ipos")
    offset = config.com * length_scale(robot.base_height) * draws.com.to(centre)
    centre[:, base] = torch.from_numpy(sim.model.body_ipos[base]).to(centre) + offset


def _armature(sim: BatchSim, robot: Robot, config: RandomizeConfig, draws: Draws) -> None:
    armature = sim.field("dof_armature")
    scale = factor(config.armature, draws.armature).to(armature)
    armature[:] = scale * torch.from_numpy(sim.model.dof_armature).to(armature)


def _joint_friction(sim: BatchSim, robot: Robot, config: RandomizeConfig, draws: Draws) -> None:
    loss = sim.field("dof_frictionloss")
    dofs = [int(sim.model.joint(name).dofadr[0]) for name in robot.joint_names]
    added = config.joint_friction * torch.tensor(robot.torque_limit, dtype=torch.float32) * draws.joint_friction
    loss[:, dofs] = torch.from_numpy(sim.model.dof_frictionloss[dofs]).to(loss) + added.to(loss)


def _slope(sim: BatchSim, robot: Robot, config: RandomizeConfig, draws: Draws) -> None:
    gravity = sim.field("gravity")
    pull = float(abs(sim.model.opt.gravity[2]))
    gravity[:] = pull * down(config, draws).to(gravity)


BODY_RANGES: dict[str, Callable[[BatchSim, Robot, RandomizeConfig, Draws], None]] = {
    "gains": _gains,
    "gain_error": _gains,
    "friction": _friction,
    "mass": _mass,
    "payload": _mass,
    "com": _com,
    "armature": _armature,
    "joint_friction": _joint_friction,
    "slope_deg": _slope,
}
"""Ranges that are fields of the model, and what writes them; written from the model, never from what was before."""
