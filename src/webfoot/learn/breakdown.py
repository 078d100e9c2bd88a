"""When learning has broken down: numbers that are none, updates that throw the policy away, collapse."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, Field
from torch import Tensor

from webfoot.task.walk import Transition


class CollapseConfig(BaseModel, frozen=True, extra="forbid"):
    """When a policy counts as collapsed, and what is done then."""

    share: float = Field(
        default=0.6, ge=0, lt=1, description="Share of its best score below which a policy has collapsed."
    )
    trials: int = Field(default=4, ge=1, le=1000, description="Trials in a row that must be so bad.")
    rate_share: float = Field(
        default=0.5, gt=0, le=1, description="Factor on the learning rate when the best policy is gone back to."
    )
    returns: int = Field(default=3, ge=0, le=100, description="Returns after which the training is given up.")


class Collapse:
    """Sees a policy that was good get bad for long; its state is the best score and the bad trials in a row."""

    def __init__(self, config: CollapseConfig):
        self.config = config
        self.best = 0.0
        self.bad = 0
        self.returns = 0

    def update(self, quality: float) -> bool:
        """Take note of a trial's score, 0 to 1; whether the policy has collapsed."""
        self.best = max(self.best, quality)
        self.bad = self.bad + 1 if quality < self.config.share * self.best else 0
        if self.bad < self.config.trials:
            return False
        self.bad = 0
        self.returns += 1
        return True

    def state_dict(self) -> dict[str, Any]:
        """Everything, for the checkpoint."""
        return {"best": self.best, "bad": self.bad, "returns": self.returns}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take back what `state_dict` gave."""
        self.best, self.bad, self.returns = float(state["best"]), int(state["bad"]), int(state["returns"])


def broken_reward(transition: Transition) -> str:
    """Which reward of a step is no number; empty where all are."""
    if bool(transition.reward.isfinite().all()):
        return ""
    parts = {f"reward '{name}'": term for name, term in transition.terms.items()} | {"the reward": transition.reward}
    name, values = next((name, part[~part.isfinite()]) for name, part in parts.items() if not part.isfinite().all())
    return f"{name} became {float(values[0])}; see the options of task.reward"


def broken_metrics(metrics: Mapping[str, float], break_kl: float) -> str:
    """What is wrong with the metrics of an update; empty where nothing is."""
    for name, value in metrics.items():
        if not math.isfinite(value):
            return f"{name} became {value}; lower the learning rate"
    if metrics.get("approx_kl", 0.0) > break_kl:
        return (
            f"an update moved the policy by a KL divergence of {metrics['approx_kl']:.3g}, more than {break_kl:g}: "
            "what it had learnt is lost; lower the learning rate"
        )
    return ""


def broken_state(state: object) -> str:
    """Where a number of a training's state is none, such as 'ppo.averaged.mlp.0.weight'; empty where all are finite."""
    return next((name for name, tensor in _tensors(state) if not bool(tensor.isfinite().all())), "")


def _tensors(state: object, name: str = "") -> Iterator[tuple[str, Tensor]]:
    if isinstance(state, Tensor):
        yield name, state
    elif isinstance(state, Mapping):
        for key, value in state.items():
            yield from _tensors(value, f"{name}.{key}" if name else str(key))
    elif isinstance(state, list | tuple):
        for number, value in enumerate(state):
            yield from _tensors(value, f"{name}.{number}")
