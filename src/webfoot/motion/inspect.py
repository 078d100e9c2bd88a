"""`inspect`: is a clip sound, what is wrong with it, and what would mend it."""

import math
from dataclasses import asdict, dataclass
from typing import Any

from webfoot.errors import MotionError
from webfoot.motion.checks import CHECKS
from webfoot.motion.clip import Motion
from webfoot.motion.finding import Finding
from webfoot.motion.foot_checks import FOOT_CHECKS
from webfoot.motion.frame_checks import FRAME_CHECKS
from webfoot.motion.joint_checks import JOINT_CHECKS
from webfoot.motion.jump_checks import JUMP_CHECKS
from webfoot.motion.mapping import check_numbers, map_joints
from webfoot.motion.measures import measures
from webfoot.motion.prepare import find_cycle, prepare_mapped
from webfoot.motion.root_checks import ROOT_CHECKS
from webfoot.motion.score import Score, score
from webfoot.motion.subject import Check, Subject
from webfoot.motion.time_checks import TIME_CHECKS
from webfoot.robots.spec import Robot

ALL_CHECKS: dict[str, Check] = {
    **CHECKS,
    **ROOT_CHECKS,
    **TIME_CHECKS,
    **JUMP_CHECKS,
    **JOINT_CHECKS,
    **FRAME_CHECKS,
    **FOOT_CHECKS,
}
"""Every check by name. A new one is one function and one line in its table."""
REFUSING = ("broken_numbers", "joints_of_robot", "joint_limits", "length", "unprepared", "degrees")
"""Checks that can find a clip unusable, in the order of `ALL_CHECKS`; the others warn, inform, and take three quarters
of the time of an inspection."""
ORDER = {"error": 0, "warning": 1, "info": 2}


@dataclass(frozen=True)
class MotionReport:
    """What an inspection found in one clip."""

    name: str
    robot: str
    findings: tuple[Finding, ...]
    """Worst first."""
    metrics: dict[str, float]
    """Numbers with their unit in the name: duration_s, fps, frames, period_s, command_vx_ms, stride_m, ..."""
    score: Score
    """Predicted trainability and its parts."""

    @property
    def usable(self) -> bool:
        """Whether the clip can be prepared and trained on: no finding is an error."""
        return not any(finding.severity == "error" for finding in self.findings)

    def to_dict(self) -> dict[str, Any]:
        """The report as plain JSON; numbers that are not finite become null."""
        findings = [{key: _plain(value) for key, value in asdict(finding).items()} for finding in self.findings]
        metrics = {key: _plain(value) for key, value in self.metrics.items()}
        return {
            "name": self.name,
            "robot": self.robot,
            "usable": self.usable,
            "score": asdict(self.score),
            "metrics": metrics,
            "findings": findings,
        }


def inspect(motion: Motion, robot: Robot) -> MotionReport:
    """Look at one clip as it was read, for one robot; never raises for what a clip holds."""
    return report_on(subject_of(motion, robot))


def report_on(subject: Subject) -> MotionReport:
    """What all checks find."""
    findings = [finding for check in ALL_CHECKS.values() for finding in check(subject)]
    findings.sort(key=lambda finding: ORDER[finding.severity])
    numbers = measures(subject)
    return MotionReport(
        subject.motion.name, subject.robot.name, tuple(findings), numbers, score(tuple(findings), numbers)
    )


def refusal(subject: Subject) -> Finding | None:
    """The first reason why a clip cannot be used, the same that `report_on` finds; None where it can."""
    findings = (finding for name in REFUSING for finding in ALL_CHECKS[name](subject))
    return next((finding for finding in findings if finding.severity == "error"), None)


def subject_of(motion: Motion, robot: Robot) -> Subject:
    """What the checks look at: the clip as read, in the robot's order, its cycle, and as prepared."""
    mapped = cycle = prepared = None
    failure = ""
    try:
        check_numbers(motion)
        mapped = map_joints(motion, robot)
        cycle = find_cycle(mapped, robot)
        prepared = prepare_mapped(mapped, cycle, robot)
    except MotionError as error:
        failure = str(error)
    return Subject(motion, robot, mapped, cycle, prepared, failure)


def _plain(value: object) -> object:
    return None if isinstance(value, float) and not math.isfinite(value) else value
