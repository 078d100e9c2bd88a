"""`webfoot robot`: what robots there are, and what is derived from a model."""

import dataclasses
import json as jsonlib
from typing import Any

import numpy as np

from webfoot.cli.places import RobotName
from webfoot.cli.say import say, show, show_json
from webfoot.motion.bundled import BUNDLED_MOTIONS
from webfoot.robots.spec import Robot
from webfoot.robots.table import ROBOTS, load_robot


def list_robots(*, json: bool = False) -> int:
    """List the robots that come with the program, and their motions.

    Args:
        json: Print one JSON document.
    """
    robots = [
        {"name": name, "mjcf": str(path), "motions": sorted(BUNDLED_MOTIONS.get(name, {}))}
        for name, path in ROBOTS.items()
    ]
    if json:
        show_json({"robots": robots})
        return 0
    for robot in robots:
        show(f"{robot['name']:<12} motions {', '.join(robot['motions'])}\n{'':<12} {robot['mjcf']}")
    return 0


def inspect(path: RobotName, /, *, json: bool = False) -> int:
    """Derive joint order, limits, gains, feet and mirror map from a robot model; exit code 2 if that cannot be done.

    Args:
        path: An MJCF with a free base and position servos, or the name of a bundled robot.
        json: Print one JSON document.
    """
    robot = load_robot(path)
    for note in robot.notes:
        say(f"note: {note}")
    if json:
        show_json(describe(robot))
    else:
        _show_robot(robot)
    return 0


def describe(robot: Robot) -> dict[str, Any]:
    """All that is known of a robot, as plain JSON."""
    document = {field.name: getattr(robot, field.name) for field in dataclasses.fields(robot)}
    document["leg_joint_names"] = robot.leg_joint_names
    document["feet"] = [dataclasses.asdict(foot) for foot in robot.feet]
    document["mirror"] = dataclasses.asdict(robot.mirror) if robot.mirror else None
    return jsonlib.loads(jsonlib.dumps(document, default=_plain))


def _plain(value: Any) -> Any:
    return value.tolist() if isinstance(value, np.ndarray) else str(value)


def _show_robot(robot: Robot) -> None:
    feet = ", ".join(f"{foot.body} ({foot.side})" for foot in robot.feet)
    show(f"robot   {robot.name}: {robot.mass_kg:.3f} kg, base '{robot.base_body}' {robot.base_height:.3f} m high")
    show(f"feet    {feet}")
    show(f"mirror  {'left and right map onto each other' if robot.mirror else 'none'}")
    show(f"{'joint':<24} {'default':>8} {'lower':>8} {'upper':>8} {'kp':>8} {'kd':>8} {'torque':>8} {'speed':>8}")
    rows = zip(
        robot.joint_names,
        robot.default_pos,
        robot.lower,
        robot.upper,
        robot.kp,
        robot.kd,
        robot.torque_limit,
        robot.velocity_limit,
        strict=True,
    )
    for name, *numbers in rows:
        show(f"{name:<24} " + " ".join(f"{number:>8.3f}" for number in numbers))
    show("units: rad, Nm/rad, Nm s/rad, Nm, rad/s")
