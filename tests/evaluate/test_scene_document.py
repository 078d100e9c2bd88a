import base64
import struct

import numpy as np
import pytest

from webfoot.evaluate import scene_document as module
from webfoot.evaluate.scene_document import MOST_FACES_OF_PART, scene_document
from webfoot.robots.derive import robot_from_mjcf


def unpacked(part: dict) -> tuple[np.ndarray, np.ndarray]:
    vertices = np.frombuffer(base64.b64decode(part["vertices"]), "<f4").reshape(-1, 3)
    return vertices, np.frombuffer(base64.b64decode(part["faces"]), "<u4").reshape(-1, 3)


def stl(vertices: np.ndarray, faces: np.ndarray) -> bytes:
    """A binary STL."""
    packed = b"".join(struct.pack("<12fH", 0, 0, 0, *vertices[face].ravel(), 0) for face in faces)
    return bytes(80) + struct.pack("<I", len(faces)) + packed


def bumpy(rows: int) -> tuple[np.ndarray, np.ndarray]:
    """A closed ball of 0.1 m with 2 rows (rows - 1) triangles or so."""
    polar = np.linspace(0, np.pi, rows)[1:-1]
    around = np.linspace(0, 2 * np.pi, rows, endpoint=False)
    rings = np.stack(
        np.broadcast_arrays(
            np.sin(polar)[:, None] * np.cos(around), np.sin(polar)[:, None] * np.sin(around), np.cos(polar)[:, None]
        ),
        axis=-1,
    ).reshape(-1, 3)
    vertices = 0.1 * np.concatenate([rings, [[0, 0, 1], [0, 0, -1]]])
    ring, side = np.meshgrid(np.arange(rows - 3), np.arange(rows), indexing="ij")
    a, b = (ring * rows + side).ravel(), (ring * rows + (side + 1) % rows).ravel()
    top, bottom = len(rings), len(rings) + 1
    first, second = np.arange(rows), (np.arange(rows) + 1) % rows
    last = (rows - 3) * rows
    return vertices, np.concatenate(
        [
            np.stack([a, a + rows, b], 1),
            np.stack([b, a + rows, b + rows], 1),
            np.stack([np.full(rows, top), first, second], 1),
            np.stack([np.full(rows, bottom), last + second, last + first], 1),
        ]
    )


def test_a_box_is_told_by_its_corners_in_the_frame_of_its_body(toy_robot):
    told = scene_document(toy_robot)
    assert (told["schema"], told["name"]) == ("webfoot-scene/1", "toy")
    assert told["base_height"] == pytest.approx(0.145)
    assert told["bodies"] == ["base", "left_leg", "right_leg", "head"]
    standing = np.frombuffer(base64.b64decode(told["standing"]), "<f4").reshape(4, 7)
    assert standing[0] == pytest.approx([0, 0, 0.145, 1, 0, 0, 0], abs=1e-4)
    box, foot = told["parts"][0], told["parts"][2]
    assert (box["body"], box["colour"], foot["body"]) == (0, [1.0, 0.0, 0.0], 1)
    vertices, faces = unpacked(box)
    assert np.unique(np.abs(vertices).round(4), axis=0).tolist() == pytest.approx(np.array([[0.04, 0.05, 0.03]]))
    assert faces.shape == (12, 3)
    assert unpacked(foot)[0].min(axis=0) == pytest.approx([-0.03, -0.015, -0.125], abs=1e-5)
    assert unpacked(foot)[0].max(axis=0) == pytest.approx([0.03, 0.015, -0.115], abs=1e-5)


@pytest.fixture
def with_mesh(toy_robot):
    """The robot with a mesh of 12 000 triangles as its head, moved up by 0.2 m."""
    path = toy_robot.mjcf
    path.with_name("head.stl").write_bytes(stl(*bumpy(78)))
    text = path.read_text().replace("<worldbody>", "<asset><mesh name='head' file='head.stl'/></asset><worldbody>", 1)
    ball = '<geom type="sphere" size="0.03" contype="0" conaffinity="0"/>'
    mesh = '<geom type="mesh" mesh="head" pos="0 0 0.2" contype="0" conaffinity="0" rgba="0 0 1 1"/>'
    path.write_text(text.replace(ball, mesh))
    return robot_from_mjcf(path)


def test_a_large_mesh_keeps_its_shape_with_few_triangles(with_mesh):
    told = scene_document(with_mesh)
    head = next(part for part in told["parts"] if part["colour"] == [0.0, 0.0, 1.0])
    assert told["bodies"][head["body"]] == "head"
    vertices, faces = unpacked(head)
    assert MOST_FACES_OF_PART / 3 <= len(faces) <= MOST_FACES_OF_PART
    assert np.linalg.norm(vertices - [0, 0, 0.2], axis=1) == pytest.approx(np.full(len(vertices), 0.1), abs=0.003)


def test_a_robot_of_many_large_parts_stays_small(with_mesh, monkeypatch):
    monkeypatch.setattr(module, "MOST_FACES", 700)
    monkeypatch.setattr(module, "MOST_PARTS", 4)
    told = scene_document(with_mesh)
    assert len(told["parts"]) == 4  # the small feet are left out
    assert {told["bodies"][part["body"]] for part in told["parts"]} == {"base", "left_leg", "right_leg", "head"}
    assert sum(len(unpacked(part)[1]) for part in told["parts"]) <= 700
