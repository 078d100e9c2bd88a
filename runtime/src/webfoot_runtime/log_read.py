"""`RobotLog`: the log of a robot, read again; also what other programs recorded."""

import json
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from webfoot_runtime.errors import LogError
from webfoot_runtime.expected import Recording
from webfoot_runtime.layout import Layout
from webfoot_runtime.log_file import RECORD, SCHEMA, row_type

LARGEST_BYTES = 2**31
COLUMNS = ("gyro", "projected_gravity", "joint_pos", "joint_vel", "command", "action", "observation")
"""Arrays that a recording of another program needs; `joint_pos_target`, `sent` and `quat` (wxyz) may be there too."""


@dataclass(frozen=True)
class RobotLog:
    """T control steps of one robot, as arrays with T rows; what was not known is NaN."""

    name: str
    policy: str
    """What led the robot; empty where that is not known."""
    rows: dict[str, NDArray[Any]]
    events: tuple[dict[str, Any], ...]
    memory: dict[str, Any] | None
    """What the policy remembered before the first row, where that is in the middle of a walk."""
    broken: bool
    """Whether it ends in the middle of a record, as the log of a machine that lost its power may."""

    @property
    def num_steps(self) -> int:
        """T."""
        return len(self.rows["walk_step"])

    def walks(self) -> list[slice]:
        """Stretches in which the policy led, from its reset (or the beginning of the log) on."""
        step = self.rows["walk_step"]
        walking = step >= 0
        begins = walking & ~(np.r_[False, walking[:-1]] & (np.diff(step, prepend=-2) == 1))
        starts = np.flatnonzero(begins)
        ends = [int(start) + _length(step[start:]) for start in starts]
        return [slice(int(start), end) for start, end in zip(starts, ends, strict=True)]

    def recording(self, rows: slice) -> Recording:
        """What the sensors said in some rows and what was done."""
        taken = {name: self.rows[name][rows][:, None] for name in Recording.__dataclass_fields__}
        return Recording(**taken)


def _length(step: NDArray[np.integer]) -> int:
    follows = step == step[0] + np.arange(len(step))
    return len(step) if follows.all() else int(follows.argmin())


def read_log(path: Path | str, layout: Layout) -> RobotLog:
    """Read a log of `LogWriter`, or an .npz with the arrays of COLUMNS from a reset of the policy on.

    Args:
        path: the file.
        layout: of the policy that it is said to belong to.

    Raises:
        LogError: no log, or one of another policy.
    """
    path = Path(path)
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise LogError(f"{path.name}: is larger than {LARGEST_BYTES >> 20} MiB; give a part of it")
        data = path.read_bytes()
    except OSError as error:
        raise LogError(f"{path}: cannot be read ({error.strerror}); give the log of a robot") from None
    return _from_arrays(path, layout) if data[:2] == b"PK" else _from_records(data, path.name, layout)


def _from_records(data: bytes, name: str, layout: Layout) -> RobotLog:
    records, place = [], 0
    while place + RECORD.size <= len(data):
        kind, length = RECORD.unpack_from(data, place)
        end = place + RECORD.size + length
        if end > len(data):
            break
        records.append((kind, data[place + RECORD.size : end]))
        place = end
    header = _document(records[0][1], name) if records and records[0][0] == b"H" else {}
    if header.get("schema") != SCHEMA:
        raise LogError(f"{name}: is no log of a robot (schema {SCHEMA}); give one that 'webfoot-robot run' wrote")
    sizes = {"joint_names": list(layout.joint_names), "obs_size": layout.obs_size, "command_size": layout.command_size}
    for key, right in sizes.items():
        if header.get(key) != right:
            raise LogError(f"{name}: was written with another policy: its {key} is {header.get(key)}, not {right}")
    kind_of_row = row_type(layout.nu, layout.command_size, layout.obs_size)
    content = b"".join(content for kind, content in records if kind == b"R" and len(content) == kind_of_row.itemsize)
    table = np.frombuffer(content, dtype=kind_of_row)
    rows = {key: table[key] for key in kind_of_row.names or ()}
    events = tuple(_document(content, name) for kind, content in records if kind == b"E")
    return RobotLog(name, str(header.get("policy", "")), rows, events, header.get("memory"), place != len(data))


def _document(content: bytes, name: str) -> dict[str, Any]:
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        raise LogError(f"{name}: holds a record that is no JSON; it is damaged") from None
    if not isinstance(document, dict):
        raise LogError(f"{name}: holds a record that is no table; it is damaged")
    return document


def _from_arrays(path: Path, layout: Layout) -> RobotLog:
    try:
        with np.load(path, allow_pickle=False) as stored:
            arrays = {key: np.asarray(stored[key]) for key in stored.files}
    except (OSError, ValueError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        raise LogError(f"{path.name}: is no readable .npz ({error}); give arrays of numbers") from None
    widths = {"gyro": 3, "projected_gravity": 3, "command": layout.command_size, "observation": layout.obs_size}
    if missing := [key for key in COLUMNS if key not in arrays]:
        raise LogError(f"{path.name}: holds no {missing[0]}; a recording needs {', '.join(COLUMNS)}")
    steps = len(arrays["gyro"]) if arrays["gyro"].ndim else 0
    for key in (*COLUMNS, "joint_pos_target", "sent"):
        values, wanted = arrays.get(key), (steps, widths.get(key, layout.nu))
        if values is None:
            arrays[key] = np.full(wanted, np.nan)
        elif values.shape != wanted or values.dtype.kind not in "fiu":
            raise LogError(f"{path.name}: {key} is {values.dtype} {values.shape}; numbers {wanted} would be right")
    arrays["walk_step"] = np.arange(steps)
    return RobotLog(path.name, "", arrays, (), None, False)
