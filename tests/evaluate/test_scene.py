import base64

import numpy as np
import pytest

from webfoot.evaluate.scene import Take, body_poses, replay, robot_scene


def test_a_scene_holds_every_visible_shape_of_the_robot(toy_robot):
    scene = robot_scene(toy_robot)
    assert len(scene.parts) == 6
    assert len(scene.body_ids) == 4
    assert scene.parts[0].colour == (1.0, 0.0, 0.0)


def test_body_poses_follow_base_and_joints(toy_robot):
    scene = robot_scene(toy_robot)
    moved = body_poses(scene, np.array([[1.0, 2.0, 0.3]]), np.array([[1.0, 0, 0, 0]]), np.array([[0.4, 0.0, 0.0]]))
    assert moved[0, 0, :3] == pytest.approx([1.0, 2.0, 0.3])
    assert moved[0, 1, :3] == pytest.approx([1.0, 2.04, 0.28])
    assert moved[0, 1, 3:] == pytest.approx([np.cos(0.2), 0, np.sin(0.2), 0])


def test_replay_keeps_25_poses_a_second_to_a_tenth_of_a_millimetre(toy_robot, walker):
    walk = walker(1, speed=0.1)
    data = replay(robot_scene(toy_robot), [Take(walk)])
    take = data["takes"][0]
    poses = np.frombuffer(base64.b64decode(take["poses"]), "<i2").reshape(take["frames"], data["bodies"], 7)
    assert (take["dt"], take["frames"], take["fell_s"]) == (0.04, 251, None)
    assert poses[-1, 0, 0] * data["unit"] == pytest.approx(walk.root_pos[-1, 0, 0], abs=1e-4)
    assert data["height"] == pytest.approx(0.16 + 0.06 + 0.03, abs=2e-3)


def test_replay_ends_where_the_simulation_broke_and_names_the_fall(toy_robot, walker, fall):
    data = replay(robot_scene(toy_robot), [Take(walker(1), title="well"), Take(fall(walker(1), 0, 2.0), title="ill")])
    assert [take["title"] for take in data["takes"]] == ["well", "ill"]
    assert [take["frames"] for take in data["takes"]] == [251, 50]
    assert data["takes"][1]["fell_s"] == pytest.approx(2.0)
