import dataclasses
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError
from scipy.spatial.transform import Rotation

from webfoot.errors import MotionError
from webfoot.motion.clip import Motion
from webfoot.motion.gait import GaitConfig, generate_gait
from webfoot.motion.kinematics import motion_from_stance, sole_heights, soles_in_base
from webfoot.robots.spec import Robot
from webfoot.robots.table import load_robot

DUCKLING = load_robot("duckling")
OPEN_DUCK = Path(__file__).parents[3] / "shared/data/robots/open_duck_mini_v2/scene_flat_terrain.xml"
COMMANDS = [(0.1, 0.0, 0.0), (-0.08, 0.0, 0.0), (0.0, 0.05, 0.0), (0.0, 0.0, 0.5), (0.08, 0.02, -0.3)]


@pytest.fixture(scope="module", params=["duckling", "open_duck_mini_v2"])
def robot(request: pytest.FixtureRequest) -> Robot:
    if request.param == "duckling":
        return DUCKLING
    if not OPEN_DUCK.exists():
        pytest.skip("real robots are not beside this checkout (../shared/data)")
    return load_robot(OPEN_DUCK)


def soles_in_world(robot: Robot, motion: Motion) -> np.ndarray:
    assert motion.root_quat is not None and motion.root_pos is not None
    rotation = Rotation.from_quat(motion.root_quat, scalar_first=True).as_matrix()
    soles = soles_in_base(robot, motion.joint_pos)
    return np.einsum("tij,tfkj->tfki", rotation, soles) + motion.root_pos[:, None, None]


@pytest.mark.parametrize("command", COMMANDS)
def test_stance_feet_imply_the_command_that_was_asked(robot: Robot, command: tuple[float, float, float]):
    motion = generate_gait(robot, command)
    implied = motion_from_stance(soles_in_base(robot, motion.joint_pos), motion.fps, motion.root_quat, loop=True)
    mean = implied.velocity.mean(axis=0)
    np.testing.assert_allclose(mean, command, atol=0.02 * np.abs(command).max())
    assert motion.command == command


@pytest.mark.parametrize("command", COMMANDS)
def test_stance_feet_stay_where_they_are(robot: Robot, command: tuple[float, float, float]):
    motion = generate_gait(robot, command)
    world = soles_in_world(robot, motion)
    half = motion.num_frames // 2
    for foot, frames in ((0, slice(half, None)), (1, slice(0, half))):  # left stands in the second half, right first
        side = 0 if robot.feet[0].side == "left" else 1
        centre = world[frames, foot if side == 0 else 1 - foot].mean(axis=1)
        assert np.ptp(centre, axis=0).max() < 5e-4


@pytest.mark.parametrize("command", COMMANDS)
def test_joints_keep_their_limits_and_servos_their_speed(robot: Robot, command: tuple[float, float, float]):
    motion = generate_gait(robot, command)
    speed = np.abs(np.roll(motion.joint_pos, -1, axis=0) - motion.joint_pos) * motion.fps  # seam included
    assert np.all(speed <= robot.velocity_limit)
    assert np.all(motion.joint_pos >= robot.lower) and np.all(motion.joint_pos <= robot.upper)
    others = [j for j in range(robot.nu) if j not in robot.leg_ids]
    np.testing.assert_array_equal(motion.joint_pos[:, others], np.tile(robot.default_pos[others], (len(speed), 1)))


def test_straight_walking_repeats_mirrored_after_half_a_cycle(robot: Robot):
    motion = generate_gait(robot, (0.08, 0.0, 0.0))
    half = motion.num_frames // 2
    assert robot.mirror is not None
    legs = robot.leg_ids
    np.testing.assert_array_equal(motion.joint_pos[half:], robot.mirror(motion.joint_pos[:half]))
    np.testing.assert_allclose(motion.joint_pos[:half, legs], robot.mirror(motion.joint_pos[half:])[:, legs])


def test_soles_lie_flat_and_rise_as_high_as_asked():
    motion = generate_gait(DUCKLING, (0.06, 0.0, 0.0), GaitConfig(step_height=0.1, crouch=0.05))
    world = soles_in_world(DUCKLING, motion)
    assert np.ptp(world[..., 2], axis=2).max() < 1e-3
    assert motion.root_quat is not None and motion.root_pos is not None
    heights = sole_heights(soles_in_base(DUCKLING, motion.joint_pos), motion.root_quat) + motion.root_pos[:, 2:]
    np.testing.assert_allclose(heights.max(axis=0), 0.1 * DUCKLING.base_height, rtol=0.05)
    np.testing.assert_allclose(heights.min(axis=0), 0.0, atol=1e-3)


def test_the_period_is_rounded_to_an_even_number_of_frames_and_says_so():
    motion = generate_gait(DUCKLING, (0.05, 0.0, 0.0), GaitConfig(period_s=0.61))
    assert motion.num_frames == 30
    assert any("0.61 s rounded to 0.6 s" in note for note in motion.notes)


def test_pitch_leans_the_base_forward():
    motion = generate_gait(DUCKLING, (0.05, 0.0, 0.0), GaitConfig(pitch_rad=0.1))
    assert motion.root_quat is not None
    pitch = Rotation.from_quat(motion.root_quat, scalar_first=True).as_euler("ZYX")[:, 1]
    np.testing.assert_allclose(pitch, 0.1)


def test_a_walk_too_fast_for_the_servos_names_joint_speed_limit_and_cure():
    with pytest.raises(MotionError, match=r"joint '\w+' would turn at [\d.]+ rad/s, its limit is 5.8 rad/s; ask for"):
        generate_gait(DUCKLING, (0.1, 0.0, 0.0), GaitConfig(step_height=0.13, crouch=0.0))


def test_a_walk_out_of_reach_names_the_joint_and_its_limit():
    with pytest.raises(
        MotionError, match="sole stays .* mm from its place because joint 'left_knee' ends at its limit"
    ):
        generate_gait(DUCKLING, (0.05, 0.0, 0.0), GaitConfig(step_height=0.6, crouch=0.0))


def test_a_stretched_leg_says_so():
    with pytest.raises(MotionError, match="the leg is stretched"):
        generate_gait(DUCKLING, (0.05, 0.0, 0.0), GaitConfig(step_height=0.1, crouch=-0.2))


def test_a_command_that_is_no_number_is_refused():
    with pytest.raises(MotionError, match="is not finite; give vx, vy in m/s"):
        generate_gait(DUCKLING, (float("nan"), 0.0, 0.0))


def test_feet_that_make_no_pairs_cannot_walk():
    with pytest.raises(MotionError, match="has 1 feet .left_foot left.; a gait is generated for pairs"):
        generate_gait(dataclasses.replace(DUCKLING, feet=DUCKLING.feet[:1]), (0.1, 0.0, 0.0))


def test_a_robot_without_mirror_map_is_told_how_to_get_one():
    with pytest.raises(MotionError, match="has no left-right mirror map; name its joints in pairs"):
        generate_gait(dataclasses.replace(DUCKLING, mirror=None), (0.1, 0.0, 0.0))


def test_an_unknown_or_impossible_option_is_refused():
    with pytest.raises(ValidationError, match="stride"):
        GaitConfig(stride=1)  # pyright: ignore[reportCallIssue]
    with pytest.raises(ValidationError, match="less than or equal to 1"):
        GaitConfig(double_support_ratio=2.0)
