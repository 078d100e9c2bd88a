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
