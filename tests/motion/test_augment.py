from dataclasses import replace

import numpy as np
import pytest
from clips import stepping

from webfoot.errors import MotionError
from webfoot.motion.augment import change_speed, mirror
from webfoot.motion.prepare import prepare


def test_a_mirrored_clip_goes_and_turns_to_the_other_side(duckling):
    clip = replace(prepare(stepping(duckling), duckling), command=(0.1, 0.02, 0.3))
    image = mirror(clip, duckling)
    left, right = duckling.joint_names.index("left_knee"), duckling.joint_names.index("right_knee")
    assert image.joint_pos[:, left] == pytest.approx(clip.joint_pos[:, right])
    assert image.command == (0.1, -0.02, -0.3)
    assert image.root_pos == pytest.approx(clip.root_pos * [1, -1, 1])
    assert "mirrored left to right" in image.notes


def test_mirroring_twice_gives_the_clip_back(duckling):
    clip = prepare(stepping(duckling), duckling)
    twice = mirror(mirror(clip, duckling), duckling)
    assert twice.joint_pos == pytest.approx(clip.joint_pos) and twice.root_quat == pytest.approx(clip.root_quat)


def test_a_robot_without_a_mirror_map_is_refused(duckling):
    with pytest.raises(MotionError, match="has no left-right mirror map"):
        mirror(stepping(duckling), replace(duckling, mirror=None))


def test_speed_shortens_the_clip_and_raises_its_command(duckling):
    clip = replace(stepping(duckling, 24, loop=True), command=(0.1, 0.0, 0.2))
    fast = change_speed(clip, 2.0)
    assert fast.duration_s == clip.duration_s / 2 and fast.command == (0.2, 0.0, 0.4)
    assert (fast.joint_pos == clip.joint_pos).all()


@pytest.mark.parametrize("factor", [0.0, -1.0, 11.0, float("nan")])
def test_a_speed_out_of_range_is_refused(duckling, factor):
    with pytest.raises(MotionError, match="expected 0.1 to 10"):
        change_speed(stepping(duckling), factor)


def test_a_rate_out_of_range_is_refused(duckling):
    with pytest.raises(MotionError, match="expected 1 to 1000"):
        change_speed(replace(stepping(duckling), fps=500.0), 10.0)


def test_a_faster_clip_implies_the_faster_command(duckling):
    slow = prepare(stepping(duckling), duckling)
    fast = prepare(change_speed(stepping(duckling), 1.25), duckling)
    assert fast.duration_s == pytest.approx(slow.duration_s / 1.25)
    assert np.sign(fast.command[0]) == np.sign(slow.command[0])
