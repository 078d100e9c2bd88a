from dataclasses import replace

import numpy as np
import pytest

from webfoot.evaluate import commanded, tracking


def test_survival_counts_episodes_alive_at_the_end(walker, fall):
    assert tracking.survival(fall(walker(4), episode=1, time_s=9.9)) == 0.75


def test_velocity_of_a_straight_walk_is_its_progress(walker):
    assert commanded.velocity(walker(2, speed=0.08)) == pytest.approx(np.tile([0.08, 0.0, 0.0], (2, 1)))


def test_velocity_of_a_circle_is_forward_in_the_heading_frame(walker):
    vx, vy, wz = commanded.velocity(walker(1, speed=0.1, yaw_rate=0.8))[0]
    assert (vx, vy, wz) == pytest.approx((0.1, 0.0, 0.8), abs=1e-3)


def test_sway_of_the_gait_is_no_speed(walker):
    walk = walker(1)
    swayed = walk.root_pos.copy()
    swayed[:, 0, 1] += 0.02 * np.sin(2 * np.pi * walk.phase[:, 0])
    assert commanded.sideways_error(replace(walk, root_pos=swayed)) == pytest.approx(0.0, abs=1e-9)


def test_velocity_ignores_the_first_second(walker):
    walk = walker(1, speed=0.1)
    late = walk.root_pos.copy()
    late[:50] = late[50]
    assert commanded.velocity(replace(walk, root_pos=late))[0, 0] == pytest.approx(0.1)


def test_speed_error_is_relative_to_the_command(walker):
    assert commanded.speed_error(walker(speed=0.085)) == pytest.approx(0.15)


def test_speed_across_the_command_is_sideways(walker):
    walk = walker(1, speed=0.1)
    crabbing = walk.root_pos.copy()
    crabbing[:, 0, 1] = crabbing[:, 0, 0] / 2
    assert commanded.speed_error(replace(walk, root_pos=crabbing)) == pytest.approx(0.0, abs=1e-9)
    assert commanded.sideways_error(replace(walk, root_pos=crabbing)) == pytest.approx(0.5)


def test_speed_error_of_a_standing_command_is_absolute(walker):
    told_to_stand = replace(walker(speed=0.03), command=np.zeros((500, 2, 3)))
    assert commanded.speed_error(told_to_stand) == 0.0
    assert commanded.standing_drift(told_to_stand) == pytest.approx(0.03)


def test_a_fall_leaves_every_number_finite(walker, fall):
    fallen = fall(fall(walker(2), episode=0, time_s=0.02), episode=1, time_s=3.0)
    assert commanded.velocity(fallen)[1] == pytest.approx((0.1, 0.0, 0.0))
    for number in (commanded.speed_error, tracking.yaw_drift, tracking.tilt_p95, tracking.joint_rmse):
        assert np.isfinite(number(fallen))


def test_yaw_drift_is_degrees_in_ten_seconds_from_the_commanded_turn(walker):
    assert tracking.yaw_drift(walker(1, yaw_rate=np.radians(3))) == pytest.approx(30)
    assert tracking.yaw_drift(walker(1, yaw_rate=0.5, wz=0.5)) == pytest.approx(0, abs=1e-6)


def test_yaw_drift_unwraps_more_than_one_turn(walker):
    assert tracking.worst_yaw_drift(walker(1, yaw_rate=np.radians(80))) == pytest.approx(800)


def test_yaw_sway_is_no_drift(walker):
    walk = walker(1)
    sway = 0.1 * np.sin(2 * np.pi * walk.phase[:, 0])
    quat = np.stack([np.cos(sway / 2), 0 * sway, 0 * sway, np.sin(sway / 2)], axis=-1)[:, None]
    assert tracking.yaw_drift(replace(walk, root_quat=quat)) == pytest.approx(0, abs=1e-6)


def test_opposite_drifts_do_not_cancel(walker):
    left, right = walker(1, yaw_rate=0.05), walker(1, yaw_rate=-0.05)
    both = np.concatenate([left.root_quat, right.root_quat], axis=1)
    assert tracking.yaw_drift(replace(walker(2), root_quat=both)) == pytest.approx(np.degrees(0.5))


def test_tilt_is_the_angle_between_base_and_up(walker):
    walk = walker(1)
    rolled = np.tile([np.cos(0.1), np.sin(0.1), 0.0, 0.0], (501, 1, 1))
    assert tracking.tilt_p95(replace(walk, root_quat=rolled)) == pytest.approx(np.degrees(0.2))


def test_joint_rmse_of_a_constant_error_is_that_error(walker):
    walk = walker(1)
    assert tracking.joint_rmse(replace(walk, joint_pos=walk.joint_pos + 0.07)) == pytest.approx(0.07)


def test_a_still_joint_does_not_flatter_the_legs(walker):
    walk = walker(1)
    off = walk.joint_pos + [0.3, 0.3, 0.0]
    assert tracking.moving_joint_rmse(replace(walk, joint_pos=off)) == pytest.approx(0.3)
    assert tracking.joint_rmse(replace(walk, joint_pos=off)) == pytest.approx(0.3 * np.sqrt(2 / 3))
