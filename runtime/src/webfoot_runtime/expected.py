"""What a contract makes of recorded sensors: the observations that a policy should have been given."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from webfoot_runtime.layout import Layout
from webfoot_runtime.policy import ControlLoop


@dataclass(frozen=True)
class Recording:
    """What the sensors of N robots said and what was done, T control steps from a reset on."""

    gyro: NDArray[np.floating]
    """[rad/s], (T, N, 3)."""
    projected_gravity: NDArray[np.floating]
    """(T, N, 3)."""
    joint_pos: NDArray[np.floating]
    """Absolute [rad], (T, N, nu)."""
    joint_vel: NDArray[np.floating]
    """[rad/s], (T, N, nu)."""
    command: NDArray[np.floating]
    """What was told, (T, N, 3)."""
    action: NDArray[np.float32]
    """`actions` of the policy, (T, N, nu)."""


class _Remembered(ControlLoop):
    """Assembles observations as a policy does, and says again what was said."""

    def __init__(self, layout: Layout, actions: NDArray[np.float32]):
        super().__init__(layout, "recording")
        self._actions = iter(actions)

    def run(self, obs: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """See `ControlLoop.run`; the targets are not known and not needed."""
        action = next(self._actions)
        return action, action


def expected_observations(
    layout: Layout, recording: Recording, memory: dict[str, Any] | None = None
) -> NDArray[np.float32]:
    """The observations that the contract asks for, (T, N, n).

    Args:
        layout: of the observation.
        recording: what sensors said and what was done.
        memory: what the policy remembered before the first step, see `ControlLoop.memory`; None: it was reset.

    Raises:
        PolicyError: a recording of another size, or with NaN.
    """
    loop = _Remembered(layout, recording.action)
    loop.reset(recording.gyro.shape[1])
    if memory is not None:
        loop.recall(memory)
    rows = []
    for t in range(len(recording.action)):
        loop.step(
            recording.gyro[t],
            recording.projected_gravity[t],
            recording.joint_pos[t],
            recording.joint_vel[t],
            recording.command[t],
        )
        rows.append(loop.observation)
    return np.stack(rows)
