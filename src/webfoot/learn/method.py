"""`METHODS`: the ways to learn a walk from a reference; each is what an option is where nobody gives it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from webfoot.task.observe import ACTOR_TERMS, PHASELESS_TERMS


@dataclass(frozen=True)
class Method:
    """One way to learn."""

    summary: str
    observation: tuple[str, ...] = ACTOR_TERMS
    """What the policy sees, in order."""
    action_base: Literal["reference", "default"] = "reference"
    """The pose that actions are added to."""
    action_scale: float = 0.25
    """Joint angle per unit of action [rad]."""
    reward: Mapping[str, float] = field(default_factory=dict)
    """Weights of the task's rewards that differ from the defaults."""
    style_weight: tuple[float, float] = (0.0, 0.0)
    """Share of the style in the reward at the start, and once `style_ramp` iterations have passed."""
    style_ramp: int = 0
    warm_start: int = 0
    """Updates that fit the policy to the one that demonstrates, before it learns."""
    learning: Mapping[str, float | bool] = field(default_factory=dict)
    """Options of the learner that differ from the defaults."""

    def options(self) -> dict[str, Any]:
        """The method as nested options of a training."""
        first, last = self.style_weight
        return {
            "task": {
                "observation": self.observation,
                "action_base": self.action_base,
                "action_scale": self.action_scale,
                "reward": dict(self.reward),
            },
            "style": {"weight": first, "final_weight": last, "ramp": self.style_ramp, "warm_start": self.warm_start},
            "ppo": dict(self.learning),
        }


TRACKED = ("joint_pos", "joint_vel", "velocity", "yaw_rate", "base_height", "tilt", "foot_height", "foot_timing")
"""Rewards for being where the reference is at this phase; a policy without a phase cannot earn them."""

METHODS: dict[str, Method] = {
    "tracking": Method("follows the reference in phase, pose by pose"),
    "amp": Method(  # not symmetric: who stands straight and has no clock could not choose a foot to start with
        "walks as commanded in a style that an adversary cannot tell from demonstrations; no clock, no reference",
        observation=PHASELESS_TERMS,
        action_base="default",
        action_scale=0.5,
        reward={name: 0.0 for name in TRACKED} | {"mean_velocity": 0.6, "mean_yaw_rate": 0.2, "heading": 0.2},
        style_weight=(0.6, 0.6),
        warm_start=1500,
        learning={"symmetry": False, "learning_rate": 5e-4, "initial_std": 0.1, "final_std": 0.08},
    ),
    "awd": Method(
        "as tracking, with the adversary's style added to the reward",
        style_weight=(0.0, 0.3),
        style_ramp=30,
    ),
}
"""Methods by name."""


def with_method(method: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Nested options, with those of a method wherever nothing is given."""
    return laid_over(METHODS[method].options(), given)


def laid_over(base: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Nested options, with those of `base` wherever nothing is given."""
    both = {**base, **given}
    for name in base.keys() & given.keys():
        if isinstance(base[name], Mapping) and isinstance(given[name], Mapping):
            both[name] = laid_over(base[name], given[name])
    return both


def less(given: Mapping[str, Any], base: Mapping[str, Any]) -> dict[str, Any]:
    """Nested options without those that are as `base` has them."""
    left: dict[str, Any] = {}
    for name, value in given.items():
        if isinstance(value, Mapping) and isinstance(base.get(name), Mapping):
            inner = less(value, base[name])
            if inner:
                left[name] = inner
        elif name not in base or value != base[name]:
            left[name] = value
    return left
