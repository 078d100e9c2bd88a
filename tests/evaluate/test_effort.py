from dataclasses import replace

import numpy as np
import pytest

from webfoot.evaluate import effort


def zigzag(walk, size):
    sign = np.where(np.arange(500) % 2, size, -size)
    return np.broadcast_to(sign[:, None, None], walk.action.shape).astype(np.float32)


def test_action_rate_and_jerk_of_a_zigzag(walker):
    walk = walker()
    shaking = replace(walk, action=zigzag(walk, 0.5))
    assert effort.action_rate(shaking) == pytest.approx(1.0)
    assert effort.action_jerk(shaking) == pytest.approx(2.0)


def test_targets_on_a_straight_line_do_not_jitter(walker):
    walk = walker(1)
    ramp = np.broadcast_to(np.arange(500)[:, None, None] * 0.01, (500, 1, 3)).astype(np.float32)
    assert effort.target_jitter(replace(walk, joint_pos_target=ramp)) == pytest.approx(0, abs=1e-6)


def test_saturation_is_the_share_of_samples_at_the_limit(walker):
    walk = walker(1)
    torque, speed = walk.torque.copy(), walk.joint_vel.copy()
    torque[:250, :, 0] = -2.0
    speed[1:101, :, 2] = 5.5
    strained = replace(walk, torque=torque, joint_vel=speed)
    assert effort.torque_saturation(strained) == pytest.approx(1 / 6)
    assert effort.speed_saturation(strained) == pytest.approx(1 / 15)
    assert effort.torque_use(strained) == 1.0
    assert effort.speed_use(strained) == pytest.approx(1.1)


def test_what_happens_after_the_fall_costs_nothing(walker, fall):
    walk = walker(1)
    torque = walk.torque.copy()
    torque[100:] = 2.0
    assert effort.torque_saturation(fall(replace(walk, torque=torque), 0, 2.0)) == 0.0


def test_cost_of_transport_is_work_for_weight_and_way(walker):
    walk = walker(2, speed=0.1)  # 1 m in 10 s
    torque, speed = np.zeros_like(walk.torque), np.zeros_like(walk.joint_vel)
    torque[..., 0], speed[..., 0] = 0.5, 2.0  # 1 W of one servo
    torque[..., 1], speed[..., 1] = -0.5, 2.0  # braking gives nothing back
    worked = replace(walk, torque=torque, joint_vel=speed)
    assert effort.cost_of_transport(worked, mass_kg=2.0) == pytest.approx(10.0 / (2.0 * 9.81 * 1.0), rel=1e-3)


def test_who_stays_where_it_is_pays_for_nothing(walker):
    assert effort.cost_of_transport(walker(speed=0.0), mass_kg=2.0) == float("inf")
