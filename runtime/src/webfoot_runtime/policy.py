"""`OnnxPolicy`: runs a policy from its file alone. Needs numpy and onnxruntime, nothing of the rest of webfoot's stack.

A robot uses this, and so does the validation: what is validated is what is deployed.
"""

from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from onnxruntime import InferenceSession

from webfoot_runtime.errors import PolicyError
from webfoot_runtime.layout import Layout, parse_layout
from webfoot_runtime.remembered import Remembered
from webfoot_runtime.sensed import Sensed
from webfoot_runtime.session import Inference, open_session, read_policy_bytes, shape_problems
from webfoot_runtime.wire import file_facts

METADATA_KEY = "webfoot_contract"
GOLDEN_COUNT = 10
GOLDEN_TOLERANCE = 1e-5


class ControlLoop(ABC):
    """The memory of a policy between control steps: histories, last action and gait phase of N robots.

    One control step: read the sensors, `step`, send the targets to the servos, wait for the next step.
    """

    layout: Layout
    observation: NDArray[np.float32]
    """What the graph saw at the last step, (N, n); zeros before the first."""
    action: NDArray[np.float32]
    """What the graph said at the last step, (N, nu); zeros before the first."""
    phase: NDArray[np.float64]
    """Gait phase in [0, 1) at the coming step, (N,); zeros for a policy without one."""
    command: NDArray[np.float64]
    """The command that was followed at the last step, (N, 3); the default before the first."""

    clamped: NDArray[np.bool_]
    """Whether the command of the last step lay outside what the policy knows, (N,)."""

    def __init__(self, layout: Layout, where: str):
        """Reset for one robot.

        Args:
            layout: of the observation, from the contract.
            where: what messages name as the policy.
        """
        self.layout, self._where = layout, where
        self.reset()

    @property
    def has_phase(self) -> bool:
        """Whether it has a gait clock."""
        return self.layout.phase_period_s is not None

    @abstractmethod
    def run(self, obs: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """The graph alone: observations (N, n) to `actions` and `joint_pos_target` [rad], both (N, nu)."""

    def reset(self, num_envs: int = 1) -> None:
        """Forget everything: fill the histories with their initial values and set the phase to its initial value."""
        layout = self.layout
        self.observation = np.zeros((num_envs, layout.obs_size), dtype=np.float32)
        self.action = np.zeros((num_envs, layout.nu), dtype=np.float32)
        self.phase = np.full(num_envs, layout.phase_initial)
        self.clamped = np.zeros(num_envs, dtype=bool)
        self.command = np.tile(layout.command_default, (num_envs, 1))
        self._remembered = Remembered(layout.terms, num_envs)
        self._sensed = Sensed(layout, num_envs, self._where)

    def memory(self) -> dict[str, Any]:
        """What it remembers, as plain JSON values; see `recall`."""
        return {
            "phase": self.phase.tolist(),
            "command": self.command.tolist(),
            "histories": {name: values.tolist() for name, values in self._remembered.histories.items()},
        }

    def recall(self, memory: dict[str, Any]) -> None:
        """Go on where `memory` was taken.

        Raises:
            PolicyError: it is of another policy.
        """
        try:
            self.reset(len(memory["phase"]))
            _fill(self.phase, memory["phase"])
            _fill(self.command, memory["command"])
            for name, values in self._remembered.histories.items():
                _fill(values, memory["histories"][name])
        except (KeyError, TypeError, ValueError):
            raise PolicyError(f"{self._where}: what is to be remembered is of another policy") from None

    def step(
        self,
        gyro: ArrayLike,
        projected_gravity: ArrayLike,
        joint_pos: ArrayLike,
        joint_vel: ArrayLike,
        command: ArrayLike,
    ) -> NDArray[np.float32]:
        """One control step of N robots.

        Args:
            gyro: angular velocity of the base in its own frame [rad/s], (N, 3).
            projected_gravity: unit vector of gravity in the base frame, (N, 3).
            joint_pos: absolute joint positions [rad], (N, nu).
            joint_vel: [rad/s], (N, nu).
            command: vx, vy [m/s], wz [rad/s] in the heading frame, (N, 3); clipped to what the policy knows, and
                followed no faster than its contract allows.

        Returns:
            Joint position targets for the servos [rad], (N, nu).

        Raises:
            PolicyError: an array has the wrong shape, or holds NaN: no robot should act on either.
        """
        layout, remembered = self.layout, self._remembered
        turning, down, angles, speeds, told = self._sensed.take(gyro, projected_gravity, joint_pos, joint_vel, command)
        gait = 2 * np.pi * self.phase
        remembered.put("gyro", turning)
        remembered.put("projected_gravity", down)
        remembered.put("joint_pos", angles - layout.default_pos)
        remembered.put("joint_vel", speeds)
        remembered.put("phase", np.array((np.cos(gait), np.sin(gait))).T)
        remembered.put("command", self._followed(told))
        self.observation = remembered.observation()
        self.action, target = self.run(self.observation)
        remembered.put("last_action", self.action)
        if layout.phase_period_s is not None:
            self.phase = (self.phase + layout.control_dt / layout.phase_period_s) % 1.0
        return target

    def _followed(self, told: NDArray[np.float64]) -> NDArray[np.float64]:
        layout = self.layout
        known = told.clip(layout.command_lower, layout.command_upper)
        self.clamped, told = (known != told).any(axis=1), known
        if layout.command_rate is not None:
            most = layout.command_rate * layout.control_dt
            told = self.command + (told - self.command).clip(-most, most)
        self.command = told
        return told


def _fill(values: NDArray[Any], given: Any) -> None:
    values[...] = np.array(given, dtype=np.float64).reshape(values.shape)


class OnnxPolicy(ControlLoop):
    """A policy from its file, with its contract."""

    path: Path
    """The file."""
    contract: dict[str, Any]
    """The `webfoot_contract` of the file."""
    contract_text: str
    """The same as JSON text."""
    session: InferenceSession

    def __init__(self, path: Path | str, threads: int = 1, data: bytes | None = None):
        """Load a policy and reset it for one robot.

        Args:
            path: the ONNX file.
            threads: threads that one inference may use.
            data: content of the file where it is at hand already; `path` then only names it.

        Raises:
            PolicyError: the file is broken, or contradicts its own contract.
        """
        self.path = path = Path(path)
        data = read_policy_bytes(path) if data is None else data
        facts = file_facts(data, path.name)
        if facts.external_tensors:
            raise PolicyError(f"{path.name}: tensor '{facts.external_tensors[0]}' lies outside; weights belong inside")
        if facts.foreign_operators:
            raise PolicyError(f"{path.name}: uses the operator {facts.foreign_operators[0]}, which no policy needs")
        if METADATA_KEY not in facts.metadata:
            raise PolicyError(f"{path.name}: holds no {METADATA_KEY}; export it with 'webfoot export'")
        self.contract_text = facts.metadata[METADATA_KEY]
        self.contract, layout = parse_layout(self.contract_text, path.name)
        super().__init__(layout, path.name)
        self.session = open_session(data, path.name, threads)
        problems = shape_problems(self.session, self.layout.obs_size, self.layout.nu)
        if problems:
            raise PolicyError(f"{path.name}: the graph contradicts its contract: {problems[0]}")
        self._inference = Inference(self.session, layout.obs_size, layout.nu, path.name)
        if not all(np.isfinite(output).all() for output in self.run(self.layout.golden_obs)):
            raise PolicyError(f"{path.name}: answers its golden observations with NaN; its weights are broken")

    def run(self, obs: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """The graph alone: observations (N, n) to `actions` and `joint_pos_target` [rad], both (N, nu)."""
        return self._inference(obs)

    def verify_golden(self) -> float:
        """Largest difference between what the graph answers to its golden observations and what the contract says."""
        layout, worst = self.layout, 0.0
        for i in range(len(layout.golden_obs)):
            actions, target = self.run(layout.golden_obs[i : i + 1])
            worst = max(
                worst,
                float(np.abs(actions[0] - layout.golden_actions[i]).max()),
                float(np.abs(target[0] - layout.golden_joint_pos_target[i]).max()),
            )
        return worst
