"""A walk whose gait can be worked out by hand, and the run folders of sessions that have ended."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from webfoot.evaluate.episodes import Episodes
from webfoot.web.context import Service

STEPS, DT, CYCLE = 40, 0.1, 4
"""4 s at 10 Hz, ten cycles of four steps."""


def hand_walk(num_episodes: int = 2) -> Episodes:
    """One joint at 0, 0.1, 0.2, 0.3 rad over the cycle, its reference 0.1 below; left rises in its second quarter.

    The right foot rises in the last quarter; the reference's feet never rise.
    """
    quarter = np.arange(STEPS + 1) % CYCLE

    def many(values: np.ndarray) -> np.ndarray:
        return np.repeat(np.asarray(values, dtype=np.float64)[:, None], num_episodes, axis=1)

    joint = 0.1 * quarter[:, None]
    feet = 0.02 * np.column_stack([quarter == 1, quarter == 3])
    return Episodes(
        control_dt=DT,
        joint_names=("left_hip",),
        foot_names=("left", "right"),
        root_pos=many(np.tile([0.0, 0.0, 0.16], (STEPS + 1, 1))),
        root_quat=many(np.tile([1.0, 0.0, 0.0, 0.0], (STEPS + 1, 1))),
        root_vel=many(np.zeros((STEPS + 1, 6))),
        joint_pos=many(joint),
        joint_vel=many(np.zeros((STEPS + 1, 1))),
        foot_height=many(feet),
        phase=many(quarter / CYCLE),
        reference_joint_pos=many(joint - 0.1),
        reference_foot_height=many(np.zeros((STEPS + 1, 2))),
        observation=np.zeros((STEPS, num_episodes, 4), dtype=np.float32),
        action=np.zeros((STEPS, num_episodes, 1), dtype=np.float32),
        joint_pos_target=np.zeros((STEPS, num_episodes, 1), dtype=np.float32),
        torque=np.zeros((STEPS, num_episodes, 1)),
        command=np.tile([0.1, 0.0, 0.0], (STEPS, num_episodes, 1)),
        alive=np.ones((STEPS + 1, num_episodes), dtype=bool),
        torque_limit=np.ones(1),
        velocity_limit=np.ones(1),
        period_s=CYCLE * DT,
    )


def fallen(episodes: Episodes, episode: int, step: int) -> Episodes:
    """The same, but an episode falls at a step and is no number from then on."""
    alive, heights = episodes.alive.copy(), episodes.foot_height.copy()
    alive[step:, episode], heights[step:, episode] = False, np.nan
    return replace(episodes, alive=alive, foot_height=heights)


def run_folder(service: Service, session_id: int) -> Path:
    """The folder of a session's run, there from now on."""
    folder = service.settings.runs_dir / str(session_id)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def check(name: str, value: float | None, limit: float, unit: str = "", passed: bool = True) -> dict[str, Any]:
    """A check as report.json has it."""
    return {"name": name, "value": value, "limit": limit, "unit": unit, "passed": passed}


def write_report(folder: Path, *checks: dict[str, Any], **more: Any) -> None:
    """A report.json with these checks."""
    passed = all(one["passed"] for one in checks)
    (folder / "report.json").write_text(json.dumps({"passed": passed, "checks": checks, **more}))
