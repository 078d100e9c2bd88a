"""`run_elsewhere`: work on an upload in a process of its own, which sees what it works on and little else."""

import logging
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from webfoot.errors import WebfootError
from webfoot.robots.limited import Ended, Limits, run_limited
from webfoot.web.uploads.error import TooLarge, UploadError

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Work:
    """What is done to an upload."""

    module: str
    """Full name of one that is run by `python -m`: it ends with 0, or with 2 and a sentence."""
    doing: str
    """As a word: 'inspecting'."""
    refusal: type[WebfootError]
    """What its sentence becomes."""
    limits: Limits


def run_elsewhere(work: Work, what: str, links: Mapping[str, Path], arguments: Sequence[str]) -> bytes:
    """What the process says.

    Args:
        work: what is done.
        what: the upload, for messages.
        links: names under which the process finds files and folders where it works, and where they are.
        arguments: of the module.

    Raises:
        WebfootError: of the kind `work.refusal`, with the sentence that the process ended with.
        TooLarge: it takes more than the limits.
        UploadError: it ended otherwise.
    """
    with tempfile.TemporaryDirectory() as folder:
        for name, place in links.items():
            (Path(folder) / name).symlink_to(place)
        ended = run_limited(work.module, arguments, Path(folder), work.limits)
    if ended.code == 0:
        return ended.output
    if ended.code == 2 and ended.last_line:
        raise work.refusal(hidden(ended.last_line, links))
    if ended.ran_out:
        raise TooLarge(f"{what}: {work.doing} it takes more than {work.limits.cpu_s} s of work; make it smaller")
    raise _failure(what, work, ended)


def hidden(text: str, links: Mapping[str, Path], written: Callable[[str], str] | None = None) -> str:
    """The text without the places on our disk.

    Args:
        text: what the process said.
        links: as it was given them.
        written: how a place is written in the text, in quotes; as it is where nothing is given.
    """
    for place in links.values():
        text = text.replace(f"{place if written is None else written(str(place))[1:-1]}/", "")
    return text


def _failure(what: str, work: Work, ended: Ended) -> UploadError:
    log.error("%s an upload ended with code %s: %r", work.doing, ended.code, ended.words)
    return UploadError(f"{what}: {work.doing} it failed with code {ended.code}, which the log of the service explains")
