"""Try a policy in every scenario at every level: who stays on its feet, at which speed, and up to which level."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from webfoot.evaluate.commanded import speed_error
from webfoot.evaluate.episodes import Episodes
from webfoot.evaluate.orders import applies, orders
from webfoot.evaluate.rollout import RolloutConfig, Stage, Trial, roll_out
from webfoot.evaluate.scenarios import SCENARIOS, Scenario, Suite, levels_of
from webfoot.evaluate.store import one_episode, some_episodes
from webfoot.evaluate.tracking import survival
from webfoot.sim.threads import Threads, apply_threads, share_cores
from webfoot_runtime.policy import OnnxPolicy

ENOUGH = 0.95
"""Survival below this ends the margin."""
MOST_ROBOTS = 128
"""Robots of one batch; more of them only take memory."""
WORST = 5
"""Episodes that are kept to be looked at."""

OnTried = Callable[[int, int], None]
"""Called with the number of episodes done and of all."""


@dataclass(frozen=True)
class Cell:
    """One scenario at one level."""

    level: float
    """In the scenario's unit."""
    episodes: int
    survival: float
    """Share of the episodes that never fell."""
    speed_error: float
    """As `webfoot.evaluate.commanded.speed_error`; those that fell count until then."""


@dataclass(frozen=True)
class Row:
    """One scenario at all its levels, from mild to hard."""

    name: str
    """Key of `SCENARIOS`."""
    cells: tuple[Cell, ...]

    @property
    def scenario(self) -> Scenario:
        """What was tried."""
        return SCENARIOS[self.name]

    @property
    def margin(self) -> float | None:
        """The level at which survival falls below `ENOUGH`, between two levels by proportion; None: at none tried.

        Below the mildest level the robot is taken to survive: nothing is wrong there.
        """
        before = Cell(0.0, 0, 1.0, 0.0)
        for cell in self.cells:
            if cell.survival < ENOUGH:
                share = (before.survival - ENOUGH) / (before.survival - cell.survival)
                return before.level + share * (cell.level - before.level)
            before = cell
        return None


@dataclass(frozen=True)
class Bad:
    """An episode worth looking at."""

    scenario: str
    level: float
    fell_after_s: float | None
    """None: it did not fall."""
    speed_error: float
    episode: Episodes
    """Alone."""

    @property
    def rank(self) -> tuple[bool, float, float]:
        """Worst first: a fall in a mild world, then an early one, then whoever is furthest off its speed."""
        if self.fell_after_s is None:
            return True, -self.speed_error, 0.0
        return False, self.level / max(SCENARIOS[self.scenario].levels[-1], 1e-9), self.fell_after_s


@dataclass(frozen=True)
class Robustness:
    """The map: one row a scenario."""

    suite: str
    seed: int
    episode_s: float
    rows: tuple[Row, ...]
    worst: tuple[Bad, ...]
    left_out: tuple[str, ...]
    """Scenarios that say nothing here: of changing commands, where the reference knows one."""

    @property
    def num_episodes(self) -> int:
        """Of all rows together."""
        return sum(cell.episodes for row in self.rows for cell in row.cells)


@dataclass(frozen=True)
class _Task:
    name: str
    levels: tuple[float, ...]


def try_everywhere(
    policy_file: Path,
    stage: Stage,
    suite_name: str,
    suite: Suite,
    seed: int = 1000,
    on_tried: OnTried | None = None,
    names: Sequence[str] = tuple(SCENARIOS),
) -> Robustness:
    """Try a policy in the scenarios, on every core; the result depends on the seed alone.

    Args:
        policy_file: an ONNX policy for the stage's robot.
        stage: robot, reference and physics.
        suite_name: what the result calls the suite.
        suite: how many episodes of each level, how long, which levels.
        seed: of starts, commands and everything drawn.
        on_tried: told how far it is.
        names: scenarios, keys of `SCENARIOS`.

    Raises:
        PolicyError: not a policy that can be run.
        RobotError: the robot's floor cannot be made uneven.
    """
    data = policy_file.read_bytes()
    used = [name for name in names if applies(SCENARIOS[name], stage)]
    tasks = [task for name in used for task in _tasks(name, suite)]
    total = sum(len(task.levels) * suite.episodes for task in tasks)
    cells: dict[str, list[Cell]] = {name: [] for name in used}
    worst: list[Bad] = []

    def tried(task: _Task) -> tuple[list[Cell], list[Bad]]:
        return _try(OnnxPolicy(policy_file, data=data), stage, suite, seed, task)

    done, one_each = 0, Threads(physics=1, torch=1)
    pool = ThreadPoolExecutor(share_cores().physics, initializer=apply_threads, initargs=(one_each,))
    try:
        running = {pool.submit(tried, task): task for task in tasks}
        for future in as_completed(running):
            found, bad = future.result()
            cells[running[future].name] += found
            worst = _worst([*worst, *bad])
            done += sum(cell.episodes for cell in found)
            if on_tried:
                on_tried(done, total)
    finally:
        pool.shutdown(cancel_futures=True)
    rows = tuple(Row(name, tuple(sorted(row, key=lambda cell: cell.level))) for name, row in cells.items())
    left_out = tuple(name for name in names if name not in used)
    return Robustness(suite_name, seed, suite.episode_s, rows, tuple(worst), left_out)


def _tasks(name: str, suite: Suite) -> Iterator[_Task]:
    """What is simulated together: as many levels of a scenario as one batch holds."""
    levels, most = levels_of(SCENARIOS[name], suite), max(1, MOST_ROBOTS // suite.episodes)
    for first in range(0, len(levels), most):
        yield _Task(name, levels[first : first + most])


def _try(policy: OnnxPolicy, stage: Stage, suite: Suite, seed: int, task: _Task) -> tuple[list[Cell], list[Bad]]:
    scenario, count = SCENARIOS[task.name], suite.episodes
    levels = np.repeat(np.array(task.levels, dtype=np.float64), count)
    config = RolloutConfig(episodes=len(levels), episode_s=suite.episode_s, seed=seed, conditions=scenario.conditions)
    trial = Trial(
        levels=levels / max(scenario.levels[-1], 1e-9),
        command=orders(scenario, task.levels, stage, config, count),
        threads=1,
    )
    episodes = roll_out(policy, stage, config, trial)
    cells, bad = [], []
    for number, level in enumerate(task.levels):
        part = some_episodes(episodes, slice(number * count, (number + 1) * count))
        cells.append(Cell(level, count, survival(part), speed_error(part)))
        bad += _worst(_each(task.name, level, part))
    return cells, bad


def _each(name: str, level: float, part: Episodes) -> list[Bad]:
    lived = part.alive[1:].sum(axis=0) * part.control_dt
    fell: NDArray[np.bool_] = ~part.alive[-1]
    singles = [one_episode(part, number) for number in range(part.num_episodes)]
    return [
        Bad(name, level, float(lived[number]) if fell[number] else None, speed_error(one), one)
        for number, one in enumerate(singles)
    ]


def _worst(found: list[Bad]) -> list[Bad]:
    """The worst few, of as many scenarios as there are."""
    ranked = sorted(found, key=lambda bad: (bad.rank, bad.scenario))
    by_scenario: dict[str, list[Bad]] = {}
    for bad in ranked:
        by_scenario.setdefault(bad.scenario, []).append(bad)
    in_turn = [bad for one_each in zip_longest(*by_scenario.values()) for bad in one_each if bad is not None]
    return in_turn[:WORST]
