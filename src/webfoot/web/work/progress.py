"""`Follower`: what a training tells in its event log, boiled down to what its row and its alert rules need."""

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from webfoot.web.live.series import loss_of
from webfoot.web.live.tail import read_from


@dataclass
class Follower:
    """Reads a run's event log from where it stopped reading."""

    path: Path
    control_dt: float
    offset: int = 0
    epochs: int = 0
    total_epochs: int = 0
    env_steps: int = 0
    elapsed_s: float = 0.0
    steps_per_s: float | None = None
    eta_s: float | None = None
    loss: float | None = None
    metrics: dict[str, float | None] = field(default_factory=dict)
    scores: list[float] = field(default_factory=list)
    raised: dict[str, str] = field(default_factory=dict)
    """Health alerts that stand, with their messages."""
    diverged: str | None = None
    """Why learning broke down."""

    def look(self) -> None:
        """Take in what was told since the last look."""
        while True:
            told, offset = read_from(self.path, self.offset)
            if offset == self.offset:
                return
            self.offset = offset
            for item in told:
                self._take(item.event)

    def _take(self, event: dict[str, Any]) -> None:
        match event.get("event"):
            case "progress":
                self.epochs, self.total_epochs = event["iteration"], event["epochs"]
                self.env_steps, self.elapsed_s = event["env_steps"], event["elapsed_s"]
                self.steps_per_s, self.eta_s = event["steps_per_s"], event["eta_s"]
            case "metrics":
                self.metrics = event["values"]
                loss = loss_of(event["values"])
                self.loss = loss if loss is not None and math.isfinite(loss) else None
            case "evaluated":
                self.scores.append(event["score"])
            case "diverged":
                self.diverged = event["reason"]
            case "alert" if event["cleared"]:
                self.raised.pop(event["rule"], None)
            case "alert":
                self.raised[event["rule"]] = event["message"]

    def columns(self) -> dict[str, Any]:
        """What the row of the session says of it; nothing before the first iteration."""
        if not self.epochs:
            return {}
        return {
            "current_epoch": self.epochs,
            "total_epochs": self.total_epochs,
            "current_loss": self.loss,
            "steps_per_s": self.steps_per_s,
            "eta_s": self.eta_s,
            "elapsed_s": self.elapsed_s,
            "robot_hours": self.env_steps * self.control_dt / 3600,
        }
