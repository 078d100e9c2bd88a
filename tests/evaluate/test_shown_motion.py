from dataclasses import replace

import numpy as np
import pytest

from webfoot.errors import MotionError
from webfoot.evaluate.shown_motion import shown_motion
from webfoot.motion.bundled import bundled_path
from webfoot.motion.read import read_motions
from webfoot.robots.table import load_robot


@pytest.fixture(scope="module")
def duckling():
    return load_robot("duckling")


@pytest.fixture
def walk(duckling):
    return read_motions(bundled_path("duckling", "walk"), duckling)[0]


def test_a_walk_is_shown_for_ten_seconds_with_its_contacts_and_its_command(duckling, walk):
    shown = shown_motion(duckling, walk)
    assert shown.title == "walk on duckling"
    frames = len(shown.poses.root_pos)
    assert 9.4 <= frames / shown.hz <= 10.0
    assert shown.command is not None and shown.ghost is None
    assert shown.command.shape == (frames, 3) and shown.command[0] == pytest.approx([0.1, 0, 0], abs=0.005)
    speed = (shown.poses.root_pos[-1, 0] - shown.poses.root_pos[0, 0]) / (frames - 1) * shown.hz
    assert speed == pytest.approx(shown.command[0, 0], rel=0.02)
    standing = shown.poses.contact.mean(axis=0)
    assert standing == pytest.approx([standing[0]] * 2, abs=0.05)
    assert (standing > 0.5).all() and (standing < 0.9).all()


def test_a_cycle_longer_than_ten_seconds_is_shown_once(duckling, walk):
    slow = replace(walk, fps=1.0, joint_pos=np.tile(walk.joint_pos[:1], (12, 1)), root_pos=None, root_quat=None)
    shown = shown_motion(duckling, slow)
    assert len(shown.poses.root_pos) / shown.hz == pytest.approx(12.0, rel=0.01)


def test_a_refused_clip_is_shown_as_it_was_read(duckling, walk):
    wide = replace(walk, joint_pos=walk.joint_pos + 2.5)
    shown = shown_motion(duckling, wide)
    assert shown.title == "walk as it was read"
    assert shown.poses.joint_pos == pytest.approx(wide.joint_pos)
    assert shown.poses.root_pos == pytest.approx(walk.root_pos)
    bare = shown_motion(duckling, replace(wide, root_pos=None))
    assert bare.poses.root_pos.shape == (walk.num_frames, 3) and np.isfinite(bare.poses.root_pos).all()


def test_a_clip_that_is_no_motion_of_the_robot_is_refused_in_a_sentence(duckling, walk):
    broken = walk.joint_pos.copy()
    broken[3, 0] = np.nan
    with pytest.raises(MotionError, match=r"walk: frame 3 of \d+ holds nan in joint"):
        shown_motion(duckling, replace(walk, joint_pos=broken))
    with pytest.raises(MotionError, match="none of the leg joints of robot 'otter' is in the clip"):
        shown_motion(load_robot("otter"), walk)
