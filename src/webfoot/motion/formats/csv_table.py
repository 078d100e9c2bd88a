"""Reader and writer of `.csv`: with a header that names the columns, or Unitree's headerless LAFAN1 layout.

Without a header a row is root position 3 [m], rotation 4 xyzw, joints [rad], 30 rows a second (FORMATS 1.4). With
one, columns are told by name: time, root position, root rotation, and whatever is left are joints.
"""

import io
import re
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from webfoot.counted import counted
from webfoot.errors import MotionError
from webfoot.motion.clip import Motion
from webfoot.motion.formats.limits import MAX_FRAMES, MAX_JOINTS, read_bytes
from webfoot.motion.formats.source import Source
from webfoot.motion.formats.table import clip_of_table
from webfoot.motion.formats.whole import write_whole
from webfoot.motion.mapping import check_numbers
from webfoot.robots.spec import Robot

ASSUMED_FPS = 30.0
"""Rate of the LAFAN1 files, which state none."""
MOST_COLUMNS = 2 * MAX_JOINTS
MAX_LINE = 64 * 1024
ROOT = r"(?:root|base|pelvis|trunk|torso|body)?_?"
POS = tuple(re.compile(rf"{ROOT}(?:pos(?:ition)?|trans(?:lation|late)?|t|xyz)?_?{axis}(?:_m)?") for axis in "xyz")
QUAT = tuple(re.compile(rf"{ROOT}(?:quat(?:ernion)?|rot(?:ation)?|ori(?:entation)?|q)_?{axis}") for axis in "wxyz")
TIME = re.compile(r"(?:time(?:stamp)?|t)(?:_?\[?s(?:ec(?:onds)?)?\]?)?")
COUNTER = re.compile(r"(?:frame|index|idx|step|row|n|no|)(?:_?(?:id|number|index))?")
UNEVEN = 0.02
"""Times that stray by more than this share of a step are noted."""


