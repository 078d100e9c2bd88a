"""`BatchSim`: N robots stepped in parallel behind one small interface."""

from dataclasses import dataclass
from typing import Protocol

import mujoco
import torch
from torch import Tensor

from webfoot.sim.ground import Ground
from webfoot.sim.servos import ServoTraits


@dataclass(frozen=True)
class SimState:
    """State of N robots. Quaternions are wxyz. Feet lag the joints by one physics step (as in MuJoCo's mj_step)."""

    root_pos: Tensor
    """Base in the world [m], (N, 3)."""
    root_quat: Tensor
    """Base orientation, (N, 4)."""
    lin_vel_w: Tensor
    """Linear velocity of the base, world frame [m/s], (N, 3)."""
    ang_vel_b: Tensor
    """Angular velocity of the base, base frame [rad/s], (N, 3)."""
    joint_pos: Tensor
    """[rad], (N, nu)."""
    joint_vel: Tensor
    """[rad/s], (N, nu)."""
    encoder_pos: Tensor
    """Joint angles as the encoders read them [rad], (N, nu); `joint_pos` where the servos are ideal."""
    foot_height: Tensor
    """Lowest corner of every sole above the floor [m], (N, F)."""
    foot_pos: Tensor
    """Centre of every sole in the world [m], (N, F, 3)."""
    torque: Tensor
    """Servo torque [Nm], (N, nu)."""
    unstable: Tensor
    """True where the simulator blew up in the last step and reset itself, (N,) bool."""


@dataclass(frozen=True)
class StartState:
    """A state to begin from, for n robots."""

    root_pos: Tensor
    """(n, 3) [m]."""
    root_quat: Tensor
    """(n, 4) wxyz."""
    lin_vel_w: Tensor
    """(n, 3) [m/s]."""
    ang_vel_b: Tensor
    """(n, 3) [rad/s]."""
    joint_pos: Tensor
    """(n, nu) [rad]."""
    joint_vel: Tensor
    """(n, nu) [rad/s]."""


class BatchSim(Protocol):
    """What the task needs of a simulator; one control step is `decimation` physics steps."""

    num_envs: int
    control_dt: float
    device: torch.device
    """Where every tensor lies that goes in or comes out."""
    model: mujoco.MjModel
    """The model that all robots have where no field of theirs was changed."""
    ground: Ground | None
    """What they walk on; None for a level floor. Positions are counted from each robot's own place on it."""
    num_unstable: int
    """Blow-ups so far."""
    dumps: list[dict[str, list[float]]]
    """Last good states of the first few robots that blew up, with the servo targets they were given."""

    def step(self, joint_pos_target: Tensor) -> None:
        """Hold the servo targets [rad], shape (N, nu), for one control step."""
        ...

    def equip(self, traits: ServoTraits | None) -> None:
        """Give the robots real servos from now on; None gives the ideal ones of the model."""
        ...

    def push(self, env_ids: Tensor, velocity: Tensor) -> None:
        """Change the base's velocity of the robots `env_ids` (n,) by so much [m/s], world frame, shape (n, 3)."""
        ...

    def reset(self, env_ids: Tensor, start: StartState) -> None:
        """Put the robots `env_ids` (sorted, (n,)) into `start`."""
        ...

    def state(self) -> SimState:
        """State after the last step or reset."""
        ...

    def field(self, name: str) -> Tensor:
        """A field of every robot's own model, (N, ...), to be written into; from then on the robots may differ in it.

        What MuJoCo derives from a field when it compiles a model (subtree masses, inverse weights) is not derived anew.
        """
        ...
