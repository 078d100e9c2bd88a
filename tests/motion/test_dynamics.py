"""Torque, balance, closing and loops of clips, by small cases worked out by hand."""

from dataclasses import replace

import numpy as np
import pytest
from test_damage import sound

from webfoot.motion.balance import imbalance_mm, outside_support_mm, zero_moment_point
from webfoot.motion.carry import carrying_torque
from webfoot.motion.clip import Motion
from webfoot.motion.closing import one_frame_around
from webfoot.motion.effort import required_torque
from webfoot.motion.loop import best_loop
from webfoot.motion.traces import trace


def standing(robot, frames=20, fps=50.0):
    """The default pose, held."""
    root = np.tile([0.0, 0.0, robot.base_height], (frames, 1))
    quat = np.tile([1.0, 0.0, 0.0, 0.0], (frames, 1))
    joints = np.tile(robot.default_pos, (frames, 1))
    return Motion("standing", fps, robot.joint_names, joints, root, quat)


def test_torque_of_a_robot_at_rest_is_what_carries_it(duckling):
    clip = standing(duckling)
    torque = required_torque(trace(clip, duckling), duckling)
    carried = carrying_torque(clip, duckling)
    pitch = [duckling.joint_names.index(name) for name in duckling.leg_joint_names if "knee" in name]
    assert torque[0] == pytest.approx(torque[-1], abs=1e-9)
    # both put the same weight on the soles; the moment about them, which only the first counts, is small at rest
    assert np.abs(torque[0, pitch] - carried[0, pitch]).max() < 0.35


def test_a_quicker_walk_takes_more_torque(duckling):
    walk, _ = sound("walk")
    slow, fast = (required_torque(trace(replace(walk, fps=fps), duckling), duckling) for fps in (50.0, 100.0))
    assert np.sqrt(np.square(fast).mean()) > 2.0 * np.sqrt(np.square(slow).mean())


def test_at_rest_the_zero_moment_point_lies_below_the_centre_of_mass(duckling):
    traces = trace(standing(duckling), duckling)
    assert zero_moment_point(traces) == pytest.approx(traces.com_w[:, :2], abs=1e-9)
    assert imbalance_mm(traces) == pytest.approx(0.0)


def test_distance_from_a_square_of_support():
    square = np.array([[[[0.0, 0, 0], [1, 0, 0], [0, 1, 0], [1, 1, 0]]]])  # one frame, one foot of 1 m
    for point, millimetres in (((0.5, 0.5), 0.0), ((1.02, 0.5), 20.0), ((0.5, -0.1), 100.0)):
        found = outside_support_mm(np.array([point]), square, np.array([[True]]))
        assert found == pytest.approx([millimetres])


def test_a_straight_walk_goes_on_by_its_own_step(duckling):
    walk, _ = sound("walk")
    around = one_frame_around(walk)
    steps = np.diff(around.root_pos[:, 0])
    assert steps[[0, -1]] == pytest.approx(0.1 / 50, rel=0.15)
    assert np.array_equal(around.joint_pos[0], walk.joint_pos[-1])


def test_a_turn_goes_on_turning(duckling):
    turn, _ = sound("turn_left")
    quat = one_frame_around(turn).root_quat
    yaw = np.unwrap(2 * np.arctan2(quat[:, 3], quat[:, 0]))
    assert np.diff(yaw) == pytest.approx(0.5 / 50, rel=0.2)


def test_the_best_loop_is_a_whole_number_of_cycles():
    walk, _ = sound("walk, recorded")
    loop = best_loop(walk)
    assert loop is not None and (loop.end - loop.start) % 26 == 0
    assert loop.seam_rad < 1e-3 and loop.end - loop.start >= 26 * 6


def test_the_best_loop_avoids_the_start_from_rest():
    walk, _ = sound("walk, recorded")
    still = np.repeat(walk.joint_pos[:1] + 0.2, 30, axis=0)
    late = Motion("late", 50.0, walk.joint_names, np.concatenate([still, walk.joint_pos]), loop=False)
    loop = best_loop(late, shortest_s=1.0)
    assert loop is not None and loop.start >= 30


def test_a_clip_too_short_to_loop_has_none():
    assert best_loop(Motion("short", 50.0, ("a",), np.zeros((5, 1)), loop=False)) is None
