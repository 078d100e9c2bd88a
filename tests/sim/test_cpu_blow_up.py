import math

import numpy as np
import pytest
import torch
from standing import FIELDS, random_targets, standing, standing_sim

from webfoot.sim.cpu import MOST_DUMPS


def break_robot(sim, robot, env, value):
    start = standing(robot, 1)
    start.joint_vel[0, 2] = value
    sim.reset(torch.tensor([env]), start)


@pytest.mark.parametrize("value", [1e8, math.inf, math.nan])
def test_a_broken_robot_is_reset_alone_and_counted(duckling, value):
    sim, sound = standing_sim(duckling, 3), standing_sim(duckling, 3)
    break_robot(sim, duckling, 1, value)
    for step, target in enumerate(random_targets(duckling, 4, 3)):
        sim.step(target)
        sound.step(target)
        state = sim.state()
        assert state.unstable.tolist() == [False, step == 0, False]
        for name in FIELDS:
            assert getattr(state, name).isfinite().all(), name
            assert torch.equal(getattr(state, name)[[0, 2]], getattr(sound.state(), name)[[0, 2]]), name
    assert sim.num_unstable == 1


def test_a_robot_broken_twice_is_counted_twice(duckling):
    sim = standing_sim(duckling, 2)
    for _ in range(2):
        break_robot(sim, duckling, 0, math.nan)
        sim.step(standing(duckling, 2).joint_pos)
        assert sim.state().unstable.tolist() == [True, False]
    assert sim.num_unstable == 2


def test_a_reset_clears_the_mark_of_instability(duckling):
    sim = standing_sim(duckling, 2)
    break_robot(sim, duckling, 0, math.nan)
    sim.step(standing(duckling, 2).joint_pos)
    sim.reset(torch.tensor([0]), standing(duckling, 1))
    assert not sim.state().unstable.any()


def test_the_dump_holds_what_the_broken_robot_was_given(duckling):
    sim = standing_sim(duckling, 2)
    break_robot(sim, duckling, 1, 1e8)
    target = random_targets(duckling, 1, 2)[0]
    sim.step(target)
    assert len(sim.dumps) == 1
    dump = sim.dumps[0]
    assert dump["qpos"][2] == pytest.approx(duckling.base_height)
    assert max(dump["qvel"]) == pytest.approx(1e8)
    np.testing.assert_allclose(dump["ctrl"], target[1], atol=1e-6)


def test_only_the_first_few_blow_ups_are_dumped_but_all_are_counted(duckling):
    count = MOST_DUMPS + 3
    sim = standing_sim(duckling, count)
    for _ in range(2):
        for env in range(count):
            break_robot(sim, duckling, env, math.nan)
        sim.step(standing(duckling, count).joint_pos)
    assert len(sim.dumps) == MOST_DUMPS
    assert sim.num_unstable == 2 * count


def test_a_target_that_is_not_a_number_does_not_spoil_the_others(duckling):
    sim, sound = standing_sim(duckling, 2), standing_sim(duckling, 2)
    target = standing(duckling, 2).joint_pos
    sound.step(target)
    target[0, 0] = math.nan
    sim.step(target)
    assert sim.state().joint_pos.isfinite().all()
    assert torch.equal(sim.state().joint_pos[1], sound.state().joint_pos[1])
