"""Other programs' control loops, written again from what they document: each keeps its own memory of a walk."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import yaml


@dataclass(frozen=True)
class Sensed:
    """What a robot measures at one control step, and what it is told."""

    gyro: np.ndarray
    gravity: np.ndarray
    accelerometer: np.ndarray
    joint_pos: np.ndarray
    joint_vel: np.ndarray
    command: np.ndarray


def session_of(path: Path) -> onnxruntime.InferenceSession:
    return onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])


class OpenDuckRuntime:
    """The loop of Open Duck Mini: 101 numbers, zeros for actions and phase at first, the clock moved after reading."""

    def __init__(self, path: Path, gravity: bool):
        self.session, self.gravity = session_of(path), gravity
        self.velocity_factor = 0.1 if gravity else 0.05
        self.init_pos = np.array([0, 0, -0.4, 0.8, -0.4, 0, 0, 0, 0, 0, 0, 0.4, 0.8, -0.4])
        self.actions = [np.zeros(14)] * 3
        self.motor_targets, self.i, self.phase = self.init_pos.copy(), 0.0, np.zeros(2)

    def step(self, sensed: Sensed) -> np.ndarray:
        imu = sensed.gravity if self.gravity else sensed.accelerometer
        obs = np.concatenate(
            [
                *(sensed.gyro, imu, sensed.command, [0.3, -0.2, 0.1, 0.0], sensed.joint_pos - self.init_pos),
                *(sensed.joint_vel * self.velocity_factor, *self.actions, self.motor_targets, [1.0, 0.0], self.phase),
            ]
        )
        moves = not self.gravity or np.linalg.norm(sensed.command) > 0.1
        self.i = (self.i + 1.0) % 27 if moves else 0.0
        self.phase = np.array([np.cos(self.i / 27 * 2 * np.pi), np.sin(self.i / 27 * 2 * np.pi)])
        assert obs.shape == (101,)
        action = self.session.run(None, {"obs": [obs.astype(np.float32)]})[0][0]
        self.actions = [action, *self.actions[:2]]
        self.motor_targets = self.init_pos + 0.25 * action
        return self.motor_targets


class UnitreeController:
    """unitree_rl_lab's controller: everything it knows stands in deploy.yaml; each term is read once at its start."""

    def __init__(self, folder: Path, first: Sensed):
        self.session = session_of(folder / "exported" / "policy.onnx")
        self.cfg = yaml.safe_load((folder / "params" / "deploy.yaml").read_text())
        self.default = np.array(self.cfg["default_joint_pos"])
        self.global_phase, self.raw = 0.0, np.zeros(len(self.default))
        self.buffers = {}
        for name, term in self.cfg["observations"].items():
            self.buffers[name] = [self.read(name, first)] * term["history_length"]

    def read(self, name: str, sensed: Sensed) -> np.ndarray:
        term = self.cfg["observations"][name]
        return np.array(term["scale"]) * getattr(self, name)(sensed, term)

    def base_ang_vel(self, sensed, term):
        return sensed.gyro

    def projected_gravity(self, sensed, term):
        return sensed.gravity

    def joint_pos_rel(self, sensed, term):
        return sensed.joint_pos - self.default

    def joint_vel_rel(self, sensed, term):
        return sensed.joint_vel

    def last_action(self, sensed, term):
        return self.raw

    def velocity_commands(self, sensed, term):
        ranges = self.cfg["commands"]["base_velocity"]["ranges"]
        bounds = np.array([ranges[name] for name in ("lin_vel_x", "lin_vel_y", "ang_vel_z")])
        return np.clip(sensed.command, bounds[:, 0], bounds[:, 1])

    def gait_phase(self, sensed, term):
        self.global_phase = (self.global_phase + self.cfg["step_dt"] / term["params"]["period"]) % 1.0
        return np.array([np.sin(2 * np.pi * self.global_phase), np.cos(2 * np.pi * self.global_phase)])

    def step(self, sensed: Sensed) -> np.ndarray:
        for name in self.buffers:
            self.buffers[name] = [*self.buffers[name][1:], self.read(name, sensed)]
        obs = np.concatenate([value for buffer in self.buffers.values() for value in buffer])
        (self.raw,) = self.session.run(["actions"], {"obs": obs[None].astype(np.float32)})[0]
        action = self.cfg["actions"]["JointPositionAction"]
        clip = np.array(action["clip"])
        return np.clip(self.raw * np.array(action["scale"]) + np.array(action["offset"]), clip[:, 0], clip[:, 1])


class MjlabPlayer:
    """A player that knows the file's metadata alone, as mjlab writes it; it is told what its terms measure."""

    def __init__(self, path: Path, control_dt: float, period_s: float | None, first: Sensed):
        self.session = session_of(path)
        said = {entry.key: entry.value for entry in onnx.load(path).metadata_props}
        self.names = said["observation_names"].split(",")
        self.scales = [float(value) for value in said["observation_terms_scale"].split(",")]
        self.lengths = [max(1, int(float(v))) for v in said["observation_terms_history_length"].split(",")]
        self.default = np.array([float(value) for value in said["default_joint_pos"].split(",")])
        self.action_scale = np.array([float(value) for value in said["action_scale"].split(",")])
        self.action, self.t = np.zeros(len(self.default)), 0
        self.share = control_dt / period_s if period_s else 0.0
        self.buffers = [[self.read(name, first)] * k for name, k in zip(self.names, self.lengths, strict=True)]

    def read(self, name: str, sensed: Sensed) -> np.ndarray:
        angle = 2 * np.pi * self.t * self.share
        return {
            "base_ang_vel": sensed.gyro,
            "projected_gravity": sensed.gravity,
            "joint_pos": sensed.joint_pos - self.default,
            "joint_vel": sensed.joint_vel,
            "actions": self.action,
            "command": sensed.command,
            "phase": np.array([np.cos(angle), np.sin(angle)]),
        }[name]

    def step(self, sensed: Sensed) -> np.ndarray:
        values = []
        for i, (name, scale) in enumerate(zip(self.names, self.scales, strict=True)):
            self.buffers[i] = [*self.buffers[i][1:], self.read(name, sensed)]  # oldest first
            values += [scale * value for value in self.buffers[i]]
        obs = np.concatenate(values)[None].astype(np.float32)
        self.action = self.session.run(["actions"], {"obs": obs})[0][0]
        self.t += 1
        return self.default + self.action_scale * self.action
