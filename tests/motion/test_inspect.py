import json
from dataclasses import replace

import numpy as np
import pytest
from clips import NO_DATA, SHARED_MOTIONS, SHARED_ROBOT, stepping
from scipy.spatial.transform import Rotation

from webfoot.motion.clip import Motion
from webfoot.motion.inspect import ALL_CHECKS, REFUSING, inspect, refusal, report_on, subject_of
from webfoot.motion.read import read_motions
from webfoot.robots.table import load_robot


def found(motion, robot, code):
    return [finding for finding in inspect(motion, robot).findings if finding.code == code]


def knee(robot):
    return robot.joint_names.index("left_knee")


def test_a_sound_clip_has_nothing_to_report(duckling):
    report = inspect(stepping(duckling, 24, loop=True), duckling)
    assert report.findings == () and report.usable
    assert report.metrics["period_s"] == pytest.approx(0.48) and report.metrics["foot_lift_left_m"] > 0.005


def with_nan(motion):
    motion.joint_pos[3, 3] = np.nan
    return motion


STATES = {
    "sound": lambda robot: stepping(robot),
    "nan": lambda robot: with_nan(stepping(robot)),
    "another robot": lambda robot: Motion("arm", 50, ("elbow",), np.zeros((30, 1))),
    "two frames": lambda robot: Motion("short", 50, robot.joint_names, np.zeros((2, robot.nu))),
    "noise": lambda robot: Motion(
        "noise", 50, robot.leg_joint_names, np.random.default_rng(0).normal(size=(90, 10)), loop=False
    ),
    "degrees": lambda robot: replace(stepping(robot), joint_pos=np.degrees(stepping(robot).joint_pos)),
    "with root": lambda robot: replace(
        stepping(robot),
        root_pos=np.zeros((120, 3)),
        root_quat=np.tile([1.0, 0, 0, 0], (120, 1)),
        stored_velocity=np.ones((120, 6)),
        notes=("root lies 0.070 m to the right of the middle of the feet",),
    ),
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("name", ALL_CHECKS)
def test_every_check_gives_complete_findings_for_every_clip(duckling, name, state):
    motion = STATES[state](duckling)
    for finding in ALL_CHECKS[name](subject_of(motion, duckling)):
        assert finding.code and finding.message and finding.cure and "\n" not in finding.message
        assert finding.severity in ("error", "warning", "info")
        assert finding.frame is None or 0 <= finding.frame < motion.num_frames


@pytest.mark.parametrize("state", STATES)
def test_every_report_is_json(duckling, state):
    report = inspect(STATES[state](duckling), duckling)
    assert json.loads(json.dumps(report.to_dict(), allow_nan=False))["usable"] == report.usable


def test_nan_is_found_with_frame_and_joint_and_makes_the_clip_unusable(duckling):
    report = inspect(with_nan(stepping(duckling)), duckling)
    (finding,) = report.findings
    assert (finding.code, finding.severity, finding.frame, finding.joint) == ("broken_number", "error", 3, "left_knee")
    assert not report.usable and report.to_dict()["findings"][0]["value"] is None


def test_degrees_are_recognised(duckling):
    clip = stepping(duckling)
    (finding,) = found(replace(clip, joint_pos=np.degrees(clip.joint_pos) * 3), duckling, "broken_number")
    assert "degrees" in finding.cure


def test_an_angle_beyond_its_limit_is_found_where_it_is_worst(duckling):
    clip = stepping(duckling)
    clip.joint_pos[7, knee(duckling)] = 1.8
    (finding,) = found(clip, duckling, "joint_limit")
    assert (finding.frame, finding.joint, finding.value, finding.severity) == (7, "left_knee", 1.8, "warning")
    assert finding.limit == pytest.approx(1.5708)


def test_a_leg_joint_always_far_outside_means_another_robot(duckling):
    clip = stepping(duckling)
    clip.joint_pos[:, duckling.joint_names.index("left_hip_pitch")] = 0.9
    (finding,) = found(clip, duckling, "joint_limit")
    assert finding.severity == "error" and "retarget" in finding.cure


def test_a_joint_faster_than_its_servo_is_found(duckling):
    clip = stepping(duckling)
    clip.joint_pos[10:, knee(duckling)] += 0.2  # 10 rad/s, and the step itself
    (finding,) = found(clip, duckling, "servo_speed")
    assert (finding.frame, finding.joint, finding.unit) == (9, "left_knee", "rad/s")
    assert finding.value == pytest.approx(10.0, abs=2.5) and finding.limit == pytest.approx(5.77, abs=0.01)


def test_a_jump_is_told_from_a_fast_swing(duckling):
    clip = stepping(duckling)
    assert not found(clip, duckling, "jump")
    clip.joint_pos[50:, knee(duckling)] -= 0.6
    (finding,) = found(clip, duckling, "jump")
    assert (finding.frame, finding.joint) == (49, "left_knee")
    assert finding.value == pytest.approx(0.6, abs=0.1)


def test_an_open_seam_of_a_loop_is_found(duckling):
    clip = stepping(duckling, 24, loop=True)
    clip.joint_pos[:, knee(duckling)] += np.linspace(0, 0.3, 24)
    (finding,) = found(clip, duckling, "seam")
    assert finding.frame == 23 and finding.joint == "left_knee" and finding.value > 0.1 > finding.limit


def test_a_start_from_rest_is_found_as_warm_up(duckling):
    clip = stepping(duckling)
    rest = np.tile(clip.joint_pos[:1], (30, 1))
    clip = replace(clip, joint_pos=np.concatenate([rest, clip.joint_pos]))
    (finding,) = found(clip, duckling, "warm_up")
    assert finding.value == pytest.approx(0.6, abs=0.2) and finding.unit == "s"


def test_a_lost_root_height_is_found(duckling):
    clip = replace(stepping(duckling), root_pos=np.zeros((120, 3)), root_quat=np.tile([1.0, 0, 0, 0], (120, 1)))
    (finding,) = found(clip, duckling, "root_height_lost")
    assert finding.value == 0.0 and finding.limit == pytest.approx(duckling.base_height)


def test_stored_velocities_that_the_poses_contradict_are_found(duckling):
    seconds = np.arange(120) / 50
    turning = Rotation.from_euler("z", 0.9 * seconds[:, None]).as_quat(scalar_first=True)
    stored = np.tile([0.2, 0, 0, 0, 0, 0.02], (120, 1))  # states .02 rad/s, turns at .9
    stored[0] = 0.0
    root = np.column_stack([0.2 * seconds, 0 * seconds, 0 * seconds + duckling.base_height])
    clip = replace(stepping(duckling), root_pos=root, root_quat=turning, stored_velocity=stored)
    (finding,) = found(clip, duckling, "stored_velocity")
    assert (finding.value, finding.limit, finding.unit) == (pytest.approx(0.02), pytest.approx(0.9), "rad/s")
    assert found(clip, duckling, "first_velocity_zero")
    assert found(clip, duckling, "feet_slip")  # the feet step on the spot


def test_a_clip_of_one_moment_is_too_short(duckling):
    clip = stepping(duckling, 5)
    (finding,) = found(clip, duckling, "too_short")
    assert finding.severity == "error" and finding.value == pytest.approx(0.08)


def test_legs_that_stand_still_are_found(duckling):
    clip = Motion("stand", 50, duckling.joint_names, np.tile(duckling.default_pos, (100, 1)))
    assert found(clip, duckling, "still")


def test_names_that_share_no_leg_make_the_clip_unusable(duckling):
    report = inspect(Motion("arm", 50, ("elbow",), np.zeros((30, 1))), duckling)
    assert not report.usable and report.findings[0].code == "missing_leg_joint"


@pytest.mark.skipif(not SHARED_MOTIONS.is_dir(), reason=NO_DATA)
def test_clips_of_another_robot_are_recognised_by_their_angles():
    robot = load_robot(SHARED_ROBOT)
    for motion in read_motions(SHARED_MOTIONS / "awd"):
        report = inspect(motion, robot)
        codes = {finding.code for finding in report.findings}
        assert not report.usable and {"joint_limit", "warm_up", "feet_slip", "first_velocity_zero"} <= codes
        assert report.metrics["period_s"] == pytest.approx(0.423, abs=0.002)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("name", [name for name in ALL_CHECKS if name not in REFUSING])
def test_only_the_checks_that_are_said_to_refuse_a_clip_do(duckling, name, state):
    findings = ALL_CHECKS[name](subject_of(STATES[state](duckling), duckling))
    assert all(finding.severity != "error" for finding in findings)


@pytest.mark.parametrize("state", STATES)
def test_the_refusal_is_the_first_error_of_the_report(duckling, state):
    subject = subject_of(STATES[state](duckling), duckling)
    report = report_on(subject)
    assert str(refusal(subject)) == str(None if report.usable else report.findings[0])  # NaN is not itself


def test_refusing_checks_stand_in_the_order_of_the_report():
    assert list(REFUSING) == [name for name in ALL_CHECKS if name in REFUSING]
