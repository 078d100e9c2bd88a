"""`Episodes`: what happened while one policy walked, as arrays. Everything the evaluation says is computed from it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Episodes:
    """N episodes of T control steps of one policy on one robot.

    Rows of T + 1 hold states: row 0 the start, row t + 1 the state at the end of control step t.
    Rows of T hold what was done during control step t. Quaternions are wxyz. An episode that fell keeps being
    simulated; `alive` says until when it counts.
    """

    control_dt: float
    """Length of a control step [s]."""
    joint_names: tuple[str, ...]
    foot_names: tuple[str, ...]
    """One per foot: 'left', 'right' for a biped, 'front_left' ... 'rear_right' for four feet."""
    root_pos: NDArray[np.float64]
    """Base in the world [m], (T + 1, N, 3)."""
    root_quat: NDArray[np.float64]
    """Base orientation, (T + 1, N, 4)."""
    root_vel: NDArray[np.float64]
    """World linear velocity [m/s] and body-frame angular velocity [rad/s], (T + 1, N, 6)."""
    joint_pos: NDArray[np.float64]
    """[rad], (T + 1, N, nu)."""
    joint_vel: NDArray[np.float64]
    """[rad/s], (T + 1, N, nu)."""
    foot_height: NDArray[np.float64]
    """Lowest corner of every sole above the ground [m], (T + 1, N, F)."""
    phase: NDArray[np.float64]
    """Gait phase in [0, 1) at each state, (T + 1, N)."""
    reference_joint_pos: NDArray[np.float64]
    """Reference at that phase and command [rad], (T + 1, N, nu)."""
    reference_foot_height: NDArray[np.float64]
    """[m], (T + 1, N, F)."""
    observation: NDArray[np.float32]
    """What the policy saw, (T, N, n)."""
    action: NDArray[np.float32]
    """What it said, (T, N, nu)."""
    joint_pos_target: NDArray[np.float32]
    """What was sent to the servos [rad], (T, N, nu)."""
    torque: NDArray[np.float64]
    """Servo torque at the end of the step [Nm], (T, N, nu)."""
    command: NDArray[np.float64]
    """vx, vy [m/s], wz [rad/s] in the heading frame, (T, N, 3)."""
    alive: NDArray[np.bool_]
    """False from the fall on, (T + 1, N)."""
    torque_limit: NDArray[np.float64]
    """[Nm], (nu,)."""
    velocity_limit: NDArray[np.float64]
    """[rad/s], (nu,)."""
    period_s: float
    """Duration of one gait cycle [s]."""

    @property
    def num_steps(self) -> int:
        """T."""
        return len(self.action)

    @property
    def num_episodes(self) -> int:
        """N."""
        return self.action.shape[1]
