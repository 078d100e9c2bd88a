"""What is held back, worked out by hand; and every reason to stand down."""

from dataclasses import fields, replace

import numpy as np
import pytest

from webfoot_runtime.errors import PolicyError
from webfoot_runtime.hardware import Sensors
from webfoot_runtime.policy import OnnxPolicy
from webfoot_runtime.safety import SafetyLimits, clamp, trouble

FREE = SafetyLimits(torque_share=1e6, rate_share=1e6)
WELL = Sensors(10.0, np.zeros(3), np.array([0.0, 0.0, -1.0]), np.array([0.1, -0.2]), np.zeros(2))


@pytest.fixture
def layout(policy_path):
    """Two joints: limits -1..1 and -1.5..1.5 rad, kp 13.37, kd 0.1 and 1/3, 3.23 Nm, 5.24 rad/s, 20 ms."""
    return OnnxPolicy(policy_path).layout


def held(layout, wanted, last=(0.1, -0.2), sensors=WELL, limits=FREE):
    return clamp(np.array(wanted), np.array(last), sensors, layout, limits)


def test_what_is_within_all_limits_is_sent_as_it_is(layout):
    sent = held(layout, [0.2, -0.3], limits=SafetyLimits())
    assert sent.targets.tolist() == [0.2, -0.3]
    assert not (sent.by_torque.any() or sent.by_rate.any() or sent.by_limits.any())


def test_joint_limits_hold_whatever_is_asked(layout):
    sent = held(layout, [7.0, -7.0])
    assert sent.targets.tolist() == [1.0, -1.5] and sent.by_limits.tolist() == [True, True]
    assert held(layout, [7.0, -7.0], limits=replace(FREE, joint_margin=0.1)).targets.tolist() == [0.9, -1.4]


def test_a_target_moves_no_faster_than_its_share_of_the_speed(layout):
    sent = held(layout, [0.9, -0.25], limits=replace(FREE, rate_share=2.0))
    np.testing.assert_allclose(sent.targets, [0.1 + 2 * 5.24 * 0.02, -0.25])
    assert sent.by_rate.tolist() == [True, False]


def test_a_target_asks_for_no_more_than_its_share_of_the_torque(layout):
    moving = replace(WELL, joint_vel=np.array([0.0, 2.0]))
    sent = held(layout, [0.9, 1.4], sensors=moving, limits=replace(FREE, torque_share=0.5))
    # kp (target - q) - kd q' = 0.5 x 3.23 Nm
    np.testing.assert_allclose(sent.targets, [0.1 + 1.615 / 13.37, -0.2 + (1.615 + 2 / 3) / 13.37])
    assert sent.by_torque.tolist() == [True, True]


def test_without_fresh_sensors_torque_is_left_to_the_servos(layout):
    limits = replace(FREE, torque_share=0.5)
    assert held(layout, [0.9, -0.2], sensors=None, limits=limits).targets.tolist() == [0.9, -0.2]


def test_a_robot_that_is_well_has_no_trouble(layout):
    assert trouble(10.0, WELL, layout, SafetyLimits()) == ""


TILTED = np.array([np.sin(np.radians(50)), 0.0, -np.cos(np.radians(50))])
CASES = {
    "none": (None, "the sensors cannot be read"),
    "stale": (replace(WELL, time_s=9.9), "the sensors are stale: 0.100 s old, at most 0.06 s are allowed"),
    "no time": (replace(WELL, time_s=np.nan), "the sensors are stale"),
    "another clock": (replace(WELL, time_s=99.0), "the sensors are 89.000 s ahead of the loop's clock"),
    "NaN": (replace(WELL, gyro=np.array([0, np.nan, 0])), "gyro holds NaN or infinity"),
    "infinity": (replace(WELL, joint_vel=np.array([np.inf, 0])), "joint_vel holds NaN or infinity"),
    "too few": (replace(WELL, joint_pos=np.zeros(1)), r"joint_pos has the shape (1,), but (2,) would be right"),
    "accelerometer": (
        replace(WELL, projected_gravity=np.array([0, 0, -9.81])),
        "projected_gravity has the length 9.81",
    ),
    "tilt": (replace(WELL, projected_gravity=TILTED), "the base is tilted by 50 degrees, at most 45 are allowed"),
    "upside down": (replace(WELL, projected_gravity=np.array([0, 0, 1.0])), "the base is tilted by 180 degrees"),
    "degrees": (
        replace(WELL, joint_pos=np.degrees(WELL.joint_pos)),
        "joint 'knee' reads -11.5 rad, outside of its limits -1.5 to 1.5",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_every_trouble_is_named(layout, name):
    sensors, words = CASES[name]
    assert words in trouble(10.0, sensors, layout, SafetyLimits())


@pytest.mark.parametrize("name", [field.name for field in fields(SafetyLimits)])
def test_a_limit_that_limits_nothing_is_refused(name):
    with pytest.raises(PolicyError, match=f"safety limit {name} is -1"):
        SafetyLimits(**{name: -1})
    with pytest.raises(PolicyError, match=f"safety limit {name} is nan"):
        SafetyLimits(**{name: np.nan})


def test_a_joint_that_reads_where_it_cannot_be_does_not_hold_its_target_back(layout):
    nowhere = replace(WELL, joint_pos=np.array([57.0, -0.2]))
    sent = held(layout, [0.2, 1.4], sensors=nowhere, limits=replace(FREE, torque_share=0.5))
    assert sent.targets[0] == 0.2 and sent.by_torque.tolist() == [False, True]
