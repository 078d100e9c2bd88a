import numpy as np

from webfoot.motion.kinematics import soles_in_base
from webfoot.motion.leg_ik import LegIk
from webfoot.robots.table import load_robot

DUCKLING = load_robot("duckling")
UPRIGHT = np.array([1.0, 0.0, 0.0, 0.0])
BASE = np.array([0.0, 0.0, DUCKLING.base_height])
FEET = soles_in_base(DUCKLING, DUCKLING.default_pos[None])[0].mean(axis=1) + BASE


def test_feet_where_they_stand_give_the_standing_pose():
    joints, distance = LegIk(DUCKLING).solve(BASE, UPRIGHT, FEET, np.zeros(2))
    np.testing.assert_allclose(joints, DUCKLING.default_pos, atol=1e-6)
    assert distance < 1e-8


def test_a_raised_and_turned_foot_is_where_and_how_it_was_asked():
    wanted = FEET + np.array([[0.02, 0.0, 0.02], [0.0, 0.0, 0.0]])
    joints, distance = LegIk(DUCKLING).solve(BASE, UPRIGHT, wanted, np.array([0.1, 0.0]))
    soles = soles_in_base(DUCKLING, joints[None])[0] + BASE
    assert distance < 1e-3
    np.testing.assert_allclose(soles.mean(axis=1), wanted, atol=1e-3)
    along = soles[0, 1] - soles[0, 0]  # from heel to toe
    np.testing.assert_allclose(np.arctan2(along[1], along[0]), 0.1, atol=0.01)


def test_a_foot_out_of_reach_is_reported_by_its_distance_and_joints_stay_within_limits():
    joints, distance = LegIk(DUCKLING).solve(BASE + [0.0, 0.0, 0.1], UPRIGHT, FEET, np.zeros(2))
    assert distance > 0.03
    assert np.all(joints >= DUCKLING.lower) and np.all(joints <= DUCKLING.upper)
