"""The curriculum: difficulties grow one kind after the other as the robots succeed, and shrink when they do not.

Source: the order is that of the manual runs of rimim/AWD (clean, rough ground, randomisation, pushes), each resumed
from the last; here they are one run.
"""

from collections import deque
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, Field, model_validator

STAGES: tuple[str, ...] = ("ground", "body", "servo", "sensor", "push")
"""Kinds of difficulty (keys of `webfoot.sim.presets.KINDS`) in the order in which they are raised from 0 to 1."""
MOST_PATIENCE = 8
"""Windows that the next try of a step waits at most."""


class CurriculumConfig(BaseModel, frozen=True, extra="forbid"):
    """When difficulties grow and shrink."""

    active: bool = Field(default=False, description="Raise difficulties step by step instead of all at once.")
    steps: int = Field(default=4, ge=1, le=100, description="Steps in which each kind of difficulty is raised.")
    window: int = Field(
        default=10, ge=1, le=1000, description="Iterations that success is measured over; no step comes sooner."
    )
    advance_at: float = Field(default=0.9, gt=0, le=1, description="Success at which the next step is taken.")
    retreat_at: float = Field(default=0.6, ge=0, lt=1, description="Success below which the last step is taken back.")
    speed_error: float = Field(
        default=0.4,
        gt=0,
        le=2,
        description="Speed error, of the command, that takes nothing from success; twice it, all.",
    )

    @model_validator(mode="after")
    def _leaves_room(self) -> "CurriculumConfig":
        if self.retreat_at >= self.advance_at:
            raise ValueError(f"retreat_at {self.retreat_at} is not below advance_at {self.advance_at}")
        return self


@dataclass(frozen=True)
class Step:
    """A step that was taken."""

    stage: str
    """The kind of difficulty that changed."""
    level: float
    """Its level now, from 0 to 1."""
    success: float
    reason: str


class Curriculum:
    """Success in, levels out. Its whole state is how many steps were taken, and what was measured since the last.

    A step is taken or taken back only after a whole window was measured on the one before, and the two thresholds lie
    apart. Every time a step was taken back the next try waits twice as long, until two steps in a row succeed, so
    that it does not flutter about a step that is too hard for now.
    """

    def __init__(self, config: CurriculumConfig):
        self.config = config
        self.position = 0
        self._measured: deque[float] = deque(maxlen=config.window)
        self._wait = 0
        self._patience = config.window
        self._climbing = True

    @property
    def levels(self) -> dict[str, float]:
        """Level of every stage, from 0 to 1."""
        done = self.position / self.config.steps
        return {stage: min(1.0, max(0.0, done - before)) for before, stage in enumerate(STAGES)}

    @property
    def is_finished(self) -> bool:
        """Whether everything is at its full range."""
        return self.position == len(STAGES) * self.config.steps

    @property
    def level(self) -> float:
        """Share of all steps that were taken."""
        return self.position / (len(STAGES) * self.config.steps)

    def update(self, survival: float, speed_error: float) -> Step | None:
        """Take note of one iteration; the step that it leads to.

        Args:
            survival: share of episodes that do not fall.
            speed_error: mean error of the robots' velocity, in shares of the commanded.
        """
        self._measured.append(success(survival, speed_error, self.config.speed_error))
        self._wait += 1
        if len(self._measured) < self.config.window:
            return None
        mean = sum(self._measured) / len(self._measured)
        if mean >= self.config.advance_at and not self.is_finished and self._wait >= self._patience:
            return self._move(1, mean)
        if mean < self.config.retreat_at and self.position > 0:
            return self._move(-1, mean)
        return None

    def _move(self, direction: int, mean: float) -> Step:
        changed = STAGES[(self.position if direction > 0 else self.position - 1) // self.config.steps]
        self.position += direction
        if direction < 0:
            self._patience = min(2 * self._patience, MOST_PATIENCE * self.config.window)
        elif self._climbing:
            self._patience = self.config.window
        self._climbing = direction > 0
        self._measured.clear()
        self._wait = 0
        limit = self.config.advance_at if direction > 0 else self.config.retreat_at
        words = "at least" if direction > 0 else "below"
        reason = f"success {mean:.2f} is {words} {limit:g}"
        return Step(changed, self.levels[changed], mean, reason)

    def state_dict(self) -> dict[str, Any]:
        """Everything, for the checkpoint."""
        return {
            "position": self.position,
            "measured": list(self._measured),
            "wait": self._wait,
            "patience": self._patience,
            "climbing": self._climbing,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take back what `state_dict` gave."""
        self.position, self._wait, self._patience = int(state["position"]), int(state["wait"]), int(state["patience"])
        self._measured = deque((float(value) for value in state["measured"]), maxlen=self.config.window)
        self._climbing = bool(state["climbing"])


def success(survival: float, speed_error: float, allowed: float) -> float:
    """Survival, less where robots are not where they were told to go: nothing is left at twice the allowed error.

    s = survival * clip(2 - error / allowed, 0, 1); who stands still to survive does not succeed.
    """
    return survival * min(1.0, max(0.0, 2.0 - speed_error / allowed))
