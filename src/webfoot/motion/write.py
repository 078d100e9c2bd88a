"""`WRITERS` and `write_motion`: from a clip to a file of the format that the file's ending names."""

from collections.abc import Callable
from pathlib import Path

from webfoot.errors import MotionError
from webfoot.motion.clip import Motion
from webfoot.motion.formats import awd_write, csv_table, webfoot_npz
from webfoot.robots.spec import Robot

Writer = Callable[[Motion, Path, Robot], None]

WRITERS: dict[str, Writer] = {
    ".csv": csv_table.write,
    ".json": awd_write.write,
    ".npz": lambda motion, path, robot: webfoot_npz.write(motion, path),
    ".txt": awd_write.write,
}
"""Ending of a file and the writer of its format."""


def write_motion(motion: Motion, path: str | Path, robot: Robot) -> None:
    """Write one clip; the ending of the name says the format.

    Raises:
        MotionError: an ending that is not written, or a clip or folder that does not allow it.
    """
    path = Path(path)
    writer = WRITERS.get(path.suffix.lower())
    if writer is None:
        known = ", ".join(sorted(WRITERS))
        raise MotionError(f"cannot write '{path.name}': formats that are written end in {known}")
    writer(motion, path, robot)
