"""`Exercise`: moves every joint by itself; of a robot that hangs it shows order, signs, units and delays."""

import numpy as np
from numpy.typing import NDArray

from webfoot_runtime.layout import Layout
from webfoot_runtime.policy import ControlLoop

NAME = "exercise"


class Exercise(ControlLoop):
    """Leads joint after joint through one sine about the standing pose, instead of a policy."""

    def __init__(self, layout: Layout, amplitude: float = 0.15, joint_s: float = 1.5):
        """Begin with the first joint.

        Args:
            layout: of the policy that will lead later.
            amplitude: of the sine [rad]; less where a joint limit is near.
            joint_s: time for one joint [s].
        """
        self._amplitude, self._joint_s = amplitude, joint_s
        self._steps = 0
        super().__init__(layout, NAME)

    @property
    def duration_s(self) -> float:
        """Time for all joints [s]."""
        return self._joint_s * self.layout.nu

    def reset(self, num_envs: int = 1) -> None:
        """See `ControlLoop.reset`."""
        super().reset(num_envs)
        self._steps = 0

    def run(self, obs: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """No actions, and the targets of this step."""
        layout = self.layout
        joint, time_s = divmod(self._steps * layout.control_dt, self._joint_s)
        self._steps += 1
        target = layout.default_pos.copy()
        joint = min(int(joint), layout.nu - 1)
        target[joint] += self._amplitude * np.sin(2 * np.pi * time_s / self._joint_s)
        target = np.clip(target, layout.lower, layout.upper).astype(np.float32)
        return np.zeros((len(obs), layout.nu), dtype=np.float32), np.tile(target, (len(obs), 1))
