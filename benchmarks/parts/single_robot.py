"""One robot as a Gymnasium environment on MuJoCo itself: what a user of Stable-Baselines3 would write.

Physics, control rate, actions, observations, starts, falls and time limit are those of `WalkTask`. It computes fewer
reward terms (pose, velocity, height, action change), and is in so far the cheaper of the two.
"""

import gymnasium
import mujoco
import numpy as np
from numpy.typing import NDArray

from webfoot.config import TrainConfig
from webfoot.motion.reference import Reference
from webfoot.robots.spec import Robot
from webfoot.sim.model import build_model

PHASES = 512
"""Rows of the table that the reference is looked up in."""


class SingleRobot(gymnasium.Env):
    """Follows the first clip of a reference."""

    def __init__(self, robot: Robot, reference: Reference, config: TrainConfig):
        self.robot, self.config = robot, config
        self.model = build_model(robot, config.sim)
        self.data = mujoco.MjData(self.model)
        ids = [self.model.joint(name).id for name in robot.joint_names]
        self.free = int(np.flatnonzero(self.model.jnt_type == mujoco.mjtJoint.mjJNT_FREE)[0])
        self.base_q, self.base_v = self.model.jnt_qposadr[self.free], self.model.jnt_dofadr[self.free]
        self.joint_q, self.joint_v = self.model.jnt_qposadr[ids], self.model.jnt_dofadr[ids]
        nu = robot.nu
        table = reference.at(0, np.arange(PHASES) / PHASES)
        self.pose, self.height, self.target = table[:, :nu], table[:, nu], table[:, -nu:]
        self.velocity = table[:, nu + 3 : nu + 6]
        self.pose_rate = (np.roll(self.pose, -1, axis=0) - self.pose) * PHASES / reference.period_s
        self.command = reference.commands[0]
        self.phase_step = config.sim.control_dt / reference.period_s
        self.limit_steps = round(config.task.episode_s * config.sim.control_hz)
        limit = config.task.action_limit
        self.action_space = gymnasium.spaces.Box(-limit, limit, (nu,), np.float32)
        self.observation_space = gymnasium.spaces.Box(-np.inf, np.inf, (11 + 3 * nu,), np.float32)

    def reset(self, *, seed: int | None = None, options: dict | None = None) -> tuple[NDArray[np.float32], dict]:
        super().reset(seed=seed)
        start, nu = self.config.task.start, self.robot.nu
        standing = self.np_random.random() < start.standing_share
        self.phase = 0.0 if standing else self.np_random.random()
        row = int(self.phase * PHASES)
        mujoco.mj_resetData(self.model, self.data)
        qpos, qvel = self.data.qpos, self.data.qvel
        qpos[self.base_q : self.base_q + 7] = [
            0,
            0,
            self.robot.base_height if standing else self.height[row],
            1,
            0,
            0,
            0,
        ]
        qpos[self.joint_q] = self.robot.default_pos if standing else self.pose[row]
        qpos[self.joint_q] += self.np_random.uniform(-start.joint_noise, start.joint_noise, nu)
        if not standing:
            qvel[self.base_v : self.base_v + 2] = self.velocity[row, :2]
            qvel[self.base_v + 5] = self.velocity[row, 2]
            qvel[self.joint_v] = self.pose_rate[row]
        qvel[self.base_v : self.base_v + 3] += self.np_random.uniform(-start.velocity_noise, start.velocity_noise, 3)
        mujoco.mj_forward(self.model, self.data)
        self.action, self.steps = np.zeros(nu, dtype=np.float32), 0
        return self._observe(), {}

    def step(self, action: NDArray[np.float32]) -> tuple[NDArray[np.float32], float, bool, bool, dict]:
        task = self.config.task
        action = np.clip(action, -task.action_limit, task.action_limit)
        base = self.target[int(self.phase * PHASES)]
        self.data.ctrl[:] = np.clip(base + task.action_scale * action, self.robot.lower, self.robot.upper)
        mujoco.mj_step(self.model, self.data, self.config.sim.decimation)
        self.phase = (self.phase + self.phase_step) % 1.0
        self.steps += 1
        change, self.action = action - self.action, action.astype(np.float32)
        reward, observation = self._reward(change), self._observe()
        terminated = self._fallen()
        return observation, reward, terminated, self.steps >= self.limit_steps and not terminated, {}

    def _observe(self) -> NDArray[np.float32]:
        angle, offset = 2 * np.pi * self.phase, self.data.qpos[self.joint_q] - self.robot.default_pos
        gyro, speeds = self.data.qvel[self.base_v + 3 : self.base_v + 6], self.data.qvel[self.joint_v]
        phase = [np.cos(angle), np.sin(angle)]
        parts = [gyro, self._gravity(), offset, speeds, self.action, phase, self.command]
        return np.concatenate(parts, dtype=np.float32)

    def _gravity(self) -> NDArray[np.float64]:
        w, x, y, z = self.data.qpos[self.base_q + 3 : self.base_q + 7]
        return np.array([2 * (w * y - x * z), -2 * (w * x + y * z), 2 * (x * x + y * y) - 1])

    def _reward(self, change: NDArray[np.float32]) -> float:
        weight, row = self.config.task.reward, int(self.phase * PHASES)
        w, x, y, z = self.data.qpos[self.base_q + 3 : self.base_q + 7]
        heading = np.arctan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z))
        vx, vy = self.data.qvel[self.base_v : self.base_v + 2]
        cos, sin = np.cos(heading), np.sin(heading)
        forward = np.array([cos * vx + sin * vy, cos * vy - sin * vx]) - self.velocity[row, :2]
        pose = np.square(self.data.qpos[self.joint_q] - self.pose[row]).sum()
        rate = np.square(self.data.qvel[self.joint_v] - self.pose_rate[row]).sum()
        height = np.square(self.data.qpos[self.base_q + 2] - self.height[row])
        return float(
            weight.joint_pos * np.exp(-pose / weight.joint_pos_sigma**2)
            + weight.joint_vel * np.exp(-rate / weight.joint_vel_sigma**2)
            + weight.velocity * np.exp(-np.square(forward).sum() / weight.velocity_sigma**2)
            + weight.base_height * np.exp(-height / weight.base_height_sigma**2)
            - weight.action_rate * np.square(change).sum()
        )

    def _fallen(self) -> bool:
        config = self.config.task.termination
        low = self.data.qpos[self.base_q + 2] < config.height_share * self.robot.base_height
        return bool(low or self._gravity()[2] > -np.cos(np.radians(config.tilt_deg)))
