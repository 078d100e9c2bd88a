from dataclasses import replace

import numpy as np
import pytest

from webfoot.evaluate import commanded, gait


def told(episodes, *commands):
    """The same episodes with other commands, one after the other for equal times."""
    steps = episodes.num_steps // len(commands)
    rows = np.repeat(np.array(commands, dtype=float), steps, axis=0)
    rows = np.concatenate([rows, rows[-1:].repeat(episodes.num_steps - len(rows), axis=0)])
    return replace(episodes, command=np.repeat(rows[:, None], episodes.num_episodes, axis=1))


def test_episodes_whose_command_holds_are_one_stretch(walker):
    walk = walker(2)
    assert commanded.stretches(walk) == [walk]


def test_stretches_share_the_state_in_which_the_command_changed(walker):
    first, second = commanded.stretches(told(walker(2), (0.1, 0, 0), (0.2, 0, 0)))
    assert (first.num_steps, second.num_steps) == (250, 250)
    assert (len(first.root_pos), len(second.root_pos)) == (251, 251)
    np.testing.assert_array_equal(first.root_pos[-1], second.root_pos[0])
    assert (first.command == [0.1, 0, 0]).all() and (second.command == [0.2, 0, 0]).all()


def test_every_stretch_is_held_against_its_own_command(walker):
    walk = told(walker(2, speed=0.1), (0.1, 0, 0), (0.2, 0, 0))
    reached, wanted = commanded.followed(walk)
    np.testing.assert_allclose(reached, np.tile([0.1, 0.0, 0.0], (4, 1)), atol=1e-9)
    np.testing.assert_allclose(wanted[:, 0], [0.1, 0.1, 0.2, 0.2])
    rms = np.sqrt((0.1**2 + 0.2**2) / 2)
    assert commanded.speed_error(walk) == pytest.approx(0.5 * 0.1 / rms)


def test_who_fell_before_a_stretch_counts_no_more_in_it(walker, fall):
    walk = fall(told(walker(2), (0.1, 0, 0), (0.2, 0, 0)), 1, 3.0)
    assert len(commanded.followed(walk)[0]) == 3


def test_the_rmse_of_a_steady_error_is_that_error(walker):
    walk = told(walker(1, speed=0.1, yaw_rate=0.3), (0.07, 0, 0.1))
    assert commanded.velocity_rmse(walk, axis=0) == pytest.approx(0.03, abs=1e-3)
    assert commanded.velocity_rmse(walk, axis=2) == pytest.approx(0.2, abs=1e-3)


def test_the_rmse_counts_errors_that_cancel_over_cycles(walker):
    walk = told(walker(1, speed=0.0), (0.1, 0, 0))
    span = round(walk.period_s / walk.control_dt)
    step = np.where(np.arange(walk.num_steps) // span % 2 == 0, 0.2, 0.0) * walk.control_dt
    moved = walk.root_pos.copy()
    moved[1:, 0, 0] = np.cumsum(step)
    begun_on_a_cycle = replace(walk, root_pos=np.roll(moved, commanded.startup_steps(walk) % span, axis=0))
    begun_on_a_cycle.root_pos[: commanded.startup_steps(walk) % span] = 0.0
    assert commanded.velocity_rmse(begun_on_a_cycle, axis=0) == pytest.approx(0.1, rel=0.05)


def test_standing_robots_have_no_speed_error(walker):
    still = told(walker(1, speed=0.05), (0.0, 0.0, 0.0))
    assert (commanded.speed_error(still), commanded.velocity_rmse(still, axis=0)) == (0.0, 0.0)
    assert commanded.standing_drift(still) == pytest.approx(0.05)


def test_turning_error_is_of_the_commanded_rate(walker):
    assert commanded.turning_error(told(walker(1, yaw_rate=0.4), (0.1, 0, 0.5))) == pytest.approx(0.2, abs=1e-3)
    assert commanded.turning_error(told(walker(1, yaw_rate=0.4), (0.1, 0, 0.05))) == 0.0


def test_a_robot_walks_from_a_startup_after_it_was_told_to(walker):
    walk = told(walker(1), (0, 0, 0), (0.1, 0, 0))
    walking = commanded.walks(walk)[:, 0]
    assert not walking[:300].any() and walking[300:].all()


def test_a_foot_in_the_air_while_told_to_stand_is_found(walker):
    walk = walker(1)
    assert gait.standing_steps(walk) == 0.0  # told to walk
    still = told(walk, (0.0, 0.0, 0.0))
    assert gait.standing_steps(still) > 0.3  # its feet go on walking
    assert gait.standing_steps(replace(still, foot_height=0 * still.foot_height)) == 0.0
