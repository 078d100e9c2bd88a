"""`Conditions`: what the world does to N robots and what they feel of it; ranges that grow with a level."""

from collections.abc import Mapping

import torch
from torch import Tensor

from webfoot.robots.size import speed_scale
from webfoot.robots.spec import Robot
from webfoot.sim.batch import BatchSim, SimState
from webfoot.sim.bodies import BODY_RANGES, down, gain_factor
from webfoot.sim.draws import draw, draw_exactly
from webfoot.sim.ground import Ground
from webfoot.sim.pushes import Pushes
from webfoot.sim.randomize import RandomizeConfig
from webfoot.sim.rotations import heading
from webfoot.sim.sensors import Reading, Sensors
from webfoot.sim.servos import ServoTraits

SERVO_RANGES = ("latency_s", "backlash_deg", "supply_drop", "target_rate", "encoder_offset")
"""Ranges that the servos of `webfoot.sim.servos` are made of."""


def make_ground(robot: Robot, config: RandomizeConfig, num_envs: int, seed: int) -> Ground | None:
    """What the simulator has to be made with for `config`; None for a level floor."""
    return Ground(robot, config.unevenness_m, num_envs, seed) if config.unevenness_m else None


class Conditions:
    """Draws N robots, changes the simulator accordingly, pushes them, and reads their sensors.

    A robot keeps its place within every range, whatever the level. With everything off, nothing is touched.
    """

    def __init__(self, sim: BatchSim, robot: Robot, config: RandomizeConfig, seed: int, exactly: Tensor | None = None):
        """Begin at the full ranges of `config`.

        Args:
            exactly: how much of every range each robot gets, from 0 to 1, (N,); None: anything within it, by chance.
        """
        self.sim, self.robot, self.config = sim, robot, config
        self.levels: dict[str, float] = {}
        if exactly is None:
            self._draws = draw(sim.num_envs, robot.nu, sim.model.nbody, seed, config.spared_share)
        else:
            self._draws = draw_exactly(exactly, config, robot.nu, sim.model.nbody, seed)
        self._generator = torch.Generator(sim.device).manual_seed(seed + 1)
        self._touched: set[str] = set()
        self.sensors = Sensors(config, sim.num_envs, sim.control_dt, self._generator, exactly)
        self._pushes = Pushes(self._draws, config, sim.control_dt, self._generator)
        self._heading = torch.zeros(sim.num_envs, device=sim.device)
        self.set_level({})

    def set_level(self, levels: float | Mapping[str, float]) -> None:
        """Set how much of every range is in force, from 0 to 1; cheap enough to be called between iterations.

        Args:
            levels: one level for all, or levels by kind (a key of `webfoot.sim.presets.KINDS`); a kind that is not
                named gets its full range.
        """
        config = self.config.scaled(levels)
        active = {name for name in BODY_RANGES if getattr(config, name)}
        for write in dict.fromkeys(BODY_RANGES[name] for name in BODY_RANGES if name in active | self._touched):
            write(self.sim, self.robot, config, self._draws)
        self._touched |= active
        if any(getattr(config, name) for name in SERVO_RANGES) or "servos" in self._touched:
            self.sim.equip(self._traits(config))
            self._touched.add("servos")
        self.sensors.set_ranges(config, down(config, self._draws).to(self.sim.device) if config.slope_deg else None)
        self._pushes.speed = config.push_speed * speed_scale(self.robot.base_height)

        if self.sim.ground is not None:
            level = config.unevenness_m / max(self.config.unevenness_m, 1e-9)
            self.sim.ground.place(level * self._draws.roughness.double().numpy())

    def step(self, target: Tensor) -> None:
        """One control step of the simulator with the servo targets [rad], shape (N, nu); some robots are pushed."""
        if self._pushes.speed:
            self.sim.push(*self._pushes.due(self._heading))
        self.sim.step(target)

    def read(self, state: SimState) -> Reading:
        """What the sensors say after a step."""
        self._face(state)
        return self.sensors.read(state)

    def restart(self, state: SimState, env_ids: Tensor) -> Reading:
        """Begin new episodes of the robots `env_ids`, shape (n,), which were reset; what all sensors say then."""
        self._pushes.restart(env_ids)
        self._face(state)
        return self.sensors.restart(state, env_ids)

    def _face(self, state: SimState) -> None:
        """Remember where the robots look, if pushes go by it."""
        if self.config.push_towards_deg is not None:
            self._heading = heading(state.root_quat)

    def _traits(self, config: RandomizeConfig) -> ServoTraits:
        robot, draws = self.robot, self._draws
        shape, device = (self.sim.num_envs, robot.nu), self.sim.device

        def numbers(values: object) -> Tensor:
            return torch.as_tensor(values, dtype=torch.float32).expand(shape).to(device)

        gains, supply = gain_factor(config, draws), 1.0 - config.supply_drop * draws.supply
        speed = torch.tensor(robot.velocity_limit, dtype=torch.float32)
        top_speed = torch.where(draws.spared[:, None], torch.inf, supply * speed)
        return ServoTraits(
            kp=numbers(gains * torch.tensor(robot.kp, dtype=torch.float32)),
            kd=numbers(gains * torch.tensor(robot.kd, dtype=torch.float32)),
            latency_s=(config.latency_s * draws.latency).to(device),
            backlash=numbers(torch.deg2rad(config.backlash_deg * draws.backlash)),
            rate=numbers(speed / (config.target_rate * draws.rate)),  # infinite where 0
            offset=numbers(config.encoder_offset * draws.offset),
            stall_torque=numbers(supply * torch.tensor(robot.torque_limit, dtype=torch.float32)),
            no_load_speed=numbers(top_speed if config.supply_drop else torch.inf),
            damping=numbers(torch.tensor(robot.joint_damping, dtype=torch.float32)),
        )
