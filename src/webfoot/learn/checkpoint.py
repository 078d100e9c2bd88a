"""Checkpoints: the full state of a training in one file, written atomically, read without running code."""

import io
import os
import pickle
import tempfile
import warnings
from pathlib import Path
from typing import Any

import torch

from webfoot.errors import RunError

FORMAT = "webfoot-checkpoint/1"


def save_checkpoint(state: dict[str, Any], path: Path) -> None:
    """Write a checkpoint so that a kill at any instant leaves the old or the new one, never half of one.

    Args:
        state: tensors, numbers, strings, and dicts, lists and tuples of them.

    Raises:
        RunError: the place is full or cannot be written to; the old checkpoint stands.
    """
    try:
        _replace(state, path)
    except OSError as error:
        raise RunError(f"{path}: cannot be written ({error.strerror}); make room, then go on with --resume") from None


def _replace(state: dict[str, Any], path: Path) -> None:
    buffer = io.BytesIO()  # torch reports a full disk as an assertion of its own; in memory it cannot meet one
    torch.save({"format": FORMAT, **state}, buffer)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(buffer.getbuffer())
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def load_checkpoint(path: Path) -> dict[str, Any]:
    """Read a checkpoint; only tensors and plain values are accepted, no code is run.

    Raises:
        RunError: missing, damaged, or not a checkpoint.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # torch's remarks on pickles of others; what is wrong is said below
            state = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        raise RunError(f"{path}: no checkpoint here; start the training anew") from None
    except (RuntimeError, EOFError, ValueError, KeyError, OSError, ImportError, AttributeError, TypeError) as error:
        raise RunError(f"{path}: not a readable checkpoint ({type(error).__name__})") from error
    except pickle.UnpicklingError as error:
        raise RunError(f"{path}: holds more than tensors and numbers; it was not written by this program") from error
    if not isinstance(state, dict) or state.get("format") != FORMAT:
        raise RunError(f"{path}: not a checkpoint of this version ({FORMAT})")
    return state
