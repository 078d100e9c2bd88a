"""What a foot stands on: the corners of a flat sole, or the one point of a ball."""

import mujoco
import numpy as np
from numpy.typing import NDArray

TOUCHING_M = 0.005
"""Geoms of a foot that come this near to its lowest point belong to the sole; a shin that collides does not."""
UPRIGHT_CAPSULE = 0.7
"""Cosine from which a capsule stands on its lower end and does not lie on its side."""


def sole_corners(model: mujoco.MjModel, data: mujoco.MjData, body: int) -> NDArray[np.float64] | None:
    """Corners of what a body stands on in the pose of `data`, in the body's frame [m], shape (4, 3).

    A flat foot: the downward face of the box around its lowest colliding geoms, aligned with the largest of them, so
    that a sole keeps its shape however the foot is tilted. A foot that is one ball: four times the point it stands on.
    That point is fixed to the body; a ball of radius r that tilts by a rolls on by r a, the point by r sin a, and its
    height is off by r (1 - cos a): 1 mm for 15 mm and 20 degrees.

    Returns:
        The corners; None where the body has no colliding geom.
    """
    first, count = model.body_geomadr[body], model.body_geomnum[body]
    geoms = [g for g in range(first, first + count) if model.geom_contype[g] or model.geom_conaffinity[g]]
    if not geoms:
        return None
    height = {geom: _lowest(model, data, geom) for geom in geoms}
    lowest = min(geoms, key=lambda geom: height[geom])
    touching = [geom for geom in geoms if height[geom] <= height[lowest] + TOUCHING_M]
    balls = [_ball(model, data, geom) for geom in touching]
    centres = [centre for ball in balls if ball is not None for centre in [ball[0]]]
    ball = _ball(model, data, lowest)
    if ball is not None and len(centres) == len(touching) and np.ptp(centres, axis=0).max() < ball[1]:
        point = (ball[0] - [0.0, 0.0, ball[1]] - data.xpos[body]) @ data.xmat[body].reshape(3, 3)
        return np.tile(point, (4, 1))
    return _downward_face(model, data, body, touching)


def _ball(model: mujoco.MjModel, data: mujoco.MjData, geom: int) -> tuple[NDArray[np.float64], float] | None:
    """World centre and radius [m] of a sphere, or of the lower end of a capsule that stands; None for other geoms."""
    radius = float(model.geom_size[geom, 0])
    if model.geom_type[geom] == mujoco.mjtGeom.mjGEOM_SPHERE:
        return data.geom_xpos[geom].copy(), radius
    axis = data.geom_xmat[geom].reshape(3, 3)[:, 2]
    if model.geom_type[geom] == mujoco.mjtGeom.mjGEOM_CAPSULE and abs(axis[2]) > UPRIGHT_CAPSULE:
        return data.geom_xpos[geom] - np.sign(axis[2]) * model.geom_size[geom, 1] * axis, radius
    return None


def _lowest(model: mujoco.MjModel, data: mujoco.MjData, geom: int) -> float:
    """Height of the lowest point of a geom (of its bounding box where it is no ball) [m]."""
    ball = _ball(model, data, geom)
    if ball is not None:
        return float(ball[0][2] - ball[1])
    body = int(model.geom_bodyid[geom])
    corners = _box_corners(model, geom) @ data.xmat[body].reshape(3, 3).T + data.xpos[body]
    return float(corners[:, 2].min())


def _downward_face(model: mujoco.MjModel, data: mujoco.MjData, body: int, geoms: list[int]) -> NDArray[np.float64]:
    largest = max(geoms, key=lambda geom: float(np.prod(model.geom_aabb[geom, 3:])))
    axes = _matrix(model.geom_quat[largest])  # body from box
    corners = np.concatenate([_box_corners(model, geom) for geom in geoms]) @ axes
    lower, upper = corners.min(axis=0), corners.max(axis=0)
    down = -(data.xmat[body].reshape(3, 3) @ axes)[2]  # world down in the box's frame
    normal = int(np.abs(down).argmax())
    side = upper if down[normal] > 0 else lower
    others = [axis for axis in range(3) if axis != normal]
    face = np.empty((4, 3))
    face[:, normal] = side[normal]
    face[:, others[0]] = [lower[others[0]], upper[others[0]], lower[others[0]], upper[others[0]]]
    face[:, others[1]] = [lower[others[1]], lower[others[1]], upper[others[1]], upper[others[1]]]
    return face @ axes.T


def _box_corners(model: mujoco.MjModel, geom: int) -> NDArray[np.float64]:
    """Corners of a geom's bounding box in the body's frame, shape (8, 3)."""
    signs = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)])
    corners = model.geom_aabb[geom, :3] + signs * model.geom_aabb[geom, 3:]
    return corners @ _matrix(model.geom_quat[geom]).T + model.geom_pos[geom]


def _matrix(quat: NDArray[np.float64]) -> NDArray[np.float64]:
    rotation = np.zeros(9)
    mujoco.mju_quat2Mat(rotation, quat)
    return rotation.reshape(3, 3)
