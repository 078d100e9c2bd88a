"""`inspect`: is a clip sound, what is wrong with it, and what would mend it."""

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from webfoot.errors import MotionError
from webfoot.motion.checks import CHECKS, Check, Subject
from webfoot.motion.clip import Motion
from webfoot.motion.finding import Finding
from webfoot.motion.kinematics import sole_heights, soles_in_base, stance_contacts
from webfoot.motion.mapping import check_numbers, map_joints
from webfoot.motion.prepare import find_cycle, prepare
from webfoot.motion.root_checks import ROOT_CHECKS
from webfoot.robots.spec import Robot

ALL_CHECKS: dict[str, Check] = {**CHECKS, **ROOT_CHECKS}
"""Every check by name. A new one is one function and one line in its table."""
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
            "metrics": metrics,
            "findings": findings,
        }


def inspect(motion: Motion, robot: Robot) -> MotionReport:
    """Look at one clip as it was read, for one robot; never raises for what a clip holds."""
    subject = subject_of(motion, robot)
    findings = [finding for check in ALL_CHECKS.values() for finding in check(subject)]
    findings.sort(key=lambda finding: ORDER[finding.severity])
    return MotionReport(motion.name, robot.name, tuple(findings), _metrics(subject))


def subject_of(motion: Motion, robot: Robot) -> Subject:
    """What the checks look at: the clip as read, in the robot's order, its cycle, and as prepared."""
    mapped = cycle = prepared = None
    failure = ""
    try:
        check_numbers(motion)
        mapped = map_joints(motion, robot)
        cycle = find_cycle(mapped, robot)
        prepared = prepare(motion, robot)
    except MotionError as error:
        failure = str(error)
    return Subject(motion, robot, mapped, cycle, prepared, failure)


def _metrics(subject: Subject) -> dict[str, float]:
    motion, cycle = subject.motion, subject.cycle
    metrics = {"duration_s": motion.duration_s, "fps": float(motion.fps), "frames": float(motion.num_frames)}
    metrics["joints"] = float(len(motion.joint_names))
    if cycle is not None:
        metrics["period_s"] = cycle.period_frames / motion.fps
        metrics["periods"] = float(cycle.periods)
        metrics["cycle_spread_rad"] = cycle.spread
    if subject.prepared is not None:
        metrics.update(_walk_metrics(subject.prepared, subject.robot, cycle is not None))
    return metrics


def _walk_metrics(prepared: Motion, robot: Robot, is_gait: bool) -> dict[str, float]:
    """Speed, stride, height, foot lift and stance of a prepared clip."""
    assert prepared.command is not None and prepared.root_pos is not None and prepared.root_quat is not None
    vx, vy, wz = prepared.command
    heights = sole_heights(soles_in_base(robot, prepared.joint_pos), prepared.root_quat)
    contact = stance_contacts(heights)
    metrics = {"command_vx_ms": vx, "command_vy_ms": vy, "command_wz_rads": wz}
    if is_gait:
        metrics["stride_m"] = math.hypot(vx, vy) * prepared.duration_s
    metrics["base_height_m"] = float(prepared.root_pos[:, 2].mean())
    lift = heights.max(axis=0) + prepared.root_pos[np.argmax(heights, axis=0), 2]
    for f, foot in enumerate(robot.feet):
        metrics[f"foot_lift_{foot.side}_m" if len(robot.feet) == 2 else f"foot_lift_{foot.body}_m"] = float(lift[f])
    metrics["double_support_share"] = float(contact.all(axis=1).mean())
    return metrics


def _plain(value: object) -> object:
    return None if isinstance(value, float) and not math.isfinite(value) else value
