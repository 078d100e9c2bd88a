"""MuJoCo's primitive geoms as triangles."""

import mujoco
import numpy as np
from numpy.typing import NDArray

Mesh = tuple[NDArray[np.float64], NDArray[np.int64]]
"""Vertices (V, 3) [m] and faces (F, 3)."""
SIDES = 14
RINGS = 7


def primitive(kind: int, size: NDArray[np.float64]) -> Mesh:
    """Triangles of a geom in its own frame; none for a plane, a height field and other kinds without a body.

    Args:
        kind: mujoco.mjtGeom.
        size: as in the model, half sizes [m], shape (3,).
    """
    geom = mujoco.mjtGeom
    if kind == geom.mjGEOM_BOX:
        return _box(size)
    if kind == geom.mjGEOM_SPHERE:
        return _round(np.array([size[0]] * 3), 0.0)
    if kind == geom.mjGEOM_ELLIPSOID:
        return _round(size, 0.0)
    if kind == geom.mjGEOM_CAPSULE:
        return _round(np.array([size[0]] * 3), size[1])
    if kind == geom.mjGEOM_CYLINDER:
        return _cylinder(size[0], size[1])
    return np.empty((0, 3)), np.empty((0, 3), dtype=np.int64)


def _box(half: NDArray[np.float64]) -> Mesh:
    corners = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)]) * half
    quads = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    faces = [triangle for a, b, c, d in quads for triangle in ((a, b, c), (a, c, d))]
    return corners, np.array(faces)


def _round(radii: NDArray[np.float64], half_length: float) -> Mesh:
    """An ellipsoid, its halves drawn apart along z by `half_length`."""
    polar = np.concatenate([np.linspace(0, np.pi / 2, RINGS // 2 + 1), np.linspace(np.pi / 2, np.pi, RINGS // 2 + 1)])
    shift = np.where(np.arange(len(polar)) < len(polar) // 2, half_length, -half_length)
    return _revolve(np.sin(polar), np.cos(polar), radii, shift)


def _cylinder(radius: float, half_length: float) -> Mesh:
    profile = np.array([0.0, 1.0, 1.0, 0.0])
    height = np.array([1.0, 1.0, -1.0, -1.0])
    return _revolve(profile, height, np.array([radius, radius, half_length]), np.zeros(4))


def _revolve(
    profile: NDArray[np.float64], height: NDArray[np.float64], radii: NDArray[np.float64], shift: NDArray[np.float64]
) -> Mesh:
    angle = np.linspace(0, 2 * np.pi, SIDES, endpoint=False)
    rows = len(profile)
    x = radii[0] * profile[:, None] * np.cos(angle)
    y = radii[1] * profile[:, None] * np.sin(angle)
    z = np.repeat((radii[2] * height + shift)[:, None], SIDES, axis=1)
    vertices = np.stack([x, y, z], axis=-1).reshape(-1, 3)
    row, side = np.meshgrid(np.arange(rows - 1), np.arange(SIDES), indexing="ij")
    a, b = row * SIDES + side, row * SIDES + (side + 1) % SIDES
    faces = np.concatenate([np.stack([a, a + SIDES, b], -1), np.stack([b, a + SIDES, b + SIDES], -1)]).reshape(-1, 3)
    area = np.linalg.norm(
        np.cross(vertices[faces[:, 1]] - vertices[faces[:, 0]], vertices[faces[:, 2]] - vertices[faces[:, 0]]), axis=1
    )
    return vertices, faces[area > 1e-14]
