"""`READERS` and `read_motions`: from a place on disk to clips."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from webfoot.errors import MotionError
from webfoot.motion.clip import Motion
from webfoot.motion.formats import bvh, csv_table, json_motion, npz, pickles
from webfoot.motion.formats.columns import NOTHING_SAID, ColumnMap, apply_columns, find_columns
from webfoot.motion.formats.limits import MAX_FRAMES, MAX_JOINTS
from webfoot.motion.formats.source import Source
from webfoot.robots.spec import Robot

Reader = Callable[[Source], list[Motion]]

READERS: dict[str, Reader] = {
    ".bvh": bvh.read,
    ".csv": csv_table.read,
    ".json": json_motion.read,
    ".npy": pickles.read_npy,
    ".npz": npz.read,
    ".pkl": pickles.read_pkl,
    ".txt": json_motion.read,
}
"""Ending of a file and its reader, which tells formats of one ending apart by what the file holds.

A new format is one file in `formats/` and one line: here, or among the dialects of its ending.
"""

PAPERS = re.compile(r"(readme|licen[sc]e|copying|notice|changelog|authors|citation)\b[^.]*(\.(md|rst|txt|json))?", re.I)
"""What lies beside motions and is none, even where its ending says so: `README.txt`, `LICENSE-MIT.txt`."""
MAX_FILES = 2000
MAX_SENTENCE = 900
"""Letters of a message, whatever a file puts into it."""


def read_motions(location: str | Path, robot: Robot | None = None, columns: ColumnMap = NOTHING_SAID) -> list[Motion]:
    """Read a motion file, a folder of them, or one clip of a file.

    Args:
        location: a file, a folder (a library: all motion files directly in it), or `FILE#CLIP`.
        robot: whose joints name the columns of a file without names.
        columns: what is said of the files' columns; goes before what a sidecar says.

    Returns:
        The clips, at least one.

    Raises:
        MotionError: nothing there, a format that is not known, or a file that cannot be used.
    """
    path, clip = _split(str(location))
    motions = _read_folder(path, robot, columns) if path.is_dir() else read_file(path, robot, columns)
    if clip is None:
        return motions
    chosen = [motion for motion in motions if motion.name == clip]
    if not chosen:
        raise MotionError(f"{path.name}: no clip '{clip}'; it holds {_listed([m.name for m in motions])}")
    return chosen


def read_file(path: Path, robot: Robot | None = None, columns: ColumnMap = NOTHING_SAID) -> list[Motion]:
    """All clips of one file; the ending of its name says which reader.

    Raises:
        MotionError: unknown ending, or a file that cannot be used.
    """
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        known = ", ".join(sorted(READERS))
        if not path.suffix and not path.exists():
            raise MotionError(f"motion '{path.name}' is no file and none of this robot's own; give a file's path")
        raise MotionError(f"motion '{path.name}' ends in '{path.suffix}'; formats that are read end in {known}")
    said = find_columns(path, columns)
    try:
        return [_checked(apply_columns(motion, said)) for motion in reader(Source(path, robot, said))]
    except MotionError as error:
        sentence = _printable(" ".join(str(error).split()))[:MAX_SENTENCE]
        raise MotionError(sentence if path.name in sentence else f"{path.name}: {sentence}") from None


def read_library(folder: Path, robot: Robot | None = None) -> tuple[list[Motion], dict[str, str]]:
    """The clips of a folder without its files that cannot be used, and for each of those one sentence that says why.

    Raises:
        MotionError: no file can be used.
    """
    motions: list[Motion] = []
    refused: dict[str, str] = {}
    for file in motion_files(folder):
        try:
            motions += read_file(file, robot)
        except MotionError as error:
            refused[file.name] = str(error)
    if not motions:
        first = next(iter(refused.values()))
        raise MotionError(first if len(refused) == 1 else f"none of {len(refused)} files can be used; {first}")
    return motions, refused


def _checked(motion: Motion) -> Motion:
    """The clip, its texts fit to be shown.

    Raises:
        MotionError: more frames or joints than are read.
    """
    if motion.num_frames > MAX_FRAMES or not 1 <= len(motion.joint_names) <= MAX_JOINTS:
        raise MotionError(
            f"{motion.name}: {motion.num_frames} frames of {len(motion.joint_names)} joints; at most {MAX_FRAMES} "
            f"frames of 1 to {MAX_JOINTS} joints are read"
        )
    return replace(
        motion,
        name=_printable(motion.name),
        joint_names=tuple(_printable(name) for name in motion.joint_names),
        notes=tuple(_printable(note) for note in motion.notes),
    )


def _printable(text: str) -> str:
    return text if text.isprintable() else "".join(c if c.isprintable() else "?" for c in text)


def _split(location: str) -> tuple[Path, str | None]:
    """`FILE#CLIP` apart; a file whose own name holds a '#' stays whole."""
    whole = Path(location)
    if "#" not in location or whole.exists():
        return whole, None
    file, _, clip = location.rpartition("#")
    if not clip:
        raise MotionError(f"motion '{location}' names no clip behind its '#'; write FILE#CLIP or just FILE")
    return Path(file), clip


def _read_folder(folder: Path, robot: Robot | None, columns: ColumnMap) -> list[Motion]:
    return [motion for file in motion_files(folder) for motion in read_file(file, robot, columns)]


def is_beside(file: Path) -> bool:
    """Whether a file is hidden, or a paper that lies beside motions."""
    return file.name.startswith(".") or PAPERS.fullmatch(file.name) is not None


def motion_files(folder: Path) -> list[Path]:
    """The files that make a folder a library, in the order in which they are read.

    Raises:
        MotionError: none, or too many.
    """
    files = sorted(
        file for file in folder.iterdir() if file.suffix.lower() in READERS and file.is_file() and not is_beside(file)
    )
    if not files:
        known = ", ".join(sorted(READERS))
        raise MotionError(f"folder '{folder}' holds no motion file; formats that are read end in {known}")
    if len(files) > MAX_FILES:
        raise MotionError(f"folder '{folder}' holds {len(files)} motion files; at most {MAX_FILES} are read")
    return files


def _listed(names: list[str]) -> str:
    shown = ", ".join(names[:8])
    return shown if len(names) <= 8 else f"{shown} and {len(names) - 8} more"
