"""Episodes on disk: `rollout.npz`, arrays only, nothing pickled."""

import io
import zipfile
import zlib
from dataclasses import fields, replace
from pathlib import Path
from tokenize import TokenError

import numpy as np

from webfoot.errors import RunError
from webfoot.evaluate.episodes import Episodes
from webfoot.export.atomic import write_atomically

SCHEMA = "webfoot-rollout/1"
_ITERATION = "iteration"
_NAMES = ("joint_names", "foot_names")
_NUMBERS = ("control_dt", "period_s")
_FIXED = ("torque_limit", "velocity_limit")
_DAMAGED = (OSError, ValueError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error, TokenError)
"""What zip and numpy raise on damaged files: found by damaging some thousands."""


def first_episodes(episodes: Episodes, count: int) -> Episodes:
    """The first `count` of these episodes."""
    return some_episodes(episodes, slice(count))


def one_episode(episodes: Episodes, episode: int) -> Episodes:
    """One of these episodes, alone."""
    return some_episodes(episodes, slice(episode, episode + 1))


def some_episodes(episodes: Episodes, which: slice) -> Episodes:
    """A stretch of these episodes."""
    arrays = {name: getattr(episodes, name)[:, which] for name in _array_names() if name not in _FIXED}
    return replace(episodes, **arrays)


def save_episodes(episodes: Episodes, path: str | Path, limit: int = 16, iteration: int | None = None) -> None:
    """Write the first `limit` episodes, compressed, floats as float32; the file appears whole or not at all.

    Args:
        episodes: what happened.
        path: the file.
        limit: how many are written.
        iteration: of the training, when the policy was tried; None for a finished one.
    """
    episodes = first_episodes(episodes, limit)
    arrays: dict[str, np.ndarray] = {"schema": np.array(SCHEMA)}
    if iteration is not None:
        arrays[_ITERATION] = np.array(iteration)
    for name in (*_NAMES, *_NUMBERS):
        arrays[name] = np.array(getattr(episodes, name))
    for name in _array_names():
        values = getattr(episodes, name)
        arrays[name] = values.astype(np.float32) if values.dtype == np.float64 else values
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    write_atomically(Path(path), buffer.getvalue())


def load_episodes(path: str | Path) -> Episodes:
    """Read what `save_episodes` wrote.

    Raises:
        RunError: missing, damaged, of another kind, or with arrays that do not fit together.
    """
    path = Path(path)
    try:
        with path.open("rb") as file, zipfile.ZipFile(file), np.load(file, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
    except _DAMAGED as error:
        raise RunError(f"{path.name}: not a readable rollout; give a rollout.npz as validation writes it") from error
    wanted = {field.name for field in fields(Episodes)}
    if missing := sorted(wanted - arrays.keys()):
        raise RunError(f"{path.name}: a rollout without {missing[0]}; give a rollout.npz as validation writes it")
    return _checked(arrays, path.name)


def saved_iteration(path: str | Path) -> int | None:
    """The iteration that `save_episodes` was given; of a file that `load_episodes` has read."""
    with np.load(path, allow_pickle=False) as stored:
        return int(stored[_ITERATION]) if _ITERATION in stored.files else None


def _array_names() -> tuple[str, ...]:
    return tuple(f.name for f in fields(Episodes) if f.name not in (*_NAMES, *_NUMBERS))


def _checked(arrays: dict[str, np.ndarray], name: str) -> Episodes:
    steps, count = arrays["action"].shape[:2] if arrays["action"].ndim == 3 else (0, 0)
    for key in _array_names():
        if key not in _FIXED and arrays[key].shape[:2] not in ((steps, count), (steps + 1, count)):
            raise RunError(f"{name}: {key} has the shape {arrays[key].shape}, expected ({steps} or +1, {count}, ...)")
    singles = {"observation", "action", "joint_pos_target"}
    values: dict[str, object] = {
        key: arrays[key].astype(np.float64) if arrays[key].dtype == np.float32 and key not in singles else arrays[key]
        for key in _array_names()
    }
    values |= {key: float(arrays[key]) for key in _NUMBERS}
    values |= {key: tuple(str(item) for item in arrays[key]) for key in _NAMES}
    return Episodes(**values)  # pyright: ignore[reportArgumentType]
