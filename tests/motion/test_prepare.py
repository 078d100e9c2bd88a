from dataclasses import replace

import numpy as np
import pytest
from clips import NO_DATA, OPEN_DUCK_LIBRARY, SHARED_ROBOT, stepping
from pydantic import ValidationError
from scipy.spatial.transform import Rotation

from webfoot.errors import MotionError
from webfoot.motion.clip import Motion
from webfoot.motion.gait import generate_gait
from webfoot.motion.kinematics import sole_heights, soles_in_base
from webfoot.motion.prepare import PrepareConfig, prepare
from webfoot.motion.read import read_motions
from webfoot.robots.table import load_robot


def noted(motion, text):
    return any(text in note for note in motion.notes)


def test_a_clip_becomes_one_closed_cycle_of_the_robot(duckling):
    ready = prepare(stepping(duckling, 120, period=24.0), duckling)
    assert ready.joint_names == duckling.joint_names and ready.num_frames == 24 and ready.fps == 50 and ready.loop
    assert ready.root_pos[0, :2].tolist() == [0.0, 0.0]
    heading = Rotation.from_quat(ready.root_quat[0], scalar_first=True).as_euler("ZYX")[0]
    assert heading == pytest.approx(0.0, abs=1e-3)
    assert noted(ready, "averaged from 5 periods")


def test_the_lowest_sole_of_every_frame_stands_on_the_ground(duckling):
    ready = prepare(stepping(duckling), duckling)
    heights = sole_heights(soles_in_base(duckling, ready.joint_pos), ready.root_quat) + ready.root_pos[:, 2:]
    assert heights.min(axis=1) == pytest.approx(np.zeros(24), abs=1e-9)
    assert heights.max() > 0.005


def test_a_step_on_the_spot_commands_no_velocity(duckling):
    vx, vy, wz = prepare(stepping(duckling), duckling).command
    assert abs(vx) < 0.02 and (vy, wz) == (0.0, 0.0)


def test_joints_are_mapped_by_name_whatever_their_order(duckling):
    clip = stepping(duckling)
    shuffled = replace(clip, joint_names=clip.joint_names[::-1], joint_pos=clip.joint_pos[:, ::-1])
    assert prepare(shuffled, duckling).joint_pos == pytest.approx(prepare(clip, duckling).joint_pos)


def test_unknown_joints_are_dropped_and_missing_ones_stand_in_the_default_pose(duckling):
    clip = stepping(duckling)
    keep = duckling.leg_ids
    names = ("left_antenna", *duckling.leg_joint_names)
    ready = prepare(
        Motion("legs", 50, names, np.column_stack([np.zeros(120), clip.joint_pos[:, keep]]), loop=False), duckling
    )
    neck = duckling.joint_names.index("neck_pitch")
    assert (ready.joint_pos[:, neck] == duckling.default_pos[neck]).all()
    assert noted(ready, "dropped joints that robot 'duckling' does not have: left_antenna")
    assert noted(ready, "stand in the default pose: neck_pitch, head_pitch, head_yaw, head_roll")


def test_a_clip_without_any_leg_joint_lists_both_sets_of_names(duckling):
    clip = Motion("arm", 50, ("elbow", "wrist"), np.zeros((20, 2)))
    with pytest.raises(MotionError, match=r"arm: none of the leg joints .*moves elbow, wrist, .*legs are left_hip_yaw"):
        prepare(clip, duckling)


@pytest.mark.parametrize(("value", "shown"), [(np.nan, "nan"), (np.inf, "inf"), (1e200, "1e\\+200")])
def test_a_broken_number_names_frame_and_joint(duckling, value, shown):
    clip = stepping(duckling)
    clip.joint_pos[4, duckling.joint_names.index("left_knee")] = value
    with pytest.raises(MotionError, match=f"stepping: frame 4 of 120 holds {shown} in joint 'left_knee'"):
        prepare(clip, duckling)


def test_left_and_right_are_made_equal_where_the_clip_goes_straight(duckling):
    clip = stepping(duckling)
    clip.joint_pos[:, duckling.joint_names.index("left_knee")] += 0.04
    ready = prepare(clip, duckling)
    half = np.roll(ready.joint_pos, -12, axis=0)
    assert ready.joint_pos == pytest.approx(duckling.mirror(half), abs=1e-9)
    assert noted(ready, "made symmetric")
    limping = prepare(clip, duckling, PrepareConfig(symmetrise=False))
    assert not noted(limping, "made symmetric")


