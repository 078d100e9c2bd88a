"""`Drawing`: a document of the 3D viewer that can be made, and the key of all that it is made from."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from webfoot import __version__
from webfoot.errors import MotionError, RobotError, RunError
from webfoot.robots.limited import Limits
from webfoot.web.settings import Settings
from webfoot.web.uploads.elsewhere import Work, run_elsewhere
from webfoot.web.uploads.turns import turn
from webfoot.web.viewer.cache import DrawingCache

FORMAT = "2"
"""Changes with what is drawn of the same content."""
LIMITS = Limits(cpu_s=30, memory_bytes=3 * 2**30, wall_s=60.0)
"""A robot with meshes takes about 2 s of processor time."""
REFUSALS = {"scene": RobotError, "motion": MotionError, "rollout": RunError}


@dataclass(frozen=True)
class Place:
    """A file or folder that something is drawn from."""

    folder: Path
    """What the process may see of our disk."""
    inner: str
    """The file or folder in it; the folder itself where it is '.'."""
    content: str
    """Hash of the content."""


@dataclass(frozen=True)
class Drawing:
    """What is to be drawn."""

    kind: Literal["scene", "motion", "rollout"]
    robot: Place
    source: Place | None = None
    """The motion or the rollout."""
    which: str = ""
    """The clip or the episode."""

    @property
    def key(self) -> str:
        """Hash of all that the document is made from."""
        source = "" if self.source is None else f"{self.source.content}/{self.source.inner}"
        parts = (__version__, FORMAT, self.kind, self.robot.content, self.robot.inner, source, self.which)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    @property
    def version(self) -> str:
        """Changes when the motion or the rollout does."""
        return "" if self.source is None else self.source.content[:16]

    def document(self, settings: Settings) -> bytes:
        """The compressed document.

        Raises:
            WebfootError: the robot, the motion or the rollout cannot be drawn, or there is no turn.
        """
        return DrawingCache(settings.views_dir).get(self.key, lambda: self._draw(settings))

    def _draw(self, settings: Settings) -> bytes:
        links, arguments = {"robot": self.robot.folder.resolve()}, [self.kind, f"robot/{self.robot.inner}"]
        if self.source is not None:
            links["source"] = self.source.folder.resolve()
            arguments += [f"source/{self.source.inner}", self.which, self.version]
        with turn(settings.inspection_wait_s, "drawn"):
            return _run(self.kind, links, arguments)


def _run(kind: str, links: Mapping[str, Path], arguments: list[str]) -> bytes:
    work = Work("webfoot.web.viewer.process", "drawing", REFUSALS[kind], LIMITS)
    return run_elsewhere(work, f"the {kind}", links, arguments)


def file_at(path: Path) -> Place:
    """A file of ours; the process sees its folder."""
    state = path.stat()
    return Place(path.parent, path.name, _hash(path, state.st_mtime_ns, state.st_size))


@lru_cache(maxsize=1024)
def _hash(path: Path, changed_ns: int, size: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
