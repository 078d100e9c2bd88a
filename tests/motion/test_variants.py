from dataclasses import replace

import numpy as np
import pytest
from clips import stepping
from scipy.spatial.transform import Rotation

from webfoot.errors import MotionError
from webfoot.motion.clip import Motion
from webfoot.motion.prepare import prepare
from webfoot.motion.variants import change_speed, mirror, turn


def test_a_mirrored_clip_goes_and_turns_to_the_other_side(duckling):
    clip = replace(prepare(stepping(duckling), duckling), command=(0.1, 0.02, 0.3))
    image = mirror(clip, duckling)
    left, right = duckling.joint_names.index("left_knee"), duckling.joint_names.index("right_knee")
    assert image.joint_pos[:, left] == pytest.approx(clip.joint_pos[:, right])
    assert image.command == (0.1, -0.02, -0.3)
    assert image.root_pos == pytest.approx(clip.root_pos * [1, -1, 1])
    assert "mirrored left to right" in image.notes


@pytest.mark.parametrize("seed", range(8))
def test_mirroring_twice_gives_the_clip_back(duckling, seed):
    clip = any_clip(duckling, seed)
    twice = mirror(mirror(clip, duckling), duckling)
    assert twice.joint_pos == pytest.approx(clip.joint_pos) and twice.root_pos == pytest.approx(clip.root_pos)
    assert twice.root_quat == pytest.approx(clip.root_quat) and twice.command == pytest.approx(clip.command)


def test_a_robot_without_a_mirror_map_is_refused(duckling):
    with pytest.raises(MotionError, match="has no left-right mirror map"):
        mirror(stepping(duckling), replace(duckling, mirror=None))


def test_speed_shortens_the_clip_and_raises_its_command(duckling):
    clip = replace(stepping(duckling, 24, loop=True), command=(0.1, 0.0, 0.2))
    fast = change_speed(clip, duckling, 1.25)
    assert fast.duration_s == clip.duration_s / 1.25 and fast.command == (0.125, 0.0, 0.25)
    assert (fast.joint_pos == clip.joint_pos).all()


@pytest.mark.parametrize("factor", [0.5, 0.8, 1.05, 1.25])
@pytest.mark.parametrize("seed", range(3))
def test_a_speed_and_its_inverse_give_the_clip_back(duckling, factor, seed):
    clip = any_clip(duckling, seed, size=0.01)
    back = change_speed(change_speed(clip, duckling, factor), duckling, 1 / factor)
    assert back.fps == pytest.approx(clip.fps) and back.command == pytest.approx(clip.command)
    assert (back.joint_pos == clip.joint_pos).all()


@pytest.mark.parametrize("factor", [0.0, -1.0, 11.0, float("nan")])
def test_a_speed_out_of_range_is_refused(duckling, factor):
    with pytest.raises(MotionError, match="expected 0.1 to 10"):
        change_speed(stepping(duckling), duckling, factor)


def test_a_rate_out_of_range_is_refused(duckling):
    with pytest.raises(MotionError, match="expected 1 to 1000"):
        change_speed(replace(stepping(duckling), fps=5.0), duckling, 0.1)


def test_a_speed_that_the_servos_do_not_allow_becomes_the_greatest_that_they_do(duckling):
    clip = stepping(duckling, 24, loop=True)
    fast = change_speed(clip, duckling, 8.0)
    steps = np.abs(np.roll(fast.joint_pos, -1, axis=0) - fast.joint_pos).max(axis=0) * fast.fps
    assert (steps / duckling.velocity_limit).max() == pytest.approx(0.95, abs=0.002)
    assert "instead of 8, where joint 'left_knee' would turn faster than its servo can" in fast.notes[-1]


def test_a_clip_that_is_as_fast_as_the_servos_is_only_made_slower(duckling):
    fast = change_speed(stepping(duckling, 24, loop=True), duckling, 8.0)
    with pytest.raises(MotionError, match="cannot be made faster: joint 'left_knee' turns at .* already"):
        change_speed(fast, duckling, 1.2)
    assert change_speed(fast, duckling, 0.5).fps == fast.fps / 2


def test_a_faster_clip_implies_the_faster_command(duckling):
    slow = prepare(stepping(duckling), duckling)
    fast = prepare(change_speed(stepping(duckling), duckling, 1.25), duckling)
    assert fast.duration_s == pytest.approx(slow.duration_s / 1.25)
    assert np.sign(fast.command[0]) == np.sign(slow.command[0])


@pytest.mark.parametrize("yaw_deg", [90.0, -45.0, 180.0, 333.0])
@pytest.mark.parametrize("seed", range(2))
def test_yaw_leaves_joint_angles_and_the_velocity_in_the_heading_frame_alone(duckling, yaw_deg, seed):
    clip = any_clip(duckling, seed)
    turned = turn(clip, yaw_deg)
    assert (turned.joint_pos == clip.joint_pos).all() and turned.command == clip.command
    assert in_heading_frame(turned) == pytest.approx(in_heading_frame(clip))
    assert turned.root_pos[:, 2] == pytest.approx(clip.root_pos[:, 2])
    assert heading(turned)[0] - heading(clip)[0] == pytest.approx(np.radians(yaw_deg)) or abs(yaw_deg) >= 180
    assert turn(turned, -yaw_deg).root_pos == pytest.approx(clip.root_pos)


def test_a_quarter_turn_to_the_left_sends_forward_to_the_left(duckling):
    clip = replace(any_clip(duckling, 0), root_pos=np.tile([2.0, 0.0, 0.5], (24, 1)))
    assert turn(clip, 90.0).root_pos[3] == pytest.approx([0.0, 2.0, 0.5])


def test_a_clip_without_a_base_cannot_be_turned(duckling):
    with pytest.raises(MotionError, match="no base in the world"):
        turn(stepping(duckling), 90.0)


def any_clip(robot, seed, size=0.3):
    """A closed clip of random smooth joint angles, root and command."""
    generator = np.random.default_rng(seed)
    t = 2 * np.pi * np.arange(24) / 24
    joint_pos = robot.default_pos + size * np.sin(t[:, None] + generator.uniform(0, 6, robot.nu))
    root_pos = np.column_stack([0.3 * t, 0.1 * np.sin(t), 0.2 + 0.01 * np.cos(t)])
    angles = np.column_stack([0.2 * t, 0.1 * np.sin(t), 0.1 * np.cos(t)])
    root_quat = Rotation.from_euler("zyx", angles).as_quat(scalar_first=True)
    command = tuple(generator.uniform(-0.3, 0.3, 3).tolist())
    return Motion("any", 50.0, robot.joint_names, joint_pos, root_pos, root_quat, command=command)


def heading(clip):
    forward = Rotation.from_quat(clip.root_quat, scalar_first=True).as_matrix()[:, :, 0]
    return np.unwrap(np.arctan2(forward[:, 1], forward[:, 0]))


def in_heading_frame(clip):
    """Velocity of the base and its turning rate, (T - 1, 4)."""
    yaw, step = heading(clip), np.diff(clip.root_pos, axis=0)
    back = Rotation.from_euler("z", -yaw[:-1, None])
    return clip.fps * np.column_stack([back.apply(step), np.diff(yaw)])
