"""Style: how a robot moves, in numbers that a demonstration and a simulation both have; `style_features` is the one
function for both."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from webfoot.motion.reference import COMMAND_UNITS
from webfoot.robots.size import length_scale, speed_scale
from webfoot.robots.spec import Robot
from webfoot.task.state import StepState


@dataclass(frozen=True)
class Feature:
    """One stretch of the style features."""

    read: Callable[[StepState], Tensor]
    """Gives the stretch, shape (N, size)."""
    tolerance: float
    """Difference that counts as one, on a robot up to 0.2 m high."""
    grows: Callable[[float], float]
    """How the tolerance grows with the height of the base."""
    unit: str


def _alike(_: float) -> float:
    return 1.0


FEATURES: dict[str, Feature] = {
    "joint_pos": Feature(lambda s: s.joint_offset, 0.05, _alike, "rad"),
    "joint_vel": Feature(lambda s: s.joint_vel, 0.5, _alike, "rad/s"),
    "gravity": Feature(lambda s: s.gravity_b, 0.02, _alike, "1"),
    "lin_vel": Feature(lambda s: s.lin_vel_h, 0.02, speed_scale, "m/s"),
    "ang_vel": Feature(lambda s: s.ang_vel_b, 0.2, _alike, "rad/s"),
    "height": Feature(lambda s: s.base_height[:, None], 0.005, length_scale, "m"),
    "feet": Feature(lambda s: s.foot_pos_b.flatten(1), 0.005, length_scale, "m"),
    "command": Feature(lambda s: s.command / s.command.new_tensor(COMMAND_UNITS), 1.0, _alike, "COMMAND_UNITS"),
}
"""What the adversary looks at; heading and place are not among it, so that any direction is the same style.

What was told is: out of a library standing still is a style too, and an adversary that does not know the command takes
it for one wherever a robot was told to go; a policy that walked in every direction stood still 90 iterations later.

Source: features of Peng et al., "AMP", 2021; tolerances found by trial on Open Duck Mini v2.
"""


def style_features(state: StepState) -> Tensor:
    """How the robots move at this instant, in the units of `FEATURES`, shape (N, d)."""
    return torch.cat([feature.read(state) for feature in FEATURES.values()], dim=-1)


def style_tolerances(robot: Robot, state: StepState) -> Tensor:
    """Difference that counts as one for every style feature of this robot, shape (d,)."""
    sizes = [feature.read(state).shape[1] for feature in FEATURES.values()]
    grown = [feature.tolerance * feature.grows(robot.base_height) for feature in FEATURES.values()]
    return torch.tensor(grown).repeat_interleave(torch.tensor(sizes)).to(state.joint_pos)


class Windows:
    """The last `length` frames of N robots; none reaches across the end of an episode."""

    def __init__(self, first: Tensor, length: int):
        """Begin with one frame of every robot, shape (N, d)."""
        self._frames = first[:, None].repeat(1, length, 1)
        self._count = torch.ones(len(first), dtype=torch.long, device=first.device)

    def add(self, frame: Tensor) -> tuple[Tensor, Tensor]:
        """The window that ends with this frame, (N, length * d), oldest first, and where it is whole, (N,) bool."""
        self._frames = torch.cat([self._frames[:, 1:], frame[:, None]], dim=1)
        self._count = self._count + 1
        return self._frames.flatten(1), self._count >= self._frames.shape[1]

    def restart(self, env_ids: Tensor, first: Tensor) -> None:
        """Forget what led here: these robots begin anew with the frames `first`, shape (n, d)."""
        self._frames[env_ids] = first[:, None]
        self._count[env_ids] = 1
