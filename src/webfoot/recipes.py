"""Recipes: what options are where nothing is given, for conditions and motions that ask for others than usual."""

from dataclasses import dataclass
from typing import Any

ROBUST: dict[str, Any] = {
    "epochs": 1200,
    "batch_size": 256,
    "evaluate_every": 50,
    "stop_when_passed": False,
    "randomize": {"push_every_s": 1.0},
    "rollout": {"conditions": {"preset": "robust"}},
}
"""Options of a training with the preset robust: falls are rare lessons, so robots are pushed three times as often as
in the validation. A trial of a few robots is often lucky, so the first pass does not end it."""

ROBUST_TRACKING: dict[str, Any] = {
    "task": {"history": 4, "action_scale": 0.4, "reward": {"mean_velocity": 0.8}},
    "ppo": {
        "hidden_size": 192,
        "learning_rate": 1e-3,
        "critic_rate": 2e-3,
        "final_rate_share": 0.05,
        "minibatches": 4,
        "gamma": 0.98,
        "initial_std": 0.3,
        "final_std": 0.15,
        "target_kl": 0.02,
        "averaging": 0.9,
    },
}
"""The same where a reference is tracked: noise and delay hide a push from who sees one control step only, steps that
catch it are not in the reference, and a robot that is pushed often would rather step in place than walk."""


LIBRARY: dict[str, Any] = {"epochs": 1500, "batch_size": 256, "evaluate_every": 15, "task": {"history": 3}}
"""Options of a training from a library of clips where nothing else is given: there is more to learn."""

LIBRARY_TRACKING: dict[str, Any] = {
    "task": {"reward": {"foot_timing": 0.15, "mean_yaw_rate_sigma": 0.07}},
    "ppo": {
        "hidden_size": 192,
        "learning_rate": 1e-3,
        "critic_rate": 2e-3,
        "final_rate_share": 0.05,
        "minibatches": 4,
        "gamma": 0.98,
        "initial_std": 0.2,
        "target_kl": 0.02,
        "averaging": 0.9,
    },
}
"""The same where a reference is tracked. The timing of the feet brought the duty factor from 17 % off the reference to
4 %, the narrower kernel the turning rate from 0.12 rad/s off to 0.075; falls come a second after a change of command,
which is further than a smaller gamma looks ahead."""

LIBRARY_IMITATING: dict[str, Any] = {
    "style": {"warm_start": 5000, "weight": 0.3, "final_weight": 0.3},
    "ppo": {"learning_rate": 1e-4, "initial_std": 0.06, "final_std": 0.05},
}
"""The same where an adversary is imitated: a policy that has learnt from its teacher to walk in every direction keeps
that by small steps; with the rate, exploration and style share of a single clip its speed error grew from 0.17 to
0.35 within 45 iterations."""

LIBRARY_BY_METHOD = {"tracking": LIBRARY_TRACKING, "awd": LIBRARY_TRACKING, "amp": LIBRARY_IMITATING}
"""What comes to `LIBRARY` for each method."""


@dataclass(frozen=True)
class Plan:
    """How long is trained, and what for."""

    title: str
    gives: str
    """What comes of it, for whoever has to choose."""
    reason: str
    """Why its options are what they are, with figures of docs/performance.md."""
    options: dict[str, Any]
    """Nested options wherever nothing else is given."""


PLANS: dict[str, Plan] = {
    "quick": Plan(
        "Quick",
        "The first policy that passes every check, and no more: the way to find out whether a motion can be walked.",
        "The defaults: a bundled walk passes after 4 to 12 s of training, and more epochs prove nothing new.",
        {},
    ),
    "standard": Plan(
        "Standard",
        "All epochs, whether it passes early or not; the best trial is kept. It follows the motion more closely.",
        "What passes first may be near the limits, 0.10 rad of joint error and 15 degrees of yaw drift in 10 s; after"
        " 90 s of training it is 0.056 rad and 2 degrees.",
        {"stop_when_passed": False},
    ),
    "robust": Plan(
        "Robust",
        "For a real robot: it is pushed, and its servos, sensors and ground differ from the model, in training as in"
        " the validation.",
        "Falls are rare lessons, so it takes 1,200 epochs of 256 robots (see `ROBUST`); 0.94 of 128 robots then survive"
        " 20 s under everything at once, with 850 epochs 0.87.",
        {"randomize": {"preset": "robust"}},
    ),
}
"""Three plans for whoever does not want to choose options; each is what it says, and any option goes before it."""
