import mujoco
import numpy as np
import pytest

from webfoot.evaluate.shapes import primitive

GEOM = mujoco.mjtGeom
SIZE = np.array([0.1, 0.2, 0.3])
EXTENT = {
    GEOM.mjGEOM_BOX: (0.1, 0.2, 0.3),
    GEOM.mjGEOM_SPHERE: (0.1, 0.1, 0.1),
    GEOM.mjGEOM_ELLIPSOID: (0.1, 0.2, 0.3),
    GEOM.mjGEOM_CAPSULE: (0.1, 0.1, 0.3),
    GEOM.mjGEOM_CYLINDER: (0.1, 0.1, 0.2),
}


@pytest.mark.parametrize("kind", EXTENT)
def test_a_primitive_fills_its_extent(kind):
    vertices, faces = primitive(int(kind), SIZE)
    assert vertices.max(axis=0) == pytest.approx(EXTENT[kind], rel=0.06)
    assert vertices.min(axis=0) == pytest.approx(-np.array(EXTENT[kind]), rel=0.06)
    assert faces.min() >= 0 and faces.max() < len(vertices)


def test_a_plane_has_nothing_to_draw():
    assert len(primitive(int(GEOM.mjGEOM_PLANE), SIZE)[1]) == 0
