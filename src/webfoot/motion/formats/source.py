"""`Source` and `Dialect`: one motion file to be read, and the formats that share an ending."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from webfoot.errors import MotionError
from webfoot.motion.clip import Motion
from webfoot.motion.formats.columns import NOTHING_SAID, ColumnMap
from webfoot.robots.spec import Robot

Content = TypeVar("Content")


@dataclass(frozen=True)
class Source:
    """A motion file, and what is known of it before it is opened."""

    path: Path
    robot: Robot | None = None
    """Whose joints name the columns of a file without names."""
    columns: ColumnMap = NOTHING_SAID

    @property
    def label(self) -> str:
        """The file's name, for messages."""
        return self.path.name

    @property
    def name(self) -> str:
        """What the one clip of the file is called."""
        return self.path.stem

    def robot_for(self, what: str) -> Robot:
        """The robot.

        Raises:
            MotionError: none was named; `what` says why one is needed, such as '36 columns without names'.
        """
        if self.robot is None:
            raise MotionError(f"{self.label}: {what}; name the robot whose joints they are")
        return self.robot


@dataclass(frozen=True)
class Dialect(Generic[Content]):
    """One of the formats that share an ending, told apart by what the file holds."""

    name: str
    """As a user knows it, with the keys that make it."""
    is_one: Callable[[Content], bool]
    """Whether the content is of this format; looks at keys and types only."""
    read: Callable[[Content, Source], list[Motion]]


def read_as_any(dialects: Sequence[Dialect[Content]], content: Content, source: Source, found: str) -> list[Motion]:
    """The clips of a file, read as the first dialect that knows it.

    Args:
        found: what the file holds, for the message where none does.

    Raises:
        MotionError: no dialect knows the content, or the one that does cannot use it.
    """
    for dialect in dialects:
        if dialect.is_one(content):
            return dialect.read(content, source)
    known = "; ".join(dialect.name for dialect in dialects)
    raise MotionError(f"{source.label}: holds {found}, which is no known motion; known are: {known}")
