"""`inspect_elsewhere`: what a process of its own, which may not take more than it is given, finds an upload to be."""

import json
import logging
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from webfoot.errors import MotionError, RobotError
from webfoot.robots.limited import Ended, Limits, run_limited
from webfoot.web.uploads.error import TooLarge, UploadError

LIMITS = Limits(cpu_s=120, memory_bytes=3 * 2**30, wall_s=300.0)
"""A library of 500 bundled clips takes 13 s of processor time and 130 MB on one core of a server; 2000 are read."""
REFUSALS = {"motion": MotionError, "robot": RobotError}
log = logging.getLogger(__name__)


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
    place = source.resolve()
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / name).symlink_to(place)
        ended = run_limited("webfoot.web.uploads.inspect_process", [kind, name, *more], Path(folder), limits)
    if ended.code == 0:
        return json.loads(_hidden(ended.output.decode("ascii"), json.dumps(str(place))[1:-1]))
    if ended.code == 2 and ended.last_line:
        raise REFUSALS[kind](_hidden(ended.last_line, str(place)))
    if ended.ran_out:
        raise TooLarge(f"{name}: inspecting it takes more than {limits.cpu_s} s of work; make it smaller")
    raise _failure(name, ended)


def _hidden(text: str, place: str) -> str:
    """The text without the place on our disk."""
    return text.replace(f"{place}/", "")


def _failure(name: str, ended: Ended) -> UploadError:
    log.error("the inspection of an upload ended with code %s: %r", ended.code, ended.words)
    return UploadError(f"{name}: the inspection failed with code {ended.code}, which the log of the service explains")
