"""Where the feet of a robot are, in pairs from front to rear, and what they are called."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from webfoot.errors import MotionError
from webfoot.motion.kinematics import soles_in_base
from webfoot.robots.spec import Robot

ROW_NAMES: dict[int, tuple[str, ...]] = {1: ("",), 2: ("front_", "rear_"), 3: ("front_", "middle_", "rear_")}
"""Names of the pairs by their number; a robot with more has its feet named after their bodies."""


@dataclass(frozen=True)
class FootPlace:
    """One foot among the others."""

    row: int
    """Pair it belongs to, 0 the foremost."""
    side: int
    """0 left, 1 right."""


def foot_centres(robot: Robot) -> NDArray[np.float64]:
    """Centres of the soles in the standing pose, in the base frame [m], shape (F, 3)."""
    return soles_in_base(robot, robot.default_pos[None])[0].mean(axis=1)


def foot_places(robot: Robot) -> tuple[FootPlace, ...]:
    """Row and side of every foot, in the robot's order; on each side feet are counted from the front.

    Raises:
        MotionError: not as many feet on the left as on the right.
    """
    places = _places(robot)
    if places is None:
        found = ", ".join(f"{foot.body} {foot.side}" for foot in robot.feet)
        raise MotionError(
            f"robot '{robot.name}' has {len(robot.feet)} feet ({found}); a gait is generated for pairs of a left and a "
            "right foot"
        )
    return places


def foot_names(robot: Robot) -> tuple[str, ...]:
    """'left' and 'right' for two feet, 'front_left' ... 'rear_right' for four; the feet's bodies where none fits."""
    places = _places(robot)
    rows = ROW_NAMES.get(len(robot.feet) // 2)
    if places is None or rows is None:
        return tuple(foot.body for foot in robot.feet)
    return tuple(rows[place.row] + ("left", "right")[place.side] for place in places)


def _places(robot: Robot) -> tuple[FootPlace, ...] | None:
    forward = foot_centres(robot)[:, 0] if robot.feet else np.zeros(0)
    left, right = (
        sorted((f for f, foot in enumerate(robot.feet) if foot.side == side), key=lambda f: -forward[f])
        for side in ("left", "right")
    )
    if len(left) != len(right) or len(left) + len(right) != len(robot.feet) or not left:
        return None
    known = {f: FootPlace(row, side) for side, feet in enumerate((left, right)) for row, f in enumerate(feet)}
    return tuple(known[f] for f in range(len(robot.feet)))
