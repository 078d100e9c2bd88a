import base64
from dataclasses import replace

import numpy as np
import pytest

from webfoot.evaluate import replay_document as module
from webfoot.evaluate.replay_document import Poses, Shown, replay_document
from webfoot.evaluate.scene_document import scene_document

KEYS = [
    *("schema", "title", "version", "iteration", "hz", "frames", "bodies", "poses", "ghost", "joint_names", "joints"),
    *("reference_joints", "foot_names", "foot_bodies", "contacts", "reference_contacts", "command", "episode"),
    *("episodes", "fell_at_s"),
]


def poses_of(frames: int) -> Poses:
    """A robot that goes 0.01 m a frame, its left leg swung back by 0.4 rad."""
    place = np.column_stack([0.01 * np.arange(frames), np.full(frames, 2.0), np.full(frames, 0.3)])
    upright = np.tile([1.0, 0.0, 0.0, 0.0], (frames, 1))
    joints = np.tile([0.4, 0.0, 0.0], (frames, 1))
    return Poses(place, upright, joints, np.tile([True, False], (frames, 1)))


def unpacked(text: str, kind: str, *shape: int) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), kind).reshape(shape)


def test_a_document_tells_where_the_bodies_are(toy_robot):
    told = replay_document(toy_robot, Shown("there", 50.0, poses_of(3)), "v1")
    assert list(told) == KEYS
    assert (told["schema"], told["version"], told["frames"], told["hz"]) == ("webfoot-replay/1", "v1", 3, 50.0)
    assert told["bodies"] == scene_document(toy_robot)["bodies"]
    poses = unpacked(told["poses"], "<f4", 3, 4, 7)
    assert poses[2, 0] == pytest.approx([0.02, 2.0, 0.3, 1, 0, 0, 0], abs=1e-4)
    assert poses[2, 1] == pytest.approx([0.02, 2.04, 0.28, np.cos(0.2), 0, np.sin(0.2), 0], abs=1e-4)
    assert unpacked(told["joints"], "<f4", 3, 3)[1] == pytest.approx([0.4, 0, 0], abs=1e-4)
    assert unpacked(told["contacts"], "u1", 3, 2).tolist() == [[1, 0]] * 3
    assert (told["foot_names"], told["foot_bodies"]) == (["left", "right"], [1, 2])
    assert (told["ghost"], told["reference_joints"], told["reference_contacts"], told["command"]) == (None,) * 4


def test_a_ghost_and_a_command_are_told_beside_it(toy_robot):
    still = replace(poses_of(3), joint_pos=np.zeros((3, 3)))
    shown = Shown("there", 50.0, poses_of(3), ghost=still, command=np.tile([0.1, 0.0, -0.5], (3, 1)))
    told = replay_document(toy_robot, shown, "v1")
    ghost = unpacked(told["ghost"], "<f4", 3, 4, 7)
    assert ghost[0, 1] == pytest.approx([0, 2.04, 0.28, 1, 0, 0, 0], abs=1e-4)
    assert not unpacked(told["reference_joints"], "<f4", 3, 3).any()
    assert unpacked(told["command"], "<f4", 3, 3)[2] == pytest.approx([0.1, 0, -0.5], abs=1e-4)


@pytest.mark.parametrize(("hz", "every"), [(25.0, 1), (50.0, 1), (60.0, 2), (200.0, 4)])
def test_more_than_50_frames_a_second_are_thinned(toy_robot, hz, every):
    told = replay_document(toy_robot, Shown("there", hz, poses_of(21)), "v1")
    assert (told["hz"], told["frames"]) == (hz / every, -(-21 // every))
    poses = unpacked(told["poses"], "<f4", told["frames"], 4, 7)
    assert poses[1, 0, 0] == pytest.approx(0.01 * every, abs=1e-4)


def test_a_long_replay_is_cut_off(toy_robot, monkeypatch):
    monkeypatch.setattr(module, "MOST_POSES", 40)  # of 4 bodies: 10 frames
    told = replay_document(toy_robot, Shown("there", 100.0, poses_of(500)), "v1")
    assert (told["frames"], told["hz"]) == (10, 50.0)
    assert unpacked(told["poses"], "<f4", 10, 4, 7)[9, 0, 0] == pytest.approx(0.18, abs=1e-4)
