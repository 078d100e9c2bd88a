"""A model that might hurt is compiled in a process of its own first: limited in memory, processor time and time."""

import tempfile
from pathlib import Path

from webfoot.errors import RobotError
from webfoot.robots.limited import Limits, run_limited

LIMITS = Limits(cpu_s=8, memory_bytes=2 * 1024**3, wall_s=30.0)
"""Ten times the processor time and three times the memory that a humanoid with meshes takes."""
_passed: set[str] = set()
"""Fingerprints of models that compiled in this process's life."""


def try_compile(path: Path, fingerprint: str) -> None:
    """Compile a model elsewhere, once per content.

    Raises:
        RobotError: it does not compile within the limits.
    """
    if fingerprint in _passed:
        return
    with tempfile.TemporaryDirectory() as folder:
        ended = run_limited("webfoot.robots.trial_process", [str(path.resolve())], Path(folder), LIMITS)
    if ended.code is None:
        raise RobotError(f"{path.name}: not compiled after {LIMITS.wall_s:.0f} s; a robot's model takes one")
    if ended.code == 0:
        _passed.add(fingerprint)
        return
    if ended.code == 2 and ended.last_line:
        reason = ended.last_line.removeprefix(f"{path.name}: ").removeprefix("MuJoCo cannot load this model: ")
        raise RobotError(f"{path.name}: MuJoCo cannot load this model: {reason[:300]}")
    raise RobotError(
        f"{path.name}: MuJoCo cannot load this model: compiling it needs more memory or time than a robot's may"
    )
