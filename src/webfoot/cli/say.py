"""Where words go: results to standard output, messages to standard error; neither stops the work when it is gone."""

import contextlib
import json
import os
import sys
from typing import Any


def say(message: str) -> None:
    """A message to the user, on standard error; lost without harm where nobody listens any more."""
    if sys.stderr is not None:
        with contextlib.suppress(OSError, ValueError):
            print(message, file=sys.stderr, flush=True)


def show(result: str) -> None:
    """A result, on standard output."""
    print(result)


def show_json(document: Any) -> None:
    """A result as the one JSON document on standard output."""
    print(json.dumps(document, indent=2, allow_nan=False, ensure_ascii=False))


def close_output() -> None:
    """Flush standard output.

    Raises:
        BrokenPipeError: nobody reads it any more.
    """
    if sys.stdout is not None:
        sys.stdout.flush()


def drop_output() -> None:
    """Send what is still unwritten nowhere, so that the interpreter does not complain about it when it ends."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
