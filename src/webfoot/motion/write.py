"""`WRITERS` and `write_motion`: from a clip to a file of the format that the file's ending names."""

from collections.abc import Callable
from pathlib import Path

from webfoot.errors import MotionError
from webfoot.motion.clip import Motion
from webfoot.motion.formats import awd_write, csv_table, webfoot_npz
from webfoot.motion.mapping import missing_joints, unknown_joints
from webfoot.robots.spec import Robot

Writer = Callable[[Motion, Path, Robot], None]

WRITERS: dict[str, Writer] = {
    ".csv": csv_table.write,
    ".json": awd_write.write,
    ".npz": lambda motion, path, robot: webfoot_npz.write(motion, path),
    ".txt": awd_write.write,
}
"""Ending of a file and the writer of its format."""


def losses(motion: Motion, path: str | Path, robot: Robot) -> tuple[str, ...]:
    """What a file of this ending cannot keep of a clip, one sentence each; nothing where all of it is kept."""
    ending, lost = Path(path).suffix.lower(), []
    if ending == ".csv" and motion.loop:
        lost.append("a CSV cannot say that the clip is a loop: say so with loop: true in a sidecar, or write .npz")
    if ending in (".json", ".txt"):
        lost.append("AWD JSON rounds all numbers to 5 decimals")
        if unknown := unknown_joints(motion, robot):
            lost.append(f"AWD JSON holds the joints of robot '{robot.name}': {', '.join(unknown)} left out")
        if missing := missing_joints(motion, robot):
            lost.append(
                f"AWD JSON holds the joints of robot '{robot.name}': {', '.join(missing)} stand in the default pose"
            )
        if motion.root_pos is None or motion.root_quat is None:
            lost.append("the clip has no root: the one that its stance feet imply is written")
    if ending in (".csv", ".json", ".txt") and motion.command is not None:
        lost.append(f"{'a CSV' if ending == '.csv' else 'AWD JSON'} keeps no command: it is found again in stance feet")
    return tuple(lost)


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
