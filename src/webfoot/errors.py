"""The error tree: one class per kind of user mistake.

Every message says what is wrong (with the value), where, and what would be right.
The core raises these; the edge (command line, web) translates them. A bug is a plain exception.
The root, and what can go wrong on a robot too, stand in the runtime.
"""

from collections.abc import Iterable

from webfoot_runtime.errors import PolicyError as PolicyError
from webfoot_runtime.errors import WebfootError as WebfootError


class RobotError(WebfootError):
    """A robot model that cannot be used."""


class MotionError(WebfootError):
    """A reference motion that cannot be used."""


class ConfigError(WebfootError):
    """An option outside its range, or options that contradict each other."""


class RunError(WebfootError):
    """A run folder or checkpoint that cannot be used."""


class UnknownName(WebfootError):
    """A name that is not in a table; the message lists the names that are."""

    def __init__(self, kind: str, name: str, known: Iterable[str]):
        super().__init__(f"unknown {kind} '{name}': choose one of {', '.join(sorted(known))}")
