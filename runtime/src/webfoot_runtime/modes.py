"""`Modes`: what a robot is doing, when it goes over to something else, and why.

RISING ─► STANDING ─► WALKING ─► STANDING_DOWN ─► HOLDING ─► RELEASED
   └───────── trouble, or an end ──────┘
"""

import logging
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from webfoot_runtime.layout import Layout
from webfoot_runtime.safety import SafetyLimits

_LOG = logging.getLogger(__name__)


class Mode(Enum):
    """What a robot is doing."""

    RISING = 0
    """Led from where its joints are to the standing pose."""
    STANDING = 1
    """Held in the standing pose, as before every rollout in training."""
    WALKING = 2
    """Led by the policy."""
    STANDING_DOWN = 3
    """Led back to the standing pose, whatever it did."""
    HOLDING = 4
    """Held in the standing pose before it is let go."""
    RELEASED = 5
    """Let go: no torque."""


@dataclass(frozen=True)
class Change:
    """A mode that began."""

    time_s: float
    """By the loop's clock."""
    mode: Mode
    reason: str


class Modes:
    """The mode of one robot, and the targets of those modes in which the policy does not lead it."""

    mode: Mode
    changes: list[Change]
    """Every mode so far, the present one last."""

    def __init__(self, layout: Layout, limits: SafetyLimits, now: float, joint_pos: NDArray[np.float64]):
        """Begin to rise.

        Args:
            layout: of the policy.
            limits: of the robot.
            now: time by the loop's clock [s].
            joint_pos: where the joints are [rad], (nu,).
        """
        self._layout, self._limits = layout, limits
        self.changes = []
        self._enter(Mode.RISING, now, "started", joint_pos)

    @property
    def reason(self) -> str:
        """Why it stood down; empty while it did not."""
        return next((change.reason for change in self.changes if change.mode is Mode.STANDING_DOWN), "")

    def advance(self, now: float, trouble: str, last: NDArray[np.float64]) -> Mode:
        """The mode of the step that begins.

        Args:
            now: time by the loop's clock [s].
            trouble: why it must not go on; empty where it may.
            last: targets that were sent last [rad], (nu,).
        """
        if trouble and self.mode in (Mode.RISING, Mode.STANDING, Mode.WALKING):
            self._enter(Mode.STANDING_DOWN, now, trouble, last)
        elif self.mode is Mode.RISING and now >= self._until:
            self._enter(Mode.STANDING, now, "in the standing pose", last, self._layout.settle_s)
        elif self.mode is Mode.STANDING and now >= self._until:
            self._enter(Mode.WALKING, now, "settled", last)
        elif self.mode is Mode.STANDING_DOWN and now >= self._until:
            self._enter(Mode.HOLDING, now, "in the standing pose", last, self._limits.hold_s)
        elif self.mode is Mode.HOLDING and now >= self._until:
            self._enter(Mode.RELEASED, now, "held for long enough", last)
        return self.mode

    def targets(self, now: float) -> NDArray[np.float64] | None:
        """Targets [rad], (nu,), of a mode that the policy does not lead; None where it is let go."""
        if self.mode is Mode.RELEASED:
            return None
        if self.mode not in (Mode.RISING, Mode.STANDING_DOWN):
            return self._layout.default_pos.copy()
        share = min(1.0, max(0.0, (now - self._since) / (self._until - self._since)))
        smooth = share * share * (3 - 2 * share)
        return self._start + smooth * (self._layout.default_pos - self._start)

    def _enter(
        self, mode: Mode, now: float, reason: str, start: NDArray[np.float64], duration_s: float | None = None
    ) -> None:
        if duration_s is None:
            farthest = np.abs(self._layout.default_pos - start) / self._layout.velocity_limit
            # the smooth ramp's greatest speed is 1.5 times its mean; half of the joint's limit is slow enough to watch
            duration_s = max(self._limits.ramp_s, 3.0 * float(farthest.max()))
        self.mode, self._since, self._until, self._start = mode, now, now + duration_s, start.copy()
        self.changes.append(Change(now, mode, reason))
        _LOG.info("%s: %s", mode.name.lower().replace("_", " "), reason)
