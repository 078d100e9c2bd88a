from dataclasses import replace

import numpy as np
import pytest

from small_walk import small_walk
from webfoot.errors import MotionError
from webfoot.motion.library import blend_width, build_reference, channel_mirror, unlike_neighbours
from webfoot.motion.reference import COMMAND_UNITS, is_symmetric

PHASE = np.linspace(0, 1, 40, endpoint=False)


def late(motion, frames):
    """The same cycle begun `frames` frames later."""
    names = ("joint_pos", "root_quat")
    return replace(motion, **{name: np.roll(getattr(motion, name), -frames, axis=0) for name in names})


def test_a_single_clip_is_taken_as_it_is(duckling):
    reference = build_reference([small_walk(duckling)], duckling)
    assert (reference.num_clips, reference.standing) == (1, None)
    np.testing.assert_allclose(reference.joint_pos(0, PHASE), small_walk(duckling).joint_pos, atol=1e-9)


def test_without_a_motion_there_is_no_reference(duckling):
    with pytest.raises(MotionError, match="no motion to build a reference from"):
        build_reference([], duckling)


def test_clips_of_different_length_are_played_at_the_median_period_as_fast_as_that_makes_them(duckling):
    clips = [replace(small_walk(duckling), fps=fps) for fps in (40.0, 50.0, 80.0)]
    reference = build_reference(clips, duckling, mirrored=False)
    assert reference.period_s == pytest.approx(40 / 50.0)
    np.testing.assert_allclose(reference.commands[:, 0], [0.1 * 50 / 40, 0.1, 0.1 * 50 / 80])
    mean = reference.coefficients[:, 0, duckling.nu + 3]
    np.testing.assert_allclose(mean, reference.commands[:, 0], atol=1e-12)


def test_clips_that_begin_elsewhere_in_the_cycle_are_brought_into_step(duckling):
    walk = small_walk(duckling)
    clips = [late(walk, 3), replace(late(walk, -3), command=(0.2, 0.0, 0.0)), replace(walk, command=(0.3, 0.0, 0.0))]
    reference = build_reference(clips, duckling, mirrored=False)
    for clip in range(3):
        np.testing.assert_allclose(reference.joint_pos(clip, PHASE), walk.joint_pos, atol=2e-3)


def test_every_clip_gets_its_mirror_image_half_a_cycle_later(duckling):
    clips = [small_walk(duckling, command) for command in ((0.1, 0.05, 0.3), (0.1, 0.0, 0.0))]
    reference = build_reference(clips, duckling)
    assert reference.num_clips == 4
    np.testing.assert_allclose(reference.commands[2:], reference.commands[:2] * [1, -1, -1])
    mirrored = duckling.mirror(reference.joint_pos(0, PHASE + 0.5))
    np.testing.assert_allclose(reference.joint_pos(2, PHASE), mirrored, atol=1e-9)
    assert is_symmetric(reference, duckling.mirror)


def test_a_library_that_knows_one_side_only_is_not_symmetric(duckling):
    clips = [small_walk(duckling, command) for command in ((0.1, 0.05, 0.3), (0.1, 0.0, 0.0))]
    assert not is_symmetric(build_reference(clips, duckling, mirrored=False), duckling.mirror)


def test_mirroring_channels_twice_is_the_identity(duckling):
    order, sign = channel_mirror(duckling)
    values = np.random.default_rng(0).normal(size=len(order))
    np.testing.assert_allclose(sign * (sign * values[order])[order], values)


def test_a_library_stands_still_in_the_default_pose(duckling):
    reference = build_reference([small_walk(duckling, (vx, 0.0, 0.0)) for vx in (0.1, 0.2)], duckling)
    nu = duckling.nu
    np.testing.assert_array_equal(reference.standing[:nu], duckling.default_pos)
    assert reference.standing[nu] == duckling.base_height
    assert not reference.standing[nu + 1 : -nu].any()


def test_a_clip_that_stands_is_left_to_the_library_itself(duckling):
    walk, still = small_walk(duckling), small_walk(duckling, (0.0, 0.0, 0.0), size=0.0, sway=0.0)
    assert build_reference([walk, still], duckling).names == ("small",)


def test_neighbours_are_blended_over_half_of_what_lies_between_them():
    commands = np.array([[0.0, 0.0, 0.0], [0.04, 0.0, 0.0], [0.08, 0.0, 0.0]])  # two units apart
    np.testing.assert_allclose(blend_width(commands), COMMAND_UNITS)


def faster_and_faster(robot, count):
    """Clips of 0.02, 0.04 ... m/s, one unit of command apart, whose strides grow by a tenth each."""
    return [small_walk(robot, (0.02 * n, 0.0, 0.0), size=0.1 * n) for n in range(1, count + 1)]


def test_a_clip_that_contradicts_its_neighbours_is_left_out_and_named(duckling):
    clips = faster_and_faster(duckling, 13)
    clips[6] = replace(clips[6], joint_pos=clips[6].joint_pos[::-1] + 0.3, name="odd")
    reference = build_reference(clips, duckling)
    assert reference.left_out == ("odd", "odd_mirrored")
    assert reference.num_clips == 24
    assert 0.14 not in reference.commands[:, 0].round(3)


def test_a_sound_or_a_small_library_is_kept_whole(duckling):
    assert build_reference(faster_and_faster(duckling, 13), duckling).left_out == ()
    few = faster_and_faster(duckling, 3)
    few[1] = replace(few[1], joint_pos=few[1].joint_pos + 0.3)
    assert build_reference(few, duckling).left_out == ()


def test_the_difference_of_neighbours_is_counted_in_rad_per_unit_of_command(duckling):
    walk = small_walk(duckling)
    clips = [
        replace(walk, joint_pos=walk.joint_pos + 0.01 * n, command=(0.02 * n, 0.0, 0.0)) for n in range(7)
    ]  # 0.01 rad in every joint for every unit
    differs = unlike_neighbours(build_reference(clips, duckling, mirrored=False))
    np.testing.assert_allclose(differs, 0.01, atol=2e-4)  # the clips are brought into step by a little
