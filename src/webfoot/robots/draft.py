"""A draft of `robot.yaml`: only what had to be assumed, for the user to settle."""

import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from webfoot.errors import RobotError
from webfoot.robots.inspect import RobotReport
from webfoot.robots.settings import SETTINGS_FILE
from webfoot.robots.table import ASSETS

KEYS = ("kp", "kd", "torque", "armature", "pose", "feet", "joints", "base", "collisions")


def draft_settings(report: RobotReport) -> str:
    """YAML with one line for each thing that was assumed, at the value that was assumed.

    Joints of one value share a line; gains that differ from joint to joint stand in one flow mapping.
    """
    robot = report.robot
    unsettled = {key for note in robot.notes for key in KEYS if f"'{key}'" in note}
    unsettled |= {key for finding in report.findings for key in KEYS if f"'{key}'" in finding.cure}
    lines = [f"# {robot.name}: what its model does not say; correct what is wrong, delete what is not needed"]
    for key, values in (("kp", robot.kp), ("kd", robot.kd), ("torque", robot.torque_limit)):
        if key in unsettled:
            lines.append(f"{key}: {_by_joint(robot.joint_names, values)}")
    if "armature" in unsettled:
        lines.append(f"armature: {_by_joint(robot.joint_names, robot.joint_armature)}")
    if "pose" in unsettled:
        lines.append(f"pose: {_mapping(dict(zip(robot.joint_names, robot.default_pos, strict=True)))}")
    if "feet" in unsettled:
        lines.append(f"feet: [{', '.join(_quoted(foot.body) for foot in robot.feet)}]")
    if "joints" in unsettled:
        lines.append(f"joints: [{', '.join(_quoted(name) for name in robot.joint_names)}]")
    if "collisions" in unsettled:
        lines.append("collisions: floor")
    return "\n".join(lines) + "\n"


def write_draft(report: RobotReport) -> Path:
    """Write the draft beside the model.

    Raises:
        RobotError: a robot of our own, there is a `robot.yaml` already, or the folder cannot be written.
    """
    path = report.robot.mjcf.parent / SETTINGS_FILE
    if path.is_relative_to(ASSETS):
        raise RobotError(f"'{report.robot.name}' comes with the program and needs no {SETTINGS_FILE}; give your model")
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    except FileExistsError as error:
        raise RobotError(f"{path}: is there already; edit it, or remove it to have a new one drafted") from error
    except OSError as error:
        raise RobotError(f"{path}: cannot be written: {error.strerror}") from error
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(draft_settings(report))
    return path


def _by_joint(names: tuple[str, ...], values: NDArray[np.float64]) -> str:
    numbers = [float(f"{value:.4g}") for value in values]
    if len(set(numbers)) == 1:
        return f"{numbers[0]:g}"
    return _mapping(dict(zip(names, numbers, strict=True)))


def _mapping(values: dict[str, float]) -> str:
    return "{" + ", ".join(f"{_quoted(name)}: {value:.4g}" for name, value in values.items()) + "}"


def _quoted(name: str) -> str:
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
