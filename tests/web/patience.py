"""How tests wait: the machine may be busy, so only minutes are too long."""

import time
from collections.abc import Callable
from typing import TypeVar

PATIENCE_S = 300.0
Found = TypeVar("Found")


def wait_until(what: str, condition: Callable[[], Found], patience_s: float = PATIENCE_S) -> Found:
    """What a condition gives once it holds."""
    until = time.monotonic() + patience_s
    while time.monotonic() < until:
        found = condition()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"{what} did not come")
