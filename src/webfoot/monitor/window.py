"""What rules of health look at: a window of recent metrics, and the limits that they hold them against."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field

from webfoot.learn.ppo import PpoConfig

HISTORY = 200
"""Iterations that rules can look back on."""


class HealthConfig(BaseModel, frozen=True, extra="forbid"):
    """When a training is called unhealthy."""

    window: int = Field(default=20, ge=2, le=100, description="Iterations over which metrics are averaged.")
    calm: int = Field(
        default=20, ge=1, le=1000, description="Iterations without complaint after which an alert is cleared."
    )
    discriminator_accuracy: float = Field(
        default=0.98,
        gt=0.5,
        le=1,
        description="Share that the discriminator tells apart, on either side; above is all.",
    )
    style_left: float = Field(
        default=0.5,
        ge=0,
        lt=1,
        description="Share of its best that the style reward or the held-out score may fall to.",
    )
    most_logit_spread: float = Field(
        default=10.0, gt=0, le=1e4, description="Standard deviation of the discriminator's logits; above it saturates."
    )
    least_logit_spread: float = Field(
        default=0.005, ge=0, le=10, description="The same; below the discriminator says one thing to everything."
    )
    least_std: float = Field(
        default=0.3, gt=0, lt=1, description="Share of ppo.final_std that the actions' deviation may fall to."
    )
    most_std: float = Field(
        default=3.0, gt=1, le=100, description="Multiple of ppo.initial_std that the actions' deviation may grow to."
    )
    value_loss_growth: float = Field(
        default=10.0, gt=1, le=1e6, description="Multiple of its best that the value loss may grow to."
    )
    least_value_loss: float = Field(
        default=0.05, ge=0, le=1e6, description="Value loss that is never called large; a value is a reward a step."
    )
    least_explained: float = Field(
        default=0.0, ge=-10, lt=1, description="Explained variance of the critic below which it misleads."
    )
    kl_excess: float = Field(
        default=5.0, gt=1, le=1000, description="Multiple of ppo.target_kl that updates may move the policy by."
    )
    falls_rise: float = Field(
        default=5.0, gt=0, le=600, description="Falls a robot and minute above twice their lowest that are too many."
    )
    plateau_trials: int = Field(
        default=20, ge=2, le=1000, description="Trials without a better score after which learning stands still."
    )
    plateau_gain: float = Field(default=0.01, ge=0, le=1, description="Gain in score that counts as better.")
    unstable: int = Field(
        default=5, ge=1, le=100_000, description="Simulations that may blow up within a window of iterations."
    )


@dataclass(frozen=True)
class Window:
    """What a rule may look at."""

    rows: tuple[Mapping[str, float], ...]
    """Metrics of the last iterations, oldest first."""
    scores: tuple[float, ...] = ()
    """Scores of all trials, oldest first; above 1 where a trial passed."""
    config: HealthConfig = field(default_factory=HealthConfig)
    ppo: PpoConfig = field(default_factory=PpoConfig)

    def series(self, name: str) -> NDArray[np.float64]:
        """A metric where there is one, oldest first."""
        return np.array([row[name] for row in self.rows if name in row])

    def means(self, name: str) -> NDArray[np.float64]:
        """Means of a metric over every whole window, oldest first; empty before the first is whole.

        Under a curriculum only iterations of today's level count: others were easier or harder.
        """
        width, level = self.config.window, self.rows[-1].get("curriculum") if self.rows else None
        values = np.array([row[name] for row in self.rows if name in row and row.get("curriculum") == level])
        if len(values) < width:
            return np.empty(0)
        total = np.concatenate([[0.0], np.cumsum(values)])
        return (total[width:] - total[:-width]) / width

    @cached_property
    def recent(self) -> dict[str, float]:
        """Mean of every metric over the last window, of those that have been there as long."""
        last = self.rows[-self.config.window :]
        if len(last) < self.config.window:
            return {}
        names = set(last[0]).intersection(*last[1:])
        return {name: float(np.mean([row[name] for row in last])) for name in names}
