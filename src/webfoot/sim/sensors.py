"""`Sensors`: what a robot's IMU and encoders say of the state that the simulator knows."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from webfoot.sim.batch import SimState
from webfoot.sim.presets import KINDS
from webfoot.sim.randomize import RandomizeConfig
from webfoot.sim.rotations import projected_gravity, rotate_inverse


@dataclass(frozen=True)
class Reading:
    """What a policy is given of N robots."""

    gyro: Tensor
    """Angular velocity in the base frame [rad/s], (N, 3)."""
    projected_gravity: Tensor
    """Unit vector of gravity in the base frame, (0, 0, -1) upright, (N, 3)."""
    joint_pos: Tensor
    """[rad], (N, nu)."""
    joint_vel: Tensor
    """[rad/s], (N, nu)."""


class Sensors:
    """Reads N robots: bias, delay and noise of the IMU, noise and steps of the encoders.

    Biases, mounting errors and delays are drawn anew for every episode, noise for every reading. An encoder's zero
    and the play in front of it belong to the servo, which is led by it: see `webfoot.sim.servos`.
    """

    def __init__(
        self,
        config: RandomizeConfig,
        num_envs: int,
        control_dt: float,
        generator: torch.Generator,
        levels: Tensor | None = None,
    ):
        """At most the ranges of `config` will be asked for.

        Args:
            levels: how much of them each robot gets, (N,): biases and delays exactly so much, noise up to so much.
        """
        self._dt, self._generator = control_dt, generator
        self._levels = None if levels is None else levels[:, None].to(generator.device)
        self._num_envs = num_envs
        self._age = 2 + math.ceil(config.imu_delay_s / control_dt - 1e-6)
        device = generator.device
        self._imu = torch.zeros(self._age, num_envs, 6, device=device)  # newest first
        self._bias = torch.zeros(num_envs, 3, device=device)
        self._mounting = torch.zeros(num_envs, 3, device=device)
        self._delay = torch.zeros(num_envs, device=device)
        self._last: Reading | None = None
        self.set_ranges(config)

    def set_ranges(self, config: RandomizeConfig, down_w: Tensor | None = None) -> None:
        """Change the ranges; biases, mounting errors and delays follow with every robot's next episode.

        Args:
            down_w: where gravity points, unit vectors in the world frame, (N, 3); None where all stand level.
        """
        self.config, self._down = config, down_w
        self._ideal = down_w is None and not any(getattr(config, name) for name in KINDS["sensor"])

    def read(self, state: SimState) -> Reading:
        """A reading of every robot, one control step after the last."""
        if self._ideal:
            return ideal_reading(state)
        self._imu = torch.cat([self._measure(state)[None], self._imu[:-1]])
        self._last = self._report(state)
        return self._last

    def restart(self, state: SimState, env_ids: Tensor) -> Reading:
        """The first reading of new episodes of the robots `env_ids` (n,); what the others read stays."""
        if self._ideal:
            return ideal_reading(state)
        self._begin(env_ids)
        self._imu[:, env_ids] = self._measure(state)[env_ids]
        fresh, last = self._report(state), self._last
        if last is None or len(env_ids) == self._num_envs:
            self._last = fresh
        else:
            names = Reading.__dataclass_fields__
            kept = {name: getattr(last, name) for name in names}
            self._last = Reading(**{n: kept[n].index_copy(0, env_ids, getattr(fresh, n)[env_ids]) for n in names})
        return self._last

    def _begin(self, env_ids: Tensor) -> None:
        """Draw what stays the same for an episode."""
        config, count = self.config, len(env_ids)
        bias, mounting = self._uniform(count, 3), self._uniform(count, 3)
        delay = torch.rand(count, generator=self._generator, device=self._delay.device)
        if self._levels is not None:
            mine = self._levels[env_ids]
            bias, mounting, delay = bias.sign() * mine, mounting.sign() * mine, mine[:, 0]
        self._bias[env_ids] = config.gyro_bias * bias
        self._mounting[env_ids] = config.imu_tilt * mounting
        self._delay[env_ids] = config.imu_delay_s / self._dt * delay

    def _measure(self, state: SimState) -> Tensor:
        """Angular velocity and gravity as the IMU feels them, shape (N, 6)."""
        if self._down is None:
            gravity = projected_gravity(state.root_quat)
        else:
            gravity = rotate_inverse(state.root_quat, self._down)
        gyro = state.ang_vel_b
        if self.config.imu_tilt:
            gyro, gravity = _turned(gyro, self._mounting), _turned(gravity, self._mounting)
        return torch.cat([gyro + self._bias if self.config.gyro_bias else gyro, gravity], dim=-1)

    def _report(self, state: SimState) -> Reading:
        config, imu = self.config, self._imu[0]
        if config.imu_delay_s:
            steps = self._delay.floor()
            index, robots = steps.long(), torch.arange(len(steps), device=steps.device)
            older = self._imu[index + 1, robots]
            imu = torch.lerp(self._imu[index, robots], older, (self._delay - steps)[:, None])
        joint_pos = state.encoder_pos + self._noise(config.joint_noise, state.encoder_pos)
        if config.encoder_step:
            step = config.encoder_step if self._levels is None else config.encoder_step * self._levels.clamp_min(1e-9)
            joint_pos = (joint_pos / step).round() * step
        gyro, gravity = imu[:, :3], imu[:, 3:]
        gravity = gravity + self._noise(config.gravity_noise, gravity)
        return Reading(
            gyro=gyro + self._noise(config.gyro_noise, gyro),
            projected_gravity=gravity / gravity.norm(dim=-1, keepdim=True) if config.gravity_noise else gravity,
            joint_pos=joint_pos,
            joint_vel=state.joint_vel + self._noise(config.joint_vel_noise, state.joint_vel),
        )

    def _noise(self, scale: float, like: Tensor) -> Tensor | float:
        if not scale:
            return 0.0
        noise = scale * self._uniform(*like.shape)
        return noise if self._levels is None else noise * self._levels

    def _uniform(self, *shape: int) -> Tensor:
        """From -1 to 1."""
        return 2.0 * torch.rand(shape, generator=self._generator, device=self._delay.device) - 1.0


def ideal_reading(state: SimState) -> Reading:
    """What sensors without any error say."""
    return Reading(state.ang_vel_b, projected_gravity(state.root_quat), state.encoder_pos, state.joint_vel)


def _turned(vector: Tensor, angles: Tensor) -> Tensor:
    """A vector in a frame that is turned by small angles [rad]: v - angles x v, its length kept, shape (N, 3)."""
    turned = vector - torch.linalg.cross(angles, vector)
    return turned * vector.norm(dim=-1, keepdim=True) / turned.norm(dim=-1, keepdim=True).clamp_min(1e-9)
