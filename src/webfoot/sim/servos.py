"""`Servos`: what lies between the target that a policy sends and the torque at the joint.

    policy ─► latency ─► rate limit ─► encoder's zero ─► position loop ─► torque-speed limit ─► play ─► joint

Everything is expressed as the target that an ideal position servo, the one in the model, would need to pull as the
real one does; so it works on any simulator and costs nothing where it is off. It is worked out every physics step.
The encoder sits on the servo's side of the play, as those of hobby servos do: it does not see the play.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class ServoTraits:
    """The servos of N robots."""

    kp: Tensor
    """Stiffness [Nm/rad], (N, nu)."""
    kd: Tensor
    """Damping [Nm s/rad], (N, nu)."""
    latency_s: Tensor
    """[s], (N,)."""
    backlash: Tensor
    """The servo turns by so much to either side before the joint follows [rad], (N, nu)."""
    rate: Tensor
    """Fastest change of a target [rad/s], (N, nu); infinite without a limit."""
    offset: Tensor
    """True angle where the encoder reads 0 [rad], (N, nu)."""
    stall_torque: Tensor
    """[Nm], (N, nu)."""
    no_load_speed: Tensor
    """Speed at which no torque is left [rad/s], (N, nu); infinite where the torque does not fall with the speed."""
    damping: Tensor
    """What the model's joint already loses with speed [Nm s/rad], (N, nu)."""


class Servos:
    """Turns targets of N robots into what the ideal servos of the model have to be asked for."""

    def __init__(self, traits: ServoTraits, physics_dt: float, decimation: int):
        self.traits = traits
        self._dt, self._decimation = physics_dt, decimation
        self._late = _Latency(traits.latency_s, physics_dt, decimation)
        self._has_rate = bool(traits.rate.isfinite().any())
        self._has_limit = bool(traits.no_load_speed.isfinite().any())
        self._has_play = bool((traits.backlash > 0).any())
        self._sent = torch.zeros(self._late.history, *traits.kp.shape, device=traits.kp.device)  # newest first
        self._goal = self._sent[0].clone()

    def take_over(self, before: "Servos") -> None:
        """Go on where the servos of other traits were."""
        known = min(len(self._sent), len(before._sent))
        self._sent[:known] = before._sent[:known]
        self._sent[known:] = before._sent[known - 1]
        self._goal = before._goal

    def reset(self, env_ids: Tensor, joint_pos: Tensor) -> None:
        """Hold the joints where they are [rad], shape (n, nu)."""
        goal = joint_pos - self.traits.offset[env_ids]
        self._sent[:, env_ids] = goal
        self._goal = self._goal.index_copy(0, env_ids, goal)

    def send(self, target: Tensor) -> None:
        """Send the targets of a control step [rad], shape (N, nu); they arrive when their time has come."""
        self._sent = torch.cat([target[None], self._sent[:-1]])

    def ask(self, substep: int, joint_pos: Tensor, joint_vel: Tensor) -> Tensor:
        """What to ask of the ideal servos in a physics step.

        Args:
            substep: physics step since the last `send`, from 0.
            joint_pos: at its start [rad], shape (N, nu).
            joint_vel: at its start [rad/s], shape (N, nu).

        Returns:
            Targets of the ideal servos [rad], shape (N, nu).
        """
        traits = self.traits
        goal = self._late.pick(self._sent, substep)
        if self._has_rate:
            most = traits.rate * self._dt
            goal = self._goal + (goal - self._goal).clamp(-most, most)
        self._goal = goal
        error = goal + traits.offset - joint_pos
        if self._has_play:
            error = error - error.clamp(-traits.backlash, traits.backlash)
        if self._has_limit:
            low, high = torque_limits(joint_vel, traits.stall_torque, traits.no_load_speed, traits.damping)
            torque = (traits.kp * error - traits.kd * joint_vel).clamp(low, high)
            error = (torque + traits.kd * joint_vel) / traits.kp
        return joint_pos + error

    def encoder(self, joint_pos: Tensor) -> Tensor:
        """What the encoders read [rad], shape (N, nu): within the play the servo is where it is asked to be."""
        traits = self.traits
        if self._has_play:
            error = self._goal + traits.offset - joint_pos
            joint_pos = joint_pos + error.clamp(-traits.backlash, traits.backlash)
        return joint_pos - traits.offset


class _Latency:
    """Targets that arrive late, at any time: a physics step that sees two of them is given their mean over it."""

    def __init__(self, latency_s: Tensor, physics_dt: float, decimation: int):
        steps = latency_s / (physics_dt * decimation)
        self.history = 1 + math.ceil(float(steps.max()) - 1e-6)
        self._robots = torch.arange(len(latency_s), device=latency_s.device)
        begin = torch.arange(decimation, device=latency_s.device)[:, None] / decimation - steps  # (decimation, N)
        age = torch.ceil(-begin - 1e-6).clamp_min(0).long()
        """How many targets ago the one in force at the beginning was sent."""
        self._older = age
        self._newer = (age - 1).clamp_min(0)
        until = 1.0 - age - begin  # until the next one arrives, control steps
        self._share = (until * decimation).clamp(0.0, 1.0)[..., None]  # of the physics step, (decimation, N, 1)
        self._share[age == 0] = 1.0
        self._none = bool((latency_s == 0).all())

    def pick(self, sent: Tensor, substep: int) -> Tensor:
        if self._none:
            return sent[0]
        older = sent[self._older[substep], self._robots]
        newer = sent[self._newer[substep], self._robots]
        return torch.lerp(newer, older, self._share[substep])


def torque_limits(velocity: Tensor, stall: Tensor, no_load: Tensor, damping: Tensor) -> tuple[Tensor, Tensor]:
    """Least and greatest torque of a motor at a speed.

        high = stall (1 - v / v0) + d v  within 0..stall,    low = -stall (1 + v / v0) + d v  within -stall..0

    A motor's torque falls linearly from stall to nothing at the no-load speed v0. What the model's joint loses with
    speed anyway (d v) is not taken off twice. Braking is as strong as a stalled motor.

    Args:
        velocity: of the joint [rad/s].
        stall: torque at rest [Nm].
        no_load: speed without load [rad/s].
        damping: of the model's joint [Nm s/rad].
    """
    lost = (stall / no_load - damping).clamp_min(0.0) * velocity
    nothing = torch.zeros_like(stall)
    return (-stall - lost).clamp(-stall, nothing), (stall - lost).clamp(nothing, stall)
