"""`scene_document`: a robot as JSON, for pages that draw it in 3D."""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from webfoot.evaluate import packed
from webfoot.evaluate.scene import Part, RobotScene, body_poses, robot_scene
from webfoot.evaluate.simplify import as_it_is, clustered, most_faces_each
from webfoot.robots.spec import Robot

SCHEMA = "webfoot-scene/1"
MOST_FACES_OF_PART = 2_000
MOST_FACES = 40_000
"""Triangles of one part and of all, which a page draws fast without a graphics card."""
MOST_PARTS = 400
"""Of a robot with more, the largest are drawn."""
STEP_M = 2.0**-17
"""Vertices are rounded to this: 8 micrometres [m]."""


def scene_document(robot: Robot) -> dict[str, Any]:
    """What to draw of a robot: `webfoot-scene/1`.

    Every part moves with one of the bodies, whose poses `replay_document` tells in the same order. Vertices are in the
    body's frame [m], float32 (V, 3); faces are uint32 (F, 3); both little-endian in base64. 'standing' is where the
    bodies are when it stands, float32 (B, 7): x, y, z [m] and wxyz.
    """
    scene = robot_scene(robot, as_it_is)
    return {
        "schema": SCHEMA,
        "name": robot.name,
        "base_height": scene.base_height,
        "bodies": [robot.model.body(int(id)).name for id in scene.body_ids],
        "standing": packed.floats(_standing(scene, robot)),
        "parts": [_told(part) for part in simplified(scene.parts)],
    }


def simplified(parts: tuple[Part, ...]) -> list[Part]:
    """Parts of which a page can draw all."""
    extent = np.array([float(np.ptp(part.vertices, axis=0).max()) for part in parts])
    kept = [parts[k] for k in sorted(np.argsort(-extent, kind="stable")[:MOST_PARTS].tolist())]
    most = most_faces_each(np.array([len(part.faces) for part in kept]), MOST_FACES_OF_PART, MOST_FACES)
    fewer = [(part, *clustered((part.vertices, part.faces), most)) for part in kept]
    return [replace(part, vertices=vertices, faces=faces) for part, vertices, faces in fewer]


def _standing(scene: RobotScene, robot: Robot) -> NDArray[np.float64]:
    place, upright = np.array([[0.0, 0.0, robot.base_height]]), np.array([[1.0, 0.0, 0.0, 0.0]])
    return body_poses(scene, place, upright, robot.default_pos[None])[0]


def _told(part: Part) -> dict[str, Any]:
    return {
        "body": part.body,
        "colour": [round(float(np.clip(channel, 0.0, 1.0)), 4) for channel in part.colour],
        "vertices": packed.floats(part.vertices, STEP_M),
        "faces": packed.indices(part.faces),
    }
