from dataclasses import replace

import numpy as np
import pytest

from webfoot.evaluate import gait


def test_every_cycle_of_a_walk_lifts_both_feet(walker):
    assert gait.lifted_cycles(walker(lift=0.03)) == 1.0


def test_a_foot_that_rises_two_millimetres_shuffles(walker):
    assert gait.lifted_cycles(walker(lift=0.002)) == 0.0


def test_one_lazy_foot_spoils_the_cycle(walker):
    walk = walker()
    assert gait.lifted_cycles(replace(walk, foot_height=walk.foot_height * [1.0, 0.1])) == 0.0


def test_a_foot_held_up_all_the_time_does_not_lift(walker):
    walk = walker()
    held = walk.foot_height.copy()
    held[..., 0] = 0.04
    assert gait.lifted_cycles(replace(walk, foot_height=held)) == 0.0


def test_lift_is_the_top_above_the_stance_level(walker):
    walk = walker(lift=0.03)
    sunk = replace(walk, foot_height=walk.foot_height - 0.002)
    top = 0.03 * np.sin(2 * np.pi * 6 / 25)  # highest of 25 samples
    assert gait.mean_lift(sunk) == pytest.approx(top)
    assert gait.lift_share(walker(lift=0.015)) == pytest.approx(0.5)


def test_only_whole_cycles_after_the_first_second_count(walker):
    walk = walker(1)
    assert gait.cycle_lifts(walk, walk.foot_height).shape == (18, 2)  # 10 s of 0.5 s, less the first two


def test_a_cycle_cut_by_a_fall_does_not_count(walker, fall):
    fallen = fall(walker(1), 0, 2.6)
    assert gait.cycle_lifts(fallen, fallen.foot_height).shape == (3, 2)
    assert gait.lifted_cycles(fall(walker(1), 0, 0.6)) == 0.0


def test_standing_still_has_no_rhythm(walker):
    still = walker(speed=0.0, lift=0.0)
    assert gait.stride_frequency(still) == 0.0
    assert gait.alternation(still) == 0.0
    assert gait.duty_factor(still) == 1.0


def test_stride_frequency_is_measured_not_assumed(walker):
    assert gait.stride_frequency(walker()) == pytest.approx(2.0, abs=0.05)
    assert gait.stride_frequency(replace(walker(), period_s=1.0)) == pytest.approx(2.0, abs=0.05)


def test_feet_in_turn_alternate_and_a_hop_does_not(walker):
    walk = walker()
    hop = np.repeat(walk.foot_height[..., :1], 2, axis=-1)
    assert gait.alternation(walk) == 1.0
    assert gait.alternation(replace(walk, foot_height=hop)) == 0.0


def test_duty_factor_is_the_share_of_the_cycle_on_the_ground(walker):
    # 30 mm · sin(2 pi k / 25) exceeds 3 mm for k = 1..12
    assert gait.duty_factor(walker(lift=0.03)) == pytest.approx(13 / 25, abs=0.005)


def test_feet_that_lift_alike_are_symmetric(walker):
    assert gait.asymmetry(walker()) == pytest.approx(0.0, abs=0.05)
    assert gait.asymmetry(walker(lift=0.0)) == 0.0


def test_a_limp_is_asymmetric(walker):
    walk = walker(lift=0.03)
    heights = walk.foot_height * [1.0, 0.5]  # the right foot lifts half as high: 2 * 0.5 / 1.5 = 2/3, and as long
    limp = gait.asymmetry(replace(walk, foot_height=heights))
    assert limp == pytest.approx(1 / 3, abs=0.08)