def test_angles_are_clipped_to_the_limits_with_a_margin(duckling):
    clip = stepping(duckling)
    yaw = duckling.joint_names.index("head_yaw")
    clip.joint_pos[:, yaw] = 3.0
    ready = prepare(clip, duckling, PrepareConfig(limit_margin_rad=0.02, symmetrise=False))
    assert ready.joint_pos[:, yaw] == pytest.approx(np.full(24, duckling.upper[yaw] - 0.02))
    assert noted(ready, "head_yaw by 0.22")


def test_joints_faster_than_their_servo_are_reported_and_slowed_only_on_request(duckling):
    clip = stepping(duckling, 120, period=12.0)
    knee = duckling.joint_names.index("left_knee")
    slow = replace(duckling, velocity_limit=np.full(duckling.nu, 2.0))
    as_is, slowed = prepare(clip, slow), prepare(clip, slow, PrepareConfig(clip_speed=True))
    speed = [np.abs(np.diff(m.joint_pos[:, knee], append=m.joint_pos[:1, knee])).max() * m.fps for m in (as_is, slowed)]
    assert speed[0] > 2.5 and speed[1] == pytest.approx(2.0)
    assert noted(as_is, "faster than the servos turn, left as it is: left_hip_pitch")
    assert noted(slowed, "motion made smaller to the speed of the servos")


def test_the_cycle_is_resampled_and_keeps_its_duration(duckling):
    ready = prepare(stepping(duckling, 120, period=24.0), duckling, PrepareConfig(fps=70))
    assert ready.num_frames == 34 and ready.duration_s == pytest.approx(0.48)


def test_a_tilted_base_keeps_its_tilt_and_loses_its_heading(duckling):
    tilt = Rotation.from_euler("ZY", [[1.0, 0.1]] * 120).as_quat(scalar_first=True)
    clip = replace(stepping(duckling), root_quat=tilt, root_pos=np.zeros((120, 3)))
    turned = Rotation.from_quat(prepare(clip, duckling).root_quat, scalar_first=True).as_euler("ZYX")
    assert turned[:, 1] == pytest.approx(np.full(24, 0.1), abs=1e-6)
    assert turned[0, 0] == pytest.approx(0.0, abs=1e-6)


def test_a_clip_without_a_period_is_kept_whole_with_its_seam_closed(duckling):
    clip = replace(stepping(duckling), loop=False)
    clip.joint_pos[:] = duckling.default_pos + np.linspace(-0.2, 0.2, 120)[:, None]
    ready = prepare(clip, duckling)
    seam = np.abs(ready.joint_pos[0] - ready.joint_pos[-1]).max()
    assert ready.num_frames == 120 and seam < 0.1 and noted(ready, "no gait period found: kept whole")


def test_a_random_array_goes_through(duckling):
    noise = np.random.default_rng(0).normal(size=(1000, 10))
    ready = prepare(Motion("noise", 50, duckling.leg_joint_names, noise, loop=False), duckling)
    assert ready.joint_pos.shape == (1000, 14) and np.isfinite(ready.root_pos).all()
    assert (ready.joint_pos <= duckling.upper).all() and (ready.joint_pos >= duckling.lower).all()


def test_options_have_ranges():
    with pytest.raises(ValidationError, match="fps"):
        PrepareConfig(fps=0)
    with pytest.raises(ValidationError, match="Extra inputs"):
        PrepareConfig(speed=1)  # pyright: ignore[reportCallIssue]


@pytest.mark.skipif(not OPEN_DUCK_LIBRARY.is_file(), reason=NO_DATA)
def test_real_clips_imply_about_the_velocity_that_they_are_named_after():
    robot = load_robot(SHARED_ROBOT)
    clips = read_motions(OPEN_DUCK_LIBRARY)[::10]
    off = [np.subtract(prepare(c, robot).command, [float(v) for v in c.name.split("_")]) for c in clips]
    assert (np.median(np.abs(off), axis=0) < [0.02, 0.03, 0.15]).all()
    (forward,) = read_motions(f"{OPEN_DUCK_LIBRARY}#0.074_0.037_-0.074")
    assert prepare(forward, robot).command == pytest.approx((0.076, 0.0, 0.0), abs=0.003)


@pytest.mark.parametrize("command", [(0.0, 0.04, 0.0), (0.05, 0.0, 0.2), (0.0, 0.0, 0.2)])
def test_a_slow_sidestep_or_turn_keeps_its_command(duckling, command):
    assert prepare(generate_gait(duckling, command), duckling).command == pytest.approx(command, abs=0.005)


def test_a_walk_ahead_that_drifts_a_little_is_made_straight(duckling):
    vx, vy, wz = prepare(generate_gait(duckling, (0.1, 0.02, 0.05)), duckling).command
    assert vx == pytest.approx(0.1, abs=0.005) and (vy, wz) == pytest.approx((0.0, 0.0), abs=1e-6)
