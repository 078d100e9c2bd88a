"""`Variant`: a clip made out of another, and whether it is worth keeping."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from webfoot.errors import MotionError
from webfoot.motion.clip import Motion
from webfoot.motion.inspect import MotionReport, report_on, subject_of
from webfoot.motion.subject import Subject
from webfoot.robots.spec import Robot

CLOSE_SCORES = 0.02
"""A smaller loss of score says nothing, however low the score of the source is."""
SAME_RAD = 1e-3
"""Prepared clips no further apart than this (RMS, at the shift that fits best) are the same walk."""
SAME_DURATION = 1e-3
PHASES = 512
"""At so many shifts two cycles are compared."""

Change = Callable[[Motion, Robot], Motion]
"""From one clip to another; pure, with the change in the result's notes and name."""


@dataclass(frozen=True)
class Variant:
    """A clip that was made, or why it was not."""

    name: str
    source: Motion
    """The clip that was given."""
    kind: str
    """Of the last change: a key of `webfoot.motion.augment.AUGMENTATIONS`."""
    motion: Motion | None
    """None where it was left out."""
    left_out: str
    """Why; empty where it was kept."""
    score: float
    """Of its inspection; 0 where there was nothing to inspect."""
    source_score: float
    new_findings: tuple[str, ...]
    """What inspection finds in it and not in its source, errors and warnings, one sentence each."""

    @property
    def changes(self) -> tuple[str, ...]:
        """What was done to the source, one sentence each."""
        return () if self.motion is None else self.motion.notes[len(self.source.notes) :]

    def to_dict(self) -> dict[str, Any]:
        """The variant as plain JSON, without its poses."""
        return {
            "name": self.name,
            "source": self.source.name,
            "kind": self.kind,
            "left_out": self.left_out,
            "changes": self.changes,
            "command": None if self.motion is None else self.motion.command,
            "score": self.score,
            "source_score": self.source_score,
            "new_findings": self.new_findings,
        }


def new_findings(before: MotionReport, after: MotionReport) -> tuple[str, ...]:
    """Errors and warnings of a kind that was not found before, one sentence each."""
    known = {finding.code for finding in before.findings}
    return tuple(f.message for f in after.findings if f.severity != "info" and f.code not in known)


class Judge:
    """Compares what was made of one clip with that clip."""

    def __init__(self, source: Subject, worst_score: float, for_training: bool):
        self.source, self.report = source, report_on(source)
        self.worst_score, self.for_training = worst_score, for_training
        self.names = {source.motion.name}

    def variant(self, parent: Subject, kind: str, change: Change) -> tuple[Variant, Subject | None]:
        """Change the source, or what was made of it, inspect the result, and decide whether it is kept."""
        source, clip, before = self.source.motion, parent.motion, self.report.score.value
        try:
            motion = change(clip, self.source.robot)
        except MotionError as error:
            reason = str(error).removeprefix(f"{clip.name}: ")
            return Variant(f"{clip.name} by {kind}", source, kind, None, reason, 0.0, before, ()), None
        if motion.name in self.names:
            return Variant(motion.name, source, kind, None, "it was made already", 0.0, before, ()), None
        self.names.add(motion.name)
        subject = subject_of(motion, self.source.robot)
        report = report_on(subject)
        reason = self._worse(report) or self._same(parent, subject)
        new = new_findings(self.report, report)
        kept, value = None if reason else motion, report.score.value
        return Variant(motion.name, source, kind, kept, reason, value, before, new), None if reason else subject

    def _worse(self, report: MotionReport) -> str:
        """Why a clip is worse than its source; empty where it is not."""
        if not report.usable and self.report.usable:
            return f"it cannot be used: {report.findings[0].message}"
        lowest = min(self.worst_score * self.report.score.value, self.report.score.value - CLOSE_SCORES)
        if report.score.value >= lowest:
            return ""
        before = {part.name: part.value for part in self.report.score.parts}
        worst = min(report.score.parts, key=lambda part: part.value / max(before.get(part.name, 1.0), 1e-9))
        return f"its score is {report.score.value:.2f}, its source's {self.report.score.value:.2f}: {worst.why}"

    def _same(self, parent: Subject, subject: Subject) -> str:
        """Why it adds nothing to what it was made of; empty where it does."""
        one, other = parent.prepared, subject.prepared
        if one is None or other is None or _apart(one, other) > SAME_RAD:
            return ""
        if self.for_training:
            seen = "its clips share one gait clock and are seen in the heading frame"
            return f"a training cannot tell it from {parent.motion.name}: {seen}"
        elsewhere = _heading(parent.motion) != _heading(subject.motion)
        if elsewhere or abs(one.duration_s / other.duration_s - 1.0) > SAME_DURATION:
            return ""
        return f"it is the same walk as {parent.motion.name}, at most begun at another point of the cycle"


def _apart(one: Motion, other: Motion) -> float:
    """RMS distance of two cycles, each taken over its own period, over the joints at the shift that fits best [rad]."""
    first = np.fft.rfft(one.joint_pos, axis=0) / one.num_frames
    second = np.fft.rfft(other.joint_pos, axis=0) / other.num_frames
    shared = min(len(first), len(second))
    product = PHASES * np.fft.irfft((first[:shared] * second[:shared].conj()).sum(axis=1), n=PHASES)
    power = np.square(one.joint_pos).sum(axis=1).mean() + np.square(other.joint_pos).sum(axis=1).mean()
    return math.sqrt(max(0.0, float(power - 2.0 * product.max())) / one.joint_pos.shape[1])


def _heading(motion: Motion) -> float:
    """Heading of the first frame, to a degree [deg]; 0 where the clip has no rotation."""
    if motion.root_quat is None:
        return 0.0
    w, x, y, z = motion.root_quat[0]
    return round(math.degrees(math.atan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z)))) + 0.0
