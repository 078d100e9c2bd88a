import dataclasses

import numpy as np
import pytest

from webfoot.motion.gait_stance import ankles_roll, left_first, stand
from webfoot.motion.leg_ik import LegIk
from webfoot.robots.table import load_robot

DUCKLING = load_robot("duckling")


def test_five_joints_a_leg_leave_no_ankle_roll():
    assert not ankles_roll(DUCKLING)


def test_the_left_foot_comes_first_however_the_robot_lists_them():
    assert left_first(DUCKLING) == [0, 1]
    assert left_first(dataclasses.replace(DUCKLING, feet=DUCKLING.feet[::-1])) == [1, 0]


def test_feet_of_a_straddling_pose_are_moved_to_where_their_soles_lie_flat():
    straddle = DUCKLING.default_pos.copy()
    straddle[[1, 10]] = (-0.1, 0.1)
    stance = stand(dataclasses.replace(DUCKLING, default_pos=straddle), LegIk(DUCKLING))
    np.testing.assert_allclose(stance.feet_xy[:, 1], [0.09, -0.09], atol=5e-4)
    assert stance.com_height == pytest.approx(0.227, abs=0.005)
