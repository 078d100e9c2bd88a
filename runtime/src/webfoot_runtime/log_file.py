"""`LogWriter`: what a robot measured and did, step by step, in a file that survives its writer.

A log is a sequence of records: one byte of kind, four of length (little-endian), content.
    H  JSON: schema, policy, joints, sizes, period, and what the policy remembered where a log goes on
    E  JSON: a mode that began, with its time and reason
    R  one control step, as numpy writes the row of `row_type`
A record is handed to the system whole and at once, so a program that is killed loses none; of a machine that loses its
power the last seconds may be missing. A log never grows beyond its bound: when it is full it is put aside as `NAME.1`,
in place of the one before.
"""

import json
import os
import struct
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from webfoot_runtime.errors import LogError
from webfoot_runtime.layout import Layout

SCHEMA = "webfoot-log/1"
MOST_BYTES = 128 * 2**20
"""Of one file, by default: an hour and more of a 14-joint robot at 50 Hz."""
RECORD = struct.Struct("<cI")


def row_type(nu: int, command_size: int, obs_size: int) -> np.dtype:
    """One control step. What was not known or not done is NaN."""
    return np.dtype(
        [
            ("time_s", "<f8"),
            ("sensor_time_s", "<f8"),
            ("mode", "<i4"),
            ("walk_step", "<i4"),  # steps since the policy was reset; -1 where it does not lead
            ("clamped", "<u8", (3,)),  # joints held back by torque, rate, limits: one bit each
            ("gyro", "<f8", (3,)),
            ("projected_gravity", "<f8", (3,)),
            ("joint_pos", "<f8", (nu,)),
            ("joint_vel", "<f8", (nu,)),
            ("command", "<f8", (command_size,)),
            ("observation", "<f4", (obs_size,)),
            ("action", "<f4", (nu,)),
            ("joint_pos_target", "<f4", (nu,)),
            ("sent", "<f8", (nu,)),
        ]
    )


class LogWriter:
    """Writes one log; a context manager."""

    def __init__(self, path: Path | str, layout: Layout, policy: str, most_bytes: int = MOST_BYTES):
        """Begin a log; one that stood at `path` is put aside.

        Args:
            path: the file.
            layout: of the policy.
            policy: what the policy is called.
            most_bytes: that the file may have.

        Raises:
            LogError: it cannot be written.
        """
        self.path, self._most = Path(path), most_bytes
        self._header = {
            "schema": SCHEMA,
            "policy": policy,
            "joint_names": list(layout.joint_names),
            "command_size": layout.command_size,
            "obs_size": layout.obs_size,
            "control_dt": layout.control_dt,
        }
        self._type = row_type(layout.nu, layout.command_size, layout.obs_size)
        self._handle = -1
        self._begin(None)

    def blank(self) -> NDArray[Any]:
        """A row in which nothing is known, shape (1,)."""
        row = np.zeros(1, dtype=self._type)
        for name in self._type.names or ():
            if row[name].dtype.kind == "f":
                row[name] = np.nan
        row["walk_step"] = -1
        return row

    def write(self, row: NDArray[Any], memory: dict[str, Any] | None) -> None:
        """Add a control step.

        Args:
            row: of `blank`.
            memory: what the policy remembered before it; kept where a new file begins in the middle of a walk.
        """
        content = row.tobytes()
        if self._size + len(content) + RECORD.size > self._most:
            self._begin(memory)
        self._add(b"R", content)

    def event(self, **values: Any) -> None:
        """Add something that happened."""
        self._add(b"E", json.dumps(values).encode())

    def close(self) -> None:
        """Write no more; what was written goes to the disk."""
        if self._handle >= 0:
            os.fsync(self._handle)
            os.close(self._handle)
            self._handle = -1

    def __enter__(self) -> "LogWriter":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _begin(self, memory: dict[str, Any] | None) -> None:
        if self._handle >= 0:
            os.close(self._handle)
        try:
            if self.path.exists():
                self.path.replace(self.path.with_name(f"{self.path.name}.1"))
            self._handle = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o644)
        except OSError as error:
            raise LogError(f"{self.path}: cannot be written ({error.strerror}); give a place for the log") from None
        self._size = 0
        self._add(b"H", json.dumps({**self._header, "memory": memory}).encode())

    def _add(self, kind: bytes, content: bytes) -> None:
        record = RECORD.pack(kind, len(content)) + content
        try:
            written = os.write(self._handle, record)
        except OSError as error:
            raise LogError(f"{self.path}: cannot be written ({error.strerror}); make room for the log") from None
        if written != len(record):
            raise LogError(f"{self.path}: the disk is full; make room for the log")
        self._size += len(record)
