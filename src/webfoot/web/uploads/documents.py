"""What `webfoot motion inspect --json` and `webfoot robot inspect --json` say, as documents for the service."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np

from webfoot.motion.coverage import commands_of, coverage
from webfoot.motion.inspect import MotionReport, inspect
from webfoot.motion.read import read_motions
from webfoot.robots.imu import imu_turn_deg
from webfoot.robots.inspect import inspect_robot
from webfoot.robots.spec import Robot
from webfoot.robots.table import load_robot
from webfoot.web.uploads.robot_model import check_inside, find_model

Document = dict[str, Any]


def motion_document(place: str, robot: str) -> Document:
    """All that an inspection finds in a motion file or a folder of them.

    Raises:
        MotionError: it cannot be read.
        RobotError: the robot cannot be used.
    """
    body = load_robot(robot)
    reports = [inspect(clip, body) for clip in read_motions(place, body)]
    return {
        "motion": place,
        "robot": body.name,
        "usable": all(report.usable for report in reports),
        "coverage": _coverage(reports),
        "clips": [report.to_dict() for report in reports],
    }


def robot_document(folder: str, wanted: str = "") -> Document:
    """All that is known of a robot, whether it stands, and what is suspicious.

    Args:
        folder: the robot's files.
        wanted: which of them is the model; nothing where there is only one.

    Raises:
        RobotError: no model or several, one that reads files outside, or that cannot be used.
    """
    path = find_model(Path(folder), wanted)
    check_inside(path, Path(folder))
    robot = load_robot(path)
    place = {"mjcf": path.relative_to(folder).as_posix()}  # not where it lies on our disk
    return _described(robot) | inspect_robot(robot).to_dict() | place


def _coverage(reports: list[MotionReport]) -> Document | None:
    commands = commands_of([report.metrics for report in reports])
    return coverage(commands).to_dict() if len(commands) > 1 else None


def _described(robot: Robot) -> Document:
    names = [field.name for field in dataclasses.fields(robot) if field.name != "completed"]
    document: Document = {name: getattr(robot, name) for name in names}
    document["imu"], document["imu_turn_deg"] = robot.completed.imu, imu_turn_deg(robot)
    document["leg_joint_names"] = robot.leg_joint_names
    document["feet"] = [dataclasses.asdict(foot) for foot in robot.feet]
    document["mirror"] = dataclasses.asdict(robot.mirror) if robot.mirror else None
    return json.loads(json.dumps(document, default=_plain))


def _plain(value: object) -> object:
    return value.tolist() if isinstance(value, np.ndarray) else str(value)