def read(source: Source) -> list[Motion]:
    """The one clip of the file.

    Raises:
        MotionError: no table of numbers, rows of different lengths, or columns that fit nothing.
    """
    try:
        text = read_bytes(source.path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise MotionError(f"{source.label}: no text (byte {error.start}); a CSV is UTF-8 text") from None
    if text.count("\n") > 2 * MAX_FRAMES or len(text.partition("\n")[0]) > MAX_LINE:
        raise MotionError(f"{source.label}: too many rows, or too long ones; at most {MAX_FRAMES} rows are read")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    if not lines or len(lines) > MAX_FRAMES + 1:
        raise MotionError(f"{source.label}: {len(lines)} rows; expected 2 to {MAX_FRAMES}")
    separator = _separator(lines[0])
    first = [word.strip().strip('"') for word in lines[0].split(separator)]
    if len(first) > MOST_COLUMNS:
        raise MotionError(f"{source.label}: {len(first)} columns; at most {MOST_COLUMNS} are read")
    if all(_is_number(word) for word in first):
        values = _numbers(lines, separator, len(first), source.label, 1)
        return [clip_of_table(values, source, ASSUMED_FPS, "a CSV without a header states none")]
    values = _numbers(lines[1:], separator, len(first), source.label, 2)
    return [_headed(first, values, source)]


def write(motion: Motion, path: Path, robot: Robot) -> None:
    """Write one clip with a header: time_s, root_x ..., root_qw ... where it has a root, then its joints.

    The joints are the clip's own, at full precision. A CSV cannot say whether the clip is a loop, nor its command.

    Raises:
        MotionError: NaN, names that a header cannot hold, or a folder that does not exist.
    """
    check_numbers(motion)
    reserved = [name for name in motion.joint_names if not _is_joint(name)]
    if reserved or len(set(motion.joint_names)) < len(motion.joint_names):
        raise MotionError(
            f"{motion.name}: joint '{reserved[0] if reserved else motion.joint_names[0]}' cannot be a column of a CSV; "
            "write .npz, or name the joints with --joints"
        )
    columns, names = [np.arange(motion.num_frames)[:, None] / motion.fps], ["time_s"]
    if motion.root_pos is not None:
        columns.append(motion.root_pos)
        names += ["root_x", "root_y", "root_z"]
    if motion.root_quat is not None:
        columns.append(motion.root_quat)
        names += ["root_qw", "root_qx", "root_qy", "root_qz"]
    stream = io.StringIO()
    table = np.column_stack([*columns, motion.joint_pos])
    np.savetxt(stream, table, fmt="%.9g", delimiter=",", header=",".join([*names, *motion.joint_names]), comments="")
    write_whole(path, stream.getvalue().encode())


def _is_joint(name: str) -> bool:
    """Whether a column of this name would be read as a joint again."""
    plain = name.lower()
    special = (*POS, *QUAT, TIME, COUNTER)
    return (
        name == name.strip().strip('"')
        and not re.search(r"[,;\t\r\n\"]|^#", name)
        and not any(pattern.fullmatch(plain) for pattern in special)
        and not _is_number(name)
        and bool(name)
    )


def _headed(header: list[str], values: NDArray[np.float64], source: Source) -> Motion:
    names = [name[:80] for name in header]
    plain = [name.lower().replace(" ", "_").replace(".", "_") for name in names]
    time = _find(TIME, plain)
    pos, quat = _find_all(POS, plain), _find_all(QUAT, plain)
    counters = [column for column, name in enumerate(plain) if COUNTER.fullmatch(name)]
    root_pos = values[:, pos] if pos else None
    root_quat = values[:, quat] if quat else None
    used = {time, *counters, *pos, *quat}
    joints = [column for column in range(len(names)) if column not in used]
    if not joints or len(joints) > MAX_JOINTS:
        raise MotionError(f"{source.label}: {len(joints)} joint columns in its header; expected 1 to {MAX_JOINTS}")
    fps, notes = _rate(None if time is None else values[:, time], source)
    return Motion(
        name=source.name,
        fps=fps,
        joint_names=tuple(names[column] for column in joints),
        joint_pos=values[:, joints],
        root_pos=root_pos,
        root_quat=root_quat,
        loop=False,
        source=source.label,
        notes=notes,
    )


def _find(pattern: re.Pattern[str], names: list[str]) -> int | None:
    found = [column for column, name in enumerate(names) if pattern.fullmatch(name)]
    return found[0] if found else None


def _find_all(patterns: tuple[re.Pattern[str], ...], names: list[str]) -> list[int]:
    """The column of every pattern; none where one is missing."""
    found = [_find(pattern, names) for pattern in patterns]
    columns = [column for column in found if column is not None]
    return columns if len(columns) == len(found) else []


def _rate(time: NDArray[np.float64] | None, source: Source) -> tuple[float, tuple[str, ...]]:
    if source.columns.fps is not None:
        return source.columns.fps, ()
    if time is None:
        note = f"rate assumed: the CSV has no column 'time', {ASSUMED_FPS:g} frames per second are taken"
        return ASSUMED_FPS, (note,)
    with np.errstate(all="ignore"):
        steps = np.diff(time)
        step = float((time[-1] - time[0]) / max(1, len(steps)))
    if not (0.001 <= step <= 1.0) or not np.isfinite(steps).all():
        raise MotionError(
            f"{source.label}: column 'time' steps by {step:.3g}; expected seconds, 0.001 to 1 a row, or name another "
            "rate with fps in a sidecar"
        )
    uneven = float(np.abs(steps - step).max())
    notes = ()
    if uneven > UNEVEN * step:
        notes = (f"times are uneven by up to {1000 * uneven:.1f} ms; rows are taken as evenly spaced",)
    fps = 1.0 / step
    return (float(round(fps)) if abs(fps - round(fps)) < 1e-3 else fps), notes


def _separator(line: str) -> str | None:
    """Comma, semicolon, tab, or (None) blanks."""
    return next((mark for mark in ",;\t" if mark in line), None)


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True


def _numbers(lines: list[str], separator: str | None, width: int, label: str, first_line: int) -> NDArray[np.float64]:
    """The rows as numbers; every row as wide as the first."""
    if len(lines) < 2:
        raise MotionError(f"{label}: {counted(len(lines), 'row')} of numbers; a motion needs at least 2")
    if len(lines) * width > MAX_FRAMES * 64:
        raise MotionError(f"{label}: {len(lines)} rows of {width} columns; fewer are read")
    values = np.empty((len(lines), width))
    for t, line in enumerate(lines):
        words = line.split(separator)
        if separator and words and not words[-1].strip() and len(words) == width + 1:
            words.pop()  # a separator at the end of the line
        if len(words) != width:
            raise MotionError(f"{label}: row {t + first_line} has {len(words)} columns; expected {width} as in row 1")
        try:
            values[t] = words
        except ValueError:
            wrong = next(word for word in words if not _is_number(word)).strip()[:40]
            raise MotionError(f"{label}: row {t + first_line} holds {wrong!r}; expected numbers") from None
    return values
