from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from webfoot.errors import RunError
from webfoot.evaluate.shown_episode import shown_episode
from webfoot.robots.table import load_robot


def test_an_episode_is_shown_from_its_start_to_its_end(toy_robot, walker):
    walk = walker(2, speed=0.1)
    shown = shown_episode(toy_robot, walk, 1, None)
    assert (shown.title, shown.episode, shown.episodes) == ("validation, episode 2 of 2", 1, 2)
    assert (shown.hz, len(shown.poses.root_pos), shown.fell_at_s, shown.iteration) == (50.0, 501, None, None)
    assert shown.poses.root_pos[-1, 0] == pytest.approx(1.0)
    assert shown.command is not None and shown.command.tolist() == [[0.1, 0.0, 0.0]] * 501
    assert shown_episode(toy_robot, walk, 0, 40).title == "trial after 40 epochs, episode 1 of 2"


def test_feet_stand_where_they_are_near_the_ground(toy_robot, walker):
    """The left foot rises 30 mm in the first half of the cycle, above 5 mm for all but its ends."""
    shown = shown_episode(toy_robot, walker(1), 0, None)
    cycle = shown.poses.contact[250:275]
    assert cycle[:, 0].tolist() == [True] + [False] * 12 + [True] * 12
    assert cycle[:, 1].tolist() == [True] * 13 + [False] * 12
    assert shown.ghost is not None and (shown.ghost.contact[250:275] == cycle).all()


def test_the_ghost_stands_on_the_ground_over_the_robot_and_heads_as_it_does(toy_robot, walker):
    walk = walker(1, yaw_rate=0.5)
    tilted = (Rotation.from_quat(walk.root_quat[:, 0], scalar_first=True) * Rotation.from_euler("x", 0.3)).as_quat(
        scalar_first=True
    )
    walk = replace(
        walk, root_quat=tilted[:, None], reference_joint_pos=0 * walk.joint_pos, root_pos=walk.root_pos + 0.7
    )
    ghost = shown_episode(toy_robot, walk, 0, None).ghost
    assert ghost is not None
    assert ghost.root_pos[:, :2] == pytest.approx(walk.root_pos[:, 0, :2])
    assert ghost.root_pos[:, 2] == pytest.approx(np.full(501, 0.145), abs=1e-6)  # 20 mm to the hip, 125 mm to the sole
    heading = Rotation.from_quat(ghost.root_quat, scalar_first=True).as_euler("zyx")
    assert np.unwrap(heading[:, 0]) == pytest.approx(0.5 * 0.02 * np.arange(501), abs=1e-6)
    assert heading[:, 1:] == pytest.approx(np.zeros((501, 2)), abs=1e-6)
    assert not ghost.joint_pos.any()


def test_a_fall_is_named_and_leaves_the_ghost_where_it_was(toy_robot, walker, fall):
    walk = walker(1, speed=0.1)
    alive = walk.alive.copy()
    alive[100:] = False
    shown = shown_episode(toy_robot, replace(walk, alive=alive), 0, None)
    assert shown.fell_at_s == pytest.approx(2.0)
    assert shown.ghost is not None
    assert len(shown.poses.root_pos) == 501
    assert shown.ghost.root_pos[[99, 100, 500], 0] == pytest.approx([0.198] * 3)
    assert not shown.poses.contact[100:].any()
    broken = shown_episode(toy_robot, fall(walk, 0, 2.0), 0, None)
    assert (len(broken.poses.root_pos), broken.fell_at_s) == (100, pytest.approx(2.0))


@pytest.mark.parametrize("episode", [-1, 2, 9999])
def test_an_episode_that_is_not_there_is_refused(toy_robot, walker, episode):
    with pytest.raises(RunError, match=rf"episode {episode} is not kept; the rollout holds 2, from 0 to 1"):
        shown_episode(toy_robot, walker(2), episode, None)


def test_what_cannot_be_shown_is_refused(toy_robot, walker, fall):
    with pytest.raises(RunError, match="episode 0 holds no state that is a number"):
        shown_episode(toy_robot, fall(walker(1), 0, 0.0), 0, None)
    with pytest.raises(RunError, match="the rollout is of another robot than 'duckling'"):
        shown_episode(load_robot("duckling"), walker(1), 0, None)
