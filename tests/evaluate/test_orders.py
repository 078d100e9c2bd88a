from dataclasses import replace

import numpy as np
import pytest

from small_walk import small_reference
from webfoot.evaluate.orders import applies, orders
from webfoot.evaluate.rollout import RolloutConfig, Stage
from webfoot.evaluate.scenarios import SCENARIOS
from webfoot.robots.table import load_robot
from webfoot.sim.model import SimConfig
from webfoot.task.command import CommandConfig

CONFIG = RolloutConfig(episodes=6, episode_s=4.0)


@pytest.fixture(scope="module")
def one():
    robot = load_robot("duckling")
    return Stage(robot, small_reference(robot), SimConfig())


@pytest.fixture(scope="module")
def many(one):
    slow, fast = (0.05, 0.0, 0.0), (0.2, 0.0, 0.0)
    reference = small_reference(one.robot, slow, fast)
    stands = replace(reference, standing=one.robot.default_pos)
    return replace(one, reference=stands, command=CommandConfig(standing_share=0.0))


def switches(told):
    """Control steps at which the command of any robot changes."""
    return (np.flatnonzero((np.diff(told, axis=0) != 0).any(axis=(1, 2))) + 1).tolist()


def test_one_clip_knows_no_changes(one, many):
    assert [name for name, scenario in SCENARIOS.items() if not applies(scenario, one)] == [
        "command_steps",
        "start_stop",
    ]
    assert all(applies(scenario, many) for scenario in SCENARIOS.values())
    assert not applies(SCENARIOS["start_stop"], replace(many, reference=replace(many.reference, standing=None)))


def test_robots_of_every_level_are_told_the_same(many):
    told = orders(SCENARIOS["latency"], (10, 60), many, CONFIG, 3)
    assert told.shape == (200, 6, 3)
    np.testing.assert_array_equal(told[:, :3], told[:, 3:])


def test_commands_change_as_often_as_the_level_says(many):
    told = orders(SCENARIOS["command_steps"], (2, 16), many, CONFIG, 3)  # 5 s and 0.625 s of 4 s
    assert told.shape == (200, 6, 3)
    assert switches(told[:, :3]) == [] and switches(told[:, 3:]) == [31, 62, 93, 124, 155, 186]
    np.testing.assert_array_equal(told[0, :3], told[0, 3:])


def test_every_other_command_is_to_stand(many):
    told = orders(SCENARIOS["start_stop"], (4,), many, CONFIG, 2)  # every 2.5 s
    assert (told[:125, :, 0] > 0).all() and not told[125:].any()
