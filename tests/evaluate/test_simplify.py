import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial import ConvexHull

from webfoot.evaluate.simplify import as_it_is, clustered, hulled, most_faces_each

SHORT = 1e-9


def sheet(count: int) -> tuple[np.ndarray, np.ndarray]:
    """A flat square of 1 m with 2 count^2 triangles, looking up."""
    x, y = np.meshgrid(np.linspace(0, 1, count + 1), np.linspace(0, 1, count + 1), indexing="ij")
    vertices = np.stack([x, y, np.zeros_like(x)], axis=-1).reshape(-1, 3)
    i, j = np.meshgrid(np.arange(count), np.arange(count), indexing="ij")
    a = (i * (count + 1) + j).ravel()
    b, c, d = a + count + 1, a + count + 2, a + 1
    return vertices, np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1)])


def box(count: int) -> tuple[np.ndarray, np.ndarray]:
    """A cube of 1 m around the origin whose sides are such sheets, looking outwards."""
    vertices, faces = sheet(count)
    flat = vertices - [0.5, 0.5, -0.5]
    turns = [
        np.eye(3),
        np.diag([1.0, -1.0, -1.0]),
        np.array([[0, 0, 1.0], [1, 0, 0], [0, 1, 0]]),
        np.array([[0, 0, -1.0], [1, 0, 0], [0, -1, 0]]),
        np.array([[0, 1.0, 0], [0, 0, 1], [1, 0, 0]]),
        np.array([[0, -1.0, 0], [0, 0, -1], [1, 0, 0]]),
    ]
    sides = np.concatenate([flat @ turn.T for turn in turns])
    corners = np.concatenate([faces + side * len(vertices) for side in range(6)])
    merged, index = np.unique(np.round(sides, 9), axis=0, return_inverse=True)
    return merged, index.reshape(-1)[corners]


def volume(mesh: tuple[np.ndarray, np.ndarray]) -> float:
    """Of a closed mesh whose triangles look outwards."""
    a, b, c = (mesh[0][corner] for corner in mesh[1].T)
    return float(np.einsum("fi,fi->f", a, np.cross(b, c)).sum() / 6)


def test_a_mesh_that_is_small_enough_stays_as_it_is():
    mesh = sheet(3)
    assert clustered(mesh, 18) is mesh
    assert as_it_is(mesh) is mesh
    assert hulled(mesh) is mesh


@pytest.mark.parametrize("most", [2000, 300, 60])
def test_a_cube_keeps_its_edges_and_its_volume(most):
    vertices, faces = clustered(box(40), most)
    assert most / 8 <= len(faces) <= most
    assert volume((vertices, faces)) == pytest.approx(1.0, rel=0.01)
    outermost = np.abs(vertices).max(axis=1)
    assert outermost == pytest.approx(np.full(len(vertices), 0.5), abs=1e-6)
    assert sorted(set(faces.ravel().tolist())) == list(range(len(vertices)))


def test_a_ball_stays_round():
    rng = np.random.default_rng(0)
    points = rng.normal(size=(5000, 3))
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    hull = ConvexHull(points)
    vertices, faces = clustered((points, hull.simplices.astype(np.int64)), 2000)
    assert 700 <= len(faces) <= 2000
    assert np.linalg.norm(vertices, axis=1) == pytest.approx(np.ones(len(vertices)), abs=0.03)


@given(
    seed=st.integers(0, 2**32 - 1),
    count=st.integers(4, 200),
    most=st.integers(40, 120),
    flat=st.sampled_from([(1, 1, 1), (1, 1, 0), (1, 0, 0), (0, 0, 0), (1e6, 1, 1e-6)]),
)
def test_any_triangles_become_few_within_the_box_of_all(seed, count, most, flat):
    rng = np.random.default_rng(seed)
    vertices, faces = rng.uniform(-1, 1, (count, 3)) * flat, rng.integers(0, count, (300, 3))
    few, kept = clustered((vertices, faces), most)
    assert len(kept) <= most
    assert np.isfinite(few).all()
    assert kept.size == 0 or (kept.min() >= 0 and kept.max() < len(few))
    low, high = vertices.min(axis=0), vertices.max(axis=0)
    slack = SHORT * (1 + np.abs(vertices).max())
    assert (few >= low - slack).all() and (few <= high + slack).all()


def test_meshes_share_what_may_be_drawn():
    """Three of 10, 50 and 1000 triangles, of 100: 10 + 45 + 45."""
    counts = np.array([10, 50, 1000])
    assert most_faces_each(counts, 2000, 100) == 45
    assert most_faces_each(counts, 2000, 5000) == 2000
    assert most_faces_each(counts, 30, 5000) == 30
