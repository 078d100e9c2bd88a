import dataclasses

import numpy as np
import pytest

from webfoot.errors import MotionError, UnknownName
from webfoot.motion.clip import Motion
from webfoot.motion.feet import FootPlace, foot_names, foot_places
from webfoot.motion.gait import GaitConfig, generate_gait
from webfoot.motion.gait_table import GAITS, Gait, choose_gait
from webfoot.motion.kinematics import motion_from_stance, sole_heights, soles_in_base
from webfoot.robots.spec import Robot
from webfoot.robots.table import load_robot

OTTER = load_robot("otter")
DUCKLING = load_robot("duckling")
FOUR = foot_places(OTTER)
SIX = tuple(FootPlace(row, side) for row in range(3) for side in range(2))
OF_FOUR = [name for name, gait in GAITS.items() if 2 in gait.rows]
COMMANDS = [(0.25, 0.0, 0.0), (-0.2, 0.0, 0.0), (0.0, 0.12, 0.0), (0.0, 0.0, 0.6), (0.15, 0.05, -0.4), (0.0, 0.0, 0.0)]


def lifts(robot: Robot, motion: Motion) -> np.ndarray:
    """Heights of the soles above the ground [m], (T, F)."""
    assert motion.root_quat is not None and motion.root_pos is not None
    return sole_heights(soles_in_base(robot, motion.joint_pos), motion.root_quat) + motion.root_pos[:, 2:]


@pytest.mark.parametrize("name", GAITS)
def test_every_gait_swings_within_its_cycle(name: str):
    gait = GAITS[name]
    for rows in gait.rows or (1, 2, 3):
        places = [FootPlace(row, side) for row in range(rows) for side in range(2)]
        for middle in gait.middles(places):
            assert gait.groups == 0 or 0.5 / gait.groups <= middle <= 1.0 - 0.5 / gait.groups


@pytest.mark.parametrize("name", OF_FOUR)
@pytest.mark.parametrize("command", COMMANDS)
def test_every_gait_of_four_feet_walks_with_the_command(name: str, command: tuple[float, float, float]):
    motion = generate_gait(OTTER, command, GaitConfig(gait=name))
    implied = motion_from_stance(soles_in_base(OTTER, motion.joint_pos), motion.fps, motion.root_quat, loop=True)
    np.testing.assert_allclose(implied.velocity.mean(axis=0), command, atol=2e-3)
    speed = np.abs(np.roll(motion.joint_pos, -1, axis=0) - motion.joint_pos) * motion.fps
    assert np.all(speed <= OTTER.velocity_limit)
    assert np.all(motion.joint_pos >= OTTER.lower) and np.all(motion.joint_pos <= OTTER.upper)
    heights = lifts(OTTER, motion)
    assert heights.max(axis=0).min() > 0.01
    np.testing.assert_allclose(heights.min(axis=0), 0.0, atol=1e-3)


def test_a_trot_lifts_diagonal_feet_together():
    rising = lifts(OTTER, generate_gait(OTTER, (0.2, 0.0, 0.0))) > 0.005
    first, second = rising[:, [0, 3]], rising[:, [1, 2]]
    assert (first[:, 0] == first[:, 1]).all() and (second[:, 0] == second[:, 1]).all()
    assert not (first[:, 0] & second[:, 0]).any()


def test_a_pace_lifts_the_feet_of_a_side_together():
    assert [GAITS["pace"].middle(place) for place in FOUR] == [0.25, 0.75, 0.25, 0.75]


def test_six_feet_step_in_two_tripods():
    assert [GAITS["tripod"].middle(place) for place in SIX] == [0.25, 0.75, 0.75, 0.25, 0.25, 0.75]


def test_left_and_right_alternate_unless_both_swing_at_once():
    assert all(GAITS[name].is_alternating(FOUR) for name in OF_FOUR)
    bound = Gait((2,), lambda foot: 0.25 + 0.5 * foot.row, groups=2)
    assert not bound.is_alternating(FOUR)


def test_the_gait_follows_from_the_number_of_feet():
    assert choose_gait(None, foot_places(DUCKLING), "duckling") is GAITS["walk"]
    assert choose_gait(None, FOUR, "otter") is GAITS["trot"]
    assert choose_gait(None, SIX, "bug") is GAITS["tripod"]


def test_standing_holds_the_standing_pose():
    motion = generate_gait(OTTER, (0.0, 0.0, 0.0), GaitConfig(gait="stand"))
    np.testing.assert_allclose(motion.joint_pos, np.tile(OTTER.default_pos, (motion.num_frames, 1)), atol=1e-6)


def test_a_gait_for_another_number_of_feet_is_refused():
    with pytest.raises(MotionError, match="has 2 feet, which is not a number to trot on; choose one of walk, stand"):
        generate_gait(DUCKLING, (0.1, 0.0, 0.0), GaitConfig(gait="trot"))


def test_an_unknown_gait_lists_the_known_ones():
    with pytest.raises(UnknownName, match="unknown gait 'gallop': choose one of pace, stand, tripod, trot, walk"):
        generate_gait(OTTER, (0.1, 0.0, 0.0), GaitConfig(gait="gallop"))


def test_who_stands_goes_nowhere():
    with pytest.raises(MotionError, match="gait 'stand' stays where it is, but the command is .* ask for zero"):
        generate_gait(OTTER, (0.1, 0.0, 0.0), GaitConfig(gait="stand"))


def test_feet_are_named_by_pair_and_side():
    assert foot_names(DUCKLING) == ("left", "right")
    assert foot_names(OTTER) == ("front_left", "front_right", "rear_left", "rear_right")


def test_feet_without_pairs_are_named_after_their_bodies():
    three = dataclasses.replace(OTTER, feet=OTTER.feet[:3])
    assert foot_names(three) == ("front_left_shin", "front_right_shin", "rear_left_shin")


def test_the_base_sways_over_points_and_over_ankles_that_roll_unless_told_otherwise():
    swaying = generate_gait(OTTER, (0.2, 0.0, 0.0), GaitConfig(gait="pace"))
    straight = generate_gait(OTTER, (0.2, 0.0, 0.0), GaitConfig(gait="pace", sway=0.0))
    assert swaying.root_pos is not None and straight.root_pos is not None
    assert np.ptp(swaying.root_pos[:, 1]) > 0.02
    assert np.ptp(straight.root_pos[:, 1]) == pytest.approx(0.0)
    assert swaying.root_pos[11 + 5, 1] > 0.01  # the feet of the left side stand
