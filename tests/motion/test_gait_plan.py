import numpy as np
import pytest

from webfoot.motion.gait_plan import GRAVITY, Rhythm, Stance, arc, pendulum_sway, plan_gait, smoothstep

STANCE = Stance(np.array([[0.01, 0.1], [0.01, -0.1]]), base_height=0.2, com_height=0.25)


def walk(period_s: float) -> Rhythm:
    """Forty frames; the left foot swings from 0.05 to 0.45, the right one half a cycle later."""
    return Rhythm(period_s, num_frames=40, middles=(0.25, 0.75), swing_share=0.4, handover=0.1)


def test_the_arc_rises_once_and_meets_the_ground_without_speed():
    assert arc(np.array([0.0, 0.5, 1.0])).tolist() == [0.0, 1.0, 0.0]
    assert arc(np.array([1e-6]))[0] < 1e-10
    assert smoothstep(np.array([0.0, 0.5, 1.0])).tolist() == [0.0, 0.5, 1.0]


def test_a_pendulum_sways_by_a_known_share_of_a_sine_of_support():
    period, height = 2.0 * np.pi, GRAVITY  # one rad/s, h / g = 1 s^2: the divisor is 1 + 1
    zmp = np.sin(2.0 * np.pi * np.arange(16) / 16)[:, None] + 5.0
    np.testing.assert_allclose(pendulum_sway(zmp, height, period), 0.5 * (zmp - 5.0), atol=1e-12)


def test_a_standing_foot_does_not_move_and_the_other_one_flies_a_step():
    plan = plan_gait(STANCE, (0.2, 0.0, 0.0), walk(1.0), step_height=0.03)
    left, standing = plan.foot_pos[:, 0], plan.contact[:, 0]
    assert np.ptp(left[standing][:8], axis=0).max() == pytest.approx(0.2)  # before and after the swing
    assert np.ptp(plan.foot_pos[20:, 0], axis=0).max() == 0.0
    assert left[:, 2].max() == pytest.approx(0.03)
    assert left[-1, 0] - left[0, 0] == pytest.approx(0.2)  # one cycle of 1 s at 0.2 m/s


def test_a_turning_path_is_an_arc_of_the_commanded_radius():
    plan = plan_gait(STANCE, (0.3, 0.0, 0.5), walk(2.0), step_height=0.03)
    centre = np.array([0.0, 0.6])  # v / w to the left
    np.testing.assert_allclose(np.linalg.norm(plan.base_xy - centre, axis=1), 0.6, atol=0.02)
    np.testing.assert_allclose(plan.heading, 0.5 * 2.0 * np.arange(40) / 40)


def test_the_body_sways_towards_the_standing_foot():
    plan = plan_gait(STANCE, (0.0, 0.0, 0.0), walk(0.6), step_height=0.03)
    assert plan.sway[10] < -0.01  # left foot in the air
    assert plan.sway[30] == pytest.approx(-plan.sway[10])
    assert plan.sway[0] == pytest.approx(0.0, abs=1e-9)


def test_four_feet_swing_when_their_rhythm_says():
    square = np.array([[0.2, 0.1], [0.2, -0.1], [-0.2, 0.1], [-0.2, -0.1]])
    stance = Stance(square, base_height=0.2, com_height=0.2)
    trot = Rhythm(0.5, num_frames=40, middles=(0.25, 0.75, 0.75, 0.25), swing_share=0.4, handover=0.1)
    plan = plan_gait(stance, (0.4, 0.0, 0.0), trot, step_height=0.03)
    assert plan.contact[10].tolist() == [False, True, True, False]
    assert plan.contact[30].tolist() == [True, False, False, True]
    np.testing.assert_allclose(plan.sway, 0.0, atol=1e-9)  # two feet across a diagonal stand around the middle
    np.testing.assert_allclose(plan.base_xy[:, 0], 0.4 * 0.5 * np.arange(40) / 40, atol=0.005)


def test_feet_that_never_swing_stay_on_the_ground():
    still = Rhythm(0.6, num_frames=20, middles=(0.5, 0.5), swing_share=0.0, handover=1.0)
    plan = plan_gait(STANCE, (0.0, 0.0, 0.0), still, step_height=0.03)
    assert plan.contact.all()
    np.testing.assert_allclose(plan.foot_pos[..., :2], np.tile(STANCE.feet_xy, (20, 1, 1)))
    np.testing.assert_allclose(plan.foot_pos[..., 2], 0.0)
    np.testing.assert_allclose(plan.sway, 0.0, atol=1e-12)
