"""A model that might hurt is compiled in a process of its own first: limited in memory, processor time and time."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from webfoot.errors import RobotError

TIMEOUT_S = 30.0
_passed: set[str] = set()
"""Fingerprints of models that compiled in this process's life."""


def try_compile(path: Path, fingerprint: str) -> None:
    """Compile a model elsewhere, once per content.

    Raises:
        RobotError: it does not compile within the limits.
    """
    if fingerprint in _passed:
        return
    command = [sys.executable, "-m", "webfoot.robots.trial_process", str(path.resolve())]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MUJOCO_GL": "disable"}
    with tempfile.TemporaryDirectory() as folder:  # MuJoCo leaves its log where it works
        try:
            ended = subprocess.run(
                command, env=environment, cwd=folder, capture_output=True, timeout=TIMEOUT_S, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise RobotError(f"{path.name}: not compiled after {TIMEOUT_S:.0f} s; a robot's model takes one") from error
    if ended.returncode == 0:
        _passed.add(fingerprint)
        return
    lines = ended.stderr.decode(errors="replace").strip().splitlines()
    if ended.returncode == 2 and lines:
        reason = lines[-1].removeprefix(f"{path.name}: ").removeprefix("MuJoCo cannot load this model: ")
        raise RobotError(f"{path.name}: MuJoCo cannot load this model: {reason[:300]}")
    raise RobotError(
        f"{path.name}: MuJoCo cannot load this model: compiling it needs more memory or time than a robot's may"
    )
