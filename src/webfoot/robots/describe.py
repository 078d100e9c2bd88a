"""`describe`: all that is known of a robot, as plain JSON."""

import dataclasses
import json
from typing import Any

import numpy as np

from webfoot.robots.imu import imu_turn_deg
from webfoot.robots.spec import Robot


def describe(robot: Robot) -> dict[str, Any]:
    """All that is known of a robot, as plain JSON."""
    fields = [field.name for field in dataclasses.fields(robot) if field.name != "completed"]
    document = {name: getattr(robot, name) for name in fields}
    document["imu"], document["imu_turn_deg"] = robot.completed.imu, imu_turn_deg(robot)
    document["leg_joint_names"] = robot.leg_joint_names
    document["feet"] = [dataclasses.asdict(foot) for foot in robot.feet]
    document["mirror"] = dataclasses.asdict(robot.mirror) if robot.mirror else None
    return json.loads(json.dumps(document, default=_plain))


def _plain(value: object) -> object:
    return value.tolist() if isinstance(value, np.ndarray) else str(value)
