"""What the robots of a scenario are told, control step by control step."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from webfoot.evaluate.rollout import RolloutConfig, Stage, plan_commands
from webfoot.evaluate.scenarios import Scenario
from webfoot.task.command import CommandSpace

LEVEL_S = 10.0
"""A level of changing commands counts the changes in so long [s]."""


def applies(scenario: Scenario, stage: Stage) -> bool:
    """Whether the scenario says anything of a policy for this reference: one clip knows one command."""
    space = CommandSpace(stage.reference, stage.command)
    return not scenario.changes or (space.changes and (space.stands or not scenario.stops))


def orders(
    scenario: Scenario, levels: Sequence[float], stage: Stage, config: RolloutConfig, count: int
) -> NDArray[np.float64]:
    """Commands vx, vy [m/s], wz [rad/s] of `count` robots at each level, (T, levels * count, 3).

    The robots of every level are told the same, but for when.
    """
    if not scenario.changes:
        alike = plan_commands(stage, config.model_copy(update={"episodes": count}))
        return np.tile(alike, (1, len(levels), 1))
    moving = stage.command.model_copy(update={"standing_share": 0.0})
    space = CommandSpace(stage.reference, moving if scenario.stops else stage.command)
    generator = torch.Generator().manual_seed(config.seed)
    steps = np.arange(round(config.episode_s / stage.sim.control_dt))
    held = np.maximum(np.round(LEVEL_S / np.array(levels) / stage.sim.control_dt), 1)
    turn = (steps[:, None] // held).astype(np.int64)  # which command is in force, (T, levels)
    drawn = np.stack([space.sample(count, generator).numpy() for _ in range(int(turn.max()) + 1)])
    if scenario.stops:
        drawn[1::2] = 0.0
    return np.concatenate([drawn[turn[:, level]] for level in range(len(levels))], axis=1).astype(np.float64)
