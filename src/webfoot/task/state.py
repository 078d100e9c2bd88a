"""`StepState`: everything a reward, an observation or a termination may read."""

from dataclasses import dataclass

from torch import Tensor

from webfoot.sim.sensors import Reading


@dataclass(frozen=True)
class ReferenceState:
    """The reference at the robots' phases and commands."""

    joint_pos: Tensor
    """[rad], (N, nu)."""
    joint_vel: Tensor
    """[rad/s], (N, nu)."""
    base_height: Tensor
    """[m], (N,)."""
    tilt: Tensor
    """Roll and pitch as a rotation vector in the heading frame [rad], (N, 2)."""
    velocity: Tensor
    """vx, vy [m/s] and wz [rad/s] in the heading frame, (N, 3)."""
    foot_height: Tensor
    """[m], (N, F)."""
    servo_target: Tensor
    """Targets that make unloaded servos follow `joint_pos` [rad], (N, nu)."""


@dataclass(frozen=True)
class StepState:
    """State of N robots at the end of a control step, with the reference at the same instant."""

    joint_pos: Tensor
    """[rad], (N, nu)."""
    joint_offset: Tensor
    """Joint positions minus the default pose [rad], (N, nu)."""
    joint_vel: Tensor
    """[rad/s], (N, nu)."""
    lin_vel_h: Tensor
    """Linear velocity of the base in the heading frame (x, y) and upwards [m/s], (N, 3)."""
    mean_velocity: Tensor
    """vx, vy [m/s], wz [rad/s] in the heading frame, averaged over about one gait cycle, (N, 3)."""
    heading_error: Tensor
    """Heading minus the heading that the reference would have reached since the start [rad], (N,)."""
    ang_vel_b: Tensor
    """Angular velocity in the base frame, what a gyro on the base reads [rad/s], (N, 3)."""
    gravity_b: Tensor
    """Unit vector of gravity in the base frame, (0, 0, -1) upright, (N, 3)."""
    base_height: Tensor
    """[m], (N,)."""
    foot_height: Tensor
    """Lowest corner of every sole above the floor [m], (N, F)."""
    foot_pos_b: Tensor
    """Centre of every sole from the base, in the base frame [m], (N, F, 3)."""
    torque: Tensor
    """Share of the torque limit that each servo uses, -1 to 1, (N, nu)."""
    action: Tensor
    """Action of the step that just ended, clipped, (N, nu)."""
    previous_action: Tensor
    """Action of the step before, (N, nu)."""
    phase: Tensor
    """Gait phase in [0, 1), (N,)."""
    command: Tensor
    """vx, vy [m/s], wz [rad/s] in the heading frame, (N, 3)."""
    reference: ReferenceState
    unstable: Tensor
    """True where the simulator blew up, (N,) bool."""
    sensed: Reading
    """What the sensors say; all else here is the truth."""
    sensed_offset: Tensor
    """Joint positions as sensed minus the default pose [rad], (N, nu)."""

    @property
    def num_envs(self) -> int:
        """N."""
        return len(self.joint_pos)
