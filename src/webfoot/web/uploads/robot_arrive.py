"""`receive_robot`: a robot that was uploaded, looked at and then compiled where it can do no harm."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from webfoot.robots.limited import Limits
from webfoot.web.uploads.inspection import LIMITS, inspect_elsewhere


@dataclass(frozen=True)
class ArrivedRobot:
    """A robot whose model can be read."""

    model: str
    """The model file, relative to the upload."""
    name: str
    report: dict[str, Any]
    """The document of `webfoot robot inspect --json`: what is derived, the stand test, and the findings; its `mjcf` is
    `model`."""

    @property
    def usable(self) -> bool:
        """Whether a policy can be trained on it."""
        return self.report["usable"]


def receive_robot(folder: Path, model: str = "", limits: Limits = LIMITS) -> ArrivedRobot:
    """Inspect an uploaded robot.

    Args:
        folder: where the zip was unpacked.
        model: which file is the model, relative to the folder; needed only where there are several.
        limits: what the inspection may take.

    Raises:
        RobotError: no model or several, one that reads files outside, runs plugins, or that MuJoCo refuses.
        UploadError: the inspection takes too much or fails.
    """
    report = inspect_elsewhere("robot", folder, "robot", [model], limits)
    return ArrivedRobot(report["mjcf"], report["name"], report)
