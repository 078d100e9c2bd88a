import dataclasses

import numpy as np
import pytest

from webfoot.motion.gait_stance import ankles_roll, soles_turn, stand
from webfoot.motion.leg_ik import LegIk
from webfoot.robots.table import load_robot

DUCKLING = load_robot("duckling")


def test_five_joints_a_leg_leave_no_ankle_roll():
    assert not ankles_roll(DUCKLING)


def test_feet_that_are_points_let_the_base_shift_over_them():
    assert soles_turn(load_robot("otter"))
    assert not soles_turn(DUCKLING)


def test_left_and_right_feet_of_a_pair_stand_mirrored():
    otter = load_robot("otter")
    crooked = otter.default_pos + np.array([0.05, 0.0, 0.0] + [0.0] * 9)
    stance = stand(dataclasses.replace(otter, default_pos=crooked), LegIk(otter))
    front_left, front_right, rear_left, rear_right = stance.feet_xy
    np.testing.assert_allclose(front_left, front_right * [1, -1])
    np.testing.assert_allclose(rear_left, rear_right * [1, -1])
    assert front_left[1] > rear_left[1]


def test_feet_of_a_straddling_pose_are_moved_to_where_their_soles_lie_flat():
    straddle = DUCKLING.default_pos.copy()
    straddle[[1, 10]] = (-0.1, 0.1)
    stance = stand(dataclasses.replace(DUCKLING, default_pos=straddle), LegIk(DUCKLING))
    np.testing.assert_allclose(stance.feet_xy[:, 1], [0.09, -0.09], atol=5e-4)
    assert stance.com_height == pytest.approx(0.227, abs=0.005)
