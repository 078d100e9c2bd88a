"""`gait_document`: how a policy walked in its validation, small enough to be drawn by a page."""

import os
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from webfoot.evaluate import commanded, gait, tracking
from webfoot.evaluate.charts import PHASE_BINS, over_phase, runs, stands
from webfoot.evaluate.episodes import Episodes
from webfoot.evaluate.store import load_episodes
from webfoot.runs import Run
from webfoot.web.services.access import NotFound

SCHEMA = "webfoot-gait/1"
KEPT = 64
"""Documents that are kept in memory, some 30 kB each."""
MOST_FOOTFALL_S = 20.0
"""What of an episode is drawn as footfall [s]."""


def read_gait(folder: Path, session_id: int) -> dict[str, Any]:
    """How the policy of a run walked, `webfoot-gait/1`.

    Raises:
        NotFound: it was not validated.
        RunError: its rollout is damaged.
    """
    file = Run(folder).rollout_file
    try:
        stat = file.stat()
    except FileNotFoundError:
        raise NotFound(
            f"session {session_id} has no rollout yet; it comes with the validation at the end of the training"
        ) from None
    return _read(os.fspath(file), stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=KEPT)
def _read(file: str, modified_ns: int, size: int) -> dict[str, Any]:
    return gait_document(load_episodes(file))


def gait_document(episodes: Episodes) -> dict[str, Any]:
    """Joints and feet over the gait cycle, every fall, and the footfall of one episode.

    Over the cycle stand the 5th, 50th and 95th percentile of all cycles of all episodes, and the median of the
    reference, in `PHASE_BINS` bins; null where a bin holds nothing.
    """
    return {
        "schema": SCHEMA,
        "control_dt": episodes.control_dt,
        "period_s": episodes.period_s,
        "phase": ((np.arange(PHASE_BINS) + 0.5) / PHASE_BINS).round(4).tolist(),
        "joints": _joints(episodes),
        "feet": _feet(episodes),
        "episodes": _episodes(episodes),
        "footfall": _footfall(episodes),
    }


def _joints(episodes: Episodes) -> list[dict[str, Any]]:
    errors = np.sqrt(tracking.joint_square_error(episodes))
    moves = np.ptp(episodes.reference_joint_pos, axis=(0, 1)) > tracking.MOVING_JOINT_RAD
    curves = _cycles(episodes, episodes.joint_pos, episodes.reference_joint_pos)
    return [
        {"name": name, "rmse": _number(errors[joint]), "moves": bool(moves[joint]), **curves[joint]}
        for joint, name in enumerate(episodes.joint_names)
    ]


def _feet(episodes: Episodes) -> list[dict[str, Any]]:
    """Height over the cycle [m], how far each foot rises [m], and in which share of the cycles it stands."""
    curves = _cycles(episodes, episodes.foot_height, episodes.reference_foot_height)
    lifts = [gait.cycle_lifts(episodes, h) for h in (episodes.foot_height, episodes.reference_foot_height)]
    contact, meant = (
        _share_over_phase(episodes, gait.lift(episodes, heights) <= gait.SWING_M)
        for heights in (episodes.foot_height, episodes.reference_foot_height)
    )
    return [
        {
            "name": name,
            "lift_m": _number(lifts[0][:, foot].mean()) if len(lifts[0]) else None,
            "reference_lift_m": _number(lifts[1][:, foot].mean()) if len(lifts[1]) else None,
            **curves[foot],
            "contact": _listed(contact[:, foot]),
            "reference_contact": _listed(meant[:, foot]),
        }
        for foot, name in enumerate(episodes.foot_names)
    ]


def _cycles(
    episodes: Episodes, reached: NDArray[np.float64], wanted: NDArray[np.float64]
) -> list[dict[str, list[float | None]]]:
    low, middle, high = over_phase(episodes, reached, (5, 50, 95))
    (reference,) = over_phase(episodes, wanted, (50,))
    named = {"low": low, "middle": middle, "high": high, "reference": reference}
    return [{name: _listed(curve[:, k]) for name, curve in named.items()} for k in range(reached.shape[-1])]


def _share_over_phase(episodes: Episodes, stance: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Share of the states of each bin in which each foot stands, shape (`PHASE_BINS`, F)."""
    counted = episodes.alive & commanded.walks(episodes)
    bins = np.minimum((episodes.phase[counted] * PHASE_BINS).astype(np.int64), PHASE_BINS - 1)
    share = np.full((PHASE_BINS, stance.shape[-1]), np.nan)
    for bin_index in np.unique(bins):
        share[bin_index] = stance[counted][bins == bin_index].mean(axis=0)
    return share


def _episodes(episodes: Episodes) -> list[dict[str, Any]]:
    lived = episodes.alive[1:].sum(axis=0)
    return [
        {
            "fell_at_s": _number((lived[k] + 1) * episodes.control_dt) if lived[k] < episodes.num_steps else None,
            "command": [_number(value) for value in episodes.command[0, k]],
        }
        for k in range(episodes.num_episodes)
    ]


def _footfall(episodes: Episodes) -> dict[str, Any]:
    """From when to when each foot stands in the first episode that does not fall, or else in the first [s]."""
    episode, dt = int(np.argmax(episodes.alive[-1])), episodes.control_dt
    steps = min(episodes.num_steps, round(MOST_FOOTFALL_S / dt))
    rows = slice(0, steps + 1)
    alive = episodes.alive[rows, episode]
    policy = stands(episodes.foot_height[rows, episode], alive)
    reference = stands(episodes.reference_foot_height[rows, episode], alive)

    def stances(mask: NDArray[np.bool_], foot: int) -> list[list[float]]:
        return [[round(a * dt, 4), round(min(b, steps) * dt, 4)] for a, b in runs(mask[:, foot])]

    return {
        "episode": episode,
        "duration_s": round(steps * dt, 4),
        "feet": [
            {"name": name, "policy": stances(policy, foot), "reference": stances(reference, foot)}
            for foot, name in enumerate(episodes.foot_names)
        ],
    }


def _number(value: float) -> float | None:
    """Five digits behind the point: a hundredth of a millimetre or milliradian; null for what is no number."""
    return round(float(value), 5) if np.isfinite(value) else None


def _listed(values: NDArray[np.float64]) -> list[float | None]:
    return [_number(value) for value in values]
