"""`in_words`: a robot's inspection for people: a verdict, findings by their weight, facts, and a line of each joint."""

from dataclasses import dataclass
from typing import Any

WEIGHTS = {"error": 0, "warning": 1, "info": 2}
JOINT = {
    "lower": "lower",
    "upper": "upper",
    "torque": "torque_limit",
    "speed": "velocity_limit",
    "kp": "kp",
    "default": "default_pos",
}
"""What is told of a joint, and under which name the report has it."""


@dataclass(frozen=True)
class RobotWords:
    """What a robot's report says."""

    verdict: str
    """fit, remarks or unfit."""
    sentence: str
    findings: list[dict[str, Any]]
    """The weightiest first."""
    facts: list[tuple[str, str]]
    joints: list[dict[str, Any]]
    """Name, range [rad], torque [N m], speed [rad/s], stiffness [N m/rad] and usual angle [rad]."""


def in_words(report: dict[str, Any], usable: bool) -> RobotWords:
    """What to say of a robot.

    Args:
        report: of `webfoot robot inspect --json`.
        usable: whether it can be trained with.
    """
    findings = sorted(report.get("findings", []), key=lambda found: WEIGHTS.get(found["severity"], len(WEIGHTS)))
    if not usable:
        verdict, sentence = "unfit", "This robot cannot be trained with."
    elif any(found["severity"] == "warning" for found in findings):
        verdict, sentence = "remarks", "This robot can be trained with; see the remarks."
    else:
        verdict, sentence = "fit", "This robot stands by itself, and nothing speaks against training with it."
    return RobotWords(verdict, sentence, findings, _facts(report), _joints(report))


def _facts(report: dict[str, Any]) -> list[tuple[str, str]]:
    stand = report.get("stand_test") or {}
    facts = {
        "Joints": str(len(report["joint_names"])) if "joint_names" in report else None,
        "Mass": _number(report.get("mass_kg"), "kg", ".2f"),
        "Height of the base": _number(report.get("base_height"), "m", ".3f"),
        "Feet": str(len(report["feet"])) if "feet" in report else None,
        "Stood": _number(stand.get("stood_s"), "s", ".1f"),
        "Tilted, standing": _number(stand.get("tilt_deg"), "°", ".1f"),
        "Busiest servo": stand.get("worst_servo"),
    }
    return [(name, value) for name, value in facts.items() if value]


def _number(value: float | None, unit: str, form: str) -> str | None:
    return None if value is None else f"{value:{form}} {unit}"


def _joints(report: dict[str, Any]) -> list[dict[str, Any]]:
    lists = {name: report.get(key) or [] for name, key in JOINT.items()}
    return [
        {"name": joint, **{name: values[number] if number < len(values) else None for name, values in lists.items()}}
        for number, joint in enumerate(report.get("joint_names", []))
    ]
