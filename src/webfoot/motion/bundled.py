"""`BUNDLED_MOTIONS`: the motions that come with the bundled robots, and how to make them again."""

from pathlib import Path

from webfoot.motion.clip import Motion
from webfoot.motion.formats.webfoot_npz import write
from webfoot.motion.gait import generate_gait
from webfoot.robots.table import ROBOTS, load_robot

BUNDLED_MOTIONS: dict[str, dict[str, tuple[float, float, float]]] = {
    "duckling": {
        "walk": (0.1, 0.0, 0.0),
        "back": (-0.08, 0.0, 0.0),
        "left": (0.0, 0.06, 0.0),
        "right": (0.0, -0.06, 0.0),
        "turn_left": (0.0, 0.0, 0.5),
        "turn_right": (0.0, 0.0, -0.5),
    },
    "otter": {
        "trot": (0.3, 0.0, 0.0),
        "back": (-0.2, 0.0, 0.0),
        "left": (0.0, 0.15, 0.0),
        "right": (0.0, -0.15, 0.0),
        "turn_left": (0.0, 0.0, 0.8),
        "turn_right": (0.0, 0.0, -0.8),
    },
}
"""Robot, name of the clip, and the command it walks with: vx, vy [m/s], wz [rad/s]."""


def bundled_path(robot: str, clip: str) -> Path:
    """Where a bundled motion lies: beside its robot's MJCF."""
    return ROBOTS[robot].parent / f"{clip}.npz"


def generate_bundled(robot: str, clip: str) -> Motion:
    """Generate one bundled motion anew."""
    return generate_gait(load_robot(robot), BUNDLED_MOTIONS[robot][clip])


def write_bundled() -> list[Path]:
    """Generate every bundled motion and write it where it ships; `python -m webfoot.motion.bundled` does so."""
    paths = []
    for robot, clips in BUNDLED_MOTIONS.items():
        for clip in clips:
            write(generate_bundled(robot, clip), bundled_path(robot, clip))
            paths.append(bundled_path(robot, clip))
    return paths


if __name__ == "__main__":
    for written in write_bundled():
        print(written)
