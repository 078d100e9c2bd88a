"""`inspect_elsewhere`: what a process of its own, which may not take more than it is given, finds an upload to be."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from webfoot.errors import MotionError, RobotError
from webfoot.robots.limited import Limits
from webfoot.web.uploads.elsewhere import Work, hidden, run_elsewhere

LIMITS = Limits(cpu_s=120, memory_bytes=3 * 2**30, wall_s=300.0)
"""A library of 500 bundled clips takes 13 s of processor time and 130 MB on one core of a server; 2000 are read."""
REFUSALS = {"motion": MotionError, "robot": RobotError}


def inspect_elsewhere(
    kind: Literal["motion", "robot"], source: Path, name: str, more: Sequence[str], limits: Limits
) -> dict[str, Any]:
    """The document of an inspection.

    Args:
        kind: what is inspected.
        source: the file or folder, wherever it lies.
        name: what it is called there, where nothing else lies beside it.
        more: further arguments of `inspect_process`.
        limits: what the inspection may take.

    Raises:
        MotionError, RobotError: with the sentence that the inspection ended with.
        TooLarge: it takes more than the limits.
        UploadError: it ended otherwise.
    """
    links = {name: source.resolve()}
    work = Work("webfoot.web.uploads.inspect_process", "inspecting", REFUSALS[kind], limits)
    output = run_elsewhere(work, name, links, [kind, name, *more])
    return json.loads(hidden(output.decode("ascii"), links, json.dumps))
