"""`replay_document`: where the bodies of a robot were, as JSON, for pages that draw it in 3D."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from webfoot.evaluate import packed
from webfoot.evaluate.scene import RobotScene, body_poses, robot_scene
from webfoot.evaluate.simplify import as_it_is
from webfoot.motion.feet import foot_names
from webfoot.robots.spec import Robot

SCHEMA = "webfoot-replay/1"
MOST_HZ = 50.0
"""Frames a second; a page draws what lies between them [Hz]."""
MOST_POSES = 60_000
"""Poses of bodies in one replay: 80 s of a robot of 15 bodies. What comes after them is cut off."""


@dataclass(frozen=True)
class Poses:
    """A robot in T frames."""

    root_pos: NDArray[np.float64]
    """Base in the world [m], (T, 3)."""
    root_quat: NDArray[np.float64]
    """wxyz, (T, 4)."""
    joint_pos: NDArray[np.float64]
    """[rad], in the robot's order, (T, nu)."""
    contact: NDArray[np.bool_]
    """Which feet stand, (T, F)."""

    def frames(self, which: slice) -> "Poses":
        """Some of the frames."""
        return Poses(self.root_pos[which], self.root_quat[which], self.joint_pos[which], self.contact[which])


@dataclass(frozen=True)
class Shown:
    """What is to be seen of a robot."""

    title: str
    hz: float
    poses: Poses
    ghost: Poses | None = None
    """The reference, beside it."""
    command: NDArray[np.float64] | None = None
    """vx, vy [m/s], wz [rad/s], (T, 3)."""
    fell_at_s: float | None = None
    episode: int = 0
    episodes: int = 1
    iteration: int | None = None
    """Of the training, where the policy was tried while it learnt."""

    def frames(self, which: slice) -> "Shown":
        """Some of the frames."""
        return replace(
            self,
            poses=self.poses.frames(which),
            ghost=None if self.ghost is None else self.ghost.frames(which),
            command=None if self.command is None else self.command[which],
        )


def replay_document(robot: Robot, shown: Shown, version: str) -> dict[str, Any]:
    """What to draw when: `webfoot-replay/1`.

    Poses are x, y, z [m] and a wxyz quaternion of every body, float32 (T, B, 7), joints [rad] (T, J), commands (T, 3);
    contacts are uint8 (T, F); all little-endian in base64.
    """
    scene = robot_scene(robot, as_it_is)
    shown = _thinned(shown, len(scene.body_ids))
    poses, ghost = shown.poses, shown.ghost
    bodies = [robot.model.body(int(id)).name for id in scene.body_ids]
    return {
        "schema": SCHEMA,
        "title": shown.title,
        "version": version,
        "iteration": shown.iteration,
        "hz": shown.hz,
        "frames": len(poses.root_pos),
        "bodies": bodies,
        "poses": _bodies(scene, poses),
        "ghost": None if ghost is None else _bodies(scene, ghost),
        "joint_names": list(robot.joint_names),
        "joints": packed.floats(poses.joint_pos),
        "reference_joints": None if ghost is None else packed.floats(ghost.joint_pos),
        "foot_names": list(foot_names(robot)),
        "foot_bodies": [bodies.index(foot.body) if foot.body in bodies else None for foot in robot.feet],
        "contacts": packed.flags(poses.contact),
        "reference_contacts": None if ghost is None else packed.flags(ghost.contact),
        "command": None if shown.command is None else packed.floats(shown.command),
        "episode": shown.episode,
        "episodes": shown.episodes,
        "fell_at_s": shown.fell_at_s,
    }


def _thinned(shown: Shown, bodies: int) -> Shown:
    """At most `MOST_HZ` and `MOST_POSES`."""
    every = max(1, int(np.ceil(shown.hz / MOST_HZ - 1e-6)))
    most = max(2, MOST_POSES // bodies)
    return replace(shown.frames(slice(0, most * every, every)), hz=shown.hz / every)


def _bodies(scene: RobotScene, poses: Poses) -> str:
    return packed.floats(body_poses(scene, poses.root_pos, poses.root_quat, poses.joint_pos))
