"""`Follower`: what a training tells in its event log, boiled down to what its row and its alert rules need."""

import math
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from webfoot.web.live.series import loss_of
from webfoot.web.live.tail import Told, line_start, read_from


@dataclass
class Follower:
    """Reads a run's event log from where it stopped reading, on behalf of the attempt that begins now.

    What earlier attempts told is progress too, but no complaint of this one. A resumed training goes back to its
    checkpoint: the health alerts that stood there stand again, without being told anew, and later ones do not.
    """

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
    has_begun: bool = False
    """Whether this attempt has told of an iteration; before, nothing is known of its health."""
    metrics: dict[str, float | None] = field(default_factory=dict)
    """Of the last iteration of this attempt."""
    scores: list[float | None] = field(default_factory=list)
    """Of the trials of this attempt."""
    diverged: str | None = None
    """Why learning broke down in this attempt."""
    _alerts: list[dict[str, Any]] = field(default_factory=list)
    """Health alerts of the iterations that count, those of earlier attempts too."""

    def __post_init__(self) -> None:
        self._begin = line_start(self.path, sys.maxsize)

    @property
    def raised(self) -> dict[str, str]:
        """Health alerts that stand, with their messages."""
        standing: dict[str, str] = {}
        for alert in self._alerts if self.has_begun else []:
            if alert["cleared"]:
                standing.pop(alert["rule"], None)
            else:
                standing[alert["rule"]] = alert["message"]
        return standing

    def look(self) -> None:
        """Take in what was told since the last look."""
        while True:
            told, offset = read_from(self.path, self.offset)
            if offset == self.offset:
                return
            self.offset = offset
            for item in told:
                self._take(item)

    def _take(self, told: Told) -> None:
        event, is_mine = told.event, told.offset > self._begin
        match told.kind:
            case "progress":
                self._take_progress(event, is_mine)
            case "metrics":
                loss = loss_of(event["values"])
                self.loss = loss if loss is not None and math.isfinite(loss) else None
                self.metrics = event["values"] if is_mine else {}
            case "evaluated" if is_mine:
                self.scores.append(event["score"])
            case "diverged" if is_mine:
                self.diverged = event["reason"]
            case "alert":
                self._alerts.append(event)

    def _take_progress(self, event: dict[str, Any], is_mine: bool) -> None:
        again = event["iteration"]
        if again <= self.epochs:  # also where the last attempt's trainer outlived its worker by some lines
            self._alerts = [alert for alert in self._alerts if alert["iteration"] < again]
            self.metrics, self.scores, self.diverged = {}, [], None
        self.has_begun = self.has_begun or is_mine
        self.epochs, self.total_epochs = again, event["epochs"]
        self.env_steps, self.elapsed_s = event["env_steps"], event["elapsed_s"]
        self.steps_per_s, self.eta_s = event["steps_per_s"], event["eta_s"]

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
