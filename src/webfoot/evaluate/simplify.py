"""Meshes with fewer triangles: by vertex clustering, which keeps what a mesh looks like, or as a convex hull."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull, QhullError

from webfoot.evaluate.shapes import Mesh

Simplify = Callable[[Mesh], Mesh]
MAX_HULL_FACES = 300
"""A mesh with more triangles is drawn as its convex hull, where pages have to be small."""
FINEST = 512
"""Cells along the longest side of a mesh, at most."""
FLAT = 1e-3
"""Directions in which the planes of a cell say less than this share of what they say at most say nothing."""


def as_it_is(mesh: Mesh) -> Mesh:
    """All triangles."""
    return mesh


def hulled(mesh: Mesh) -> Mesh:
    """The convex hull of a mesh with many triangles; any other one as it is."""
    vertices, faces = mesh
    return mesh if len(faces) <= MAX_HULL_FACES else _hull(vertices)


def clustered(mesh: Mesh, most_faces: int) -> Mesh:
    """A mesh of at most so many triangles: vertices in one cell of a grid become one.

    The finest grid that is coarse enough is taken. The one vertex lies where the planes of the cell's triangles meet,
    so that edges stay sharp:

        x = c + (sum n n^T)^+ sum n (d - n . c),    n . x = d the plane of a triangle, |n| its area, c the mean

    Source: P. Lindstrom, "Out-of-core simplification of large polygonal models", SIGGRAPH 2000.
    """
    vertices, faces = mesh
    if len(faces) <= most_faces or not len(faces):
        return mesh
    low, high = 1, FINEST  # a grid of one cell has no triangle left
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if len(_joined(faces, _cells(vertices, middle))) <= most_faces else (low, middle)
    cell = _cells(vertices, low)
    kept = _joined(faces, cell)
    used, renumbered = np.unique(kept, return_inverse=True)
    return _places(vertices, faces, cell)[used], renumbered.reshape(-1, 3).astype(np.int64)


def most_faces_each(counts: NDArray[np.int64], most: int, total: int) -> int:
    """How many triangles each mesh may have: at most `most`, and so many that all together have at most `total`."""
    low, high = 1, most
    while high > low:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if np.minimum(counts, middle).sum() <= total else (low, middle - 1)
    return low


def _cells(vertices: NDArray[np.float64], count: int) -> NDArray[np.int64]:
    """The cell of every vertex, numbered from 0 without gaps, shape (V,)."""
    low, size = vertices.min(axis=0), max(float(np.ptp(vertices, axis=0).max()), 1e-12) / count
    x, y, z = np.minimum((vertices - low) // size, count - 1).astype(np.int64).T
    return np.unique((x * count + y) * count + z, return_inverse=True)[1]


def _joined(faces: NDArray[np.int64], cell: NDArray[np.int64]) -> NDArray[np.int64]:
    """Triangles between cells, each once, without those that are no triangle any more, shape (F, 3)."""
    corners = cell[faces]
    a, b, c = corners.T
    corners = corners[(a != b) & (b != c) & (c != a)]
    first = corners.argmin(axis=1)[:, None]
    return np.unique(np.take_along_axis(corners, (first + np.arange(3)) % 3, axis=1), axis=0)


def _places(vertices: NDArray[np.float64], faces: NDArray[np.int64], cell: NDArray[np.int64]) -> NDArray[np.float64]:
    """Where the one vertex of every cell lies, shape (C, 3)."""
    count = int(cell.max()) + 1
    mean = _sums(vertices, cell, count) / np.bincount(cell, minlength=count)[:, None]
    a, b, c = (vertices[corner] for corner in faces.T)
    normal = np.cross(b - a, c - a)  # (F, 3)
    square, pull = np.zeros((count, 3, 3)), np.zeros((count, 3))
    for corner in faces.T:
        away = np.einsum("fi,fi->f", normal, a - mean[cell[corner]])
        square += _sums(np.einsum("fi,fj->fij", normal, normal), cell[corner], count)
        pull += _sums(normal * away[:, None], cell[corner], count)
    moved = np.einsum("cij,cj->ci", np.linalg.pinv(square, rcond=FLAT, hermitian=True), pull)
    low, high = (_extremes(vertices, cell, count, side) - mean for side in (np.minimum, np.maximum))
    return mean + np.clip(moved, low, high)


def _sums(values: NDArray[np.float64], cell: NDArray[np.int64], count: int) -> NDArray[np.float64]:
    """Sum of the rows of every cell, shape (C, ...)."""
    flat = values.reshape(len(values), -1)
    total = np.zeros((count, flat.shape[1]))
    for column in range(flat.shape[1]):
        total[:, column] = np.bincount(cell, flat[:, column], count)
    return total.reshape(count, *values.shape[1:])


def _extremes(
    vertices: NDArray[np.float64], cell: NDArray[np.int64], count: int, side: np.ufunc
) -> NDArray[np.float64]:
    """Corners of the box around the vertices of every cell, shape (C, 3)."""
    start = np.full((count, 3), np.inf if side is np.minimum else -np.inf)
    side.at(start, cell, vertices)
    return start


def _hull(vertices: NDArray[np.float64]) -> Mesh:
    """Convex hull of points moved to a coarse grid, so that it has few faces; nothing where they lie in a plane."""
    cell = np.ptp(vertices, axis=0).max() / 16
    points = np.unique(np.round(vertices / cell), axis=0) * cell
    try:
        hull = ConvexHull(points)
    except QhullError:
        return points, np.empty((0, 3), dtype=np.int64)
    corners, faces = np.unique(hull.simplices, return_inverse=True)
    return points[corners], faces.reshape(-1, 3)
