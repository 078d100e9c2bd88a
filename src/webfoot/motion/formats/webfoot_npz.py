"""webfoot's own motion file: a named `.npz` without pickles."""

import io
import lzma
import os
import struct
import tempfile
import zipfile
import zlib
from pathlib import Path

import numpy as np

from webfoot.errors import MotionError
from webfoot.motion.clip import Motion
from webfoot.motion.formats.limits import MAX_FILE_BYTES, read_bytes
from webfoot.motion.formats.npy import array_of

REQUIRED = ("fps", "joint_names", "joint_pos")
OPTIONAL = ("root_pos", "root_quat", "loop", "command")
MAX_UNPACKED_BYTES = 4 * MAX_FILE_BYTES
NOT_AN_ARCHIVE = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error),
    *(ValueError, OSError, EOFError, LookupError, NotImplementedError, RuntimeError, OverflowError, MemoryError),
)
"""What Python's zipfile raises on bytes that are not an archive."""


def write(motion: Motion, path: Path) -> None:
    """Write a motion; the file appears whole or not at all.

    Keys: fps (), joint_names (J,), joint_pos (T, J) rad, loop (), and where the motion has them root_pos (T, 3) m,
    root_quat (T, 4) wxyz, command (3,) vx, vy m/s and wz rad/s.
    """
    arrays = {
        "fps": np.float64(motion.fps),
        "joint_names": np.array(motion.joint_names),
        "joint_pos": np.asarray(motion.joint_pos, dtype=np.float64),
        "loop": np.bool_(motion.loop),
    }
    for key in ("root_pos", "root_quat", "command"):
        value = getattr(motion, key)
        if value is not None:
            arrays[key] = np.asarray(value, dtype=np.float64)
    if not path.parent.is_dir():
        raise MotionError(f"cannot write '{path}': '{path.parent}' is not a folder; create it first")
    descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            np.savez_compressed(file, **arrays)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def read(path: Path) -> list[Motion]:
    """Read the one motion of a file.

    Raises:
        MotionError: not an `.npz`, or a key is missing, of the wrong type or of the wrong shape.
    """
    arrays = _load(path)
    missing = [key for key in REQUIRED if key not in arrays]
    if missing:
        raise MotionError(f"{path.name}: key {', '.join(missing)} missing; a motion file holds {', '.join(REQUIRED)}")
    names = arrays["joint_names"]
    if names.dtype.kind != "U" or names.ndim != 1:
        raise MotionError(f"{path.name}: joint_names is {_kind(names)}; it must be a list of names")
    numbers = {key: _numbers(path, key, arrays[key]) for key in arrays if key not in ("joint_names", "loop")}
    fps, command = numbers["fps"], numbers.get("command")
    if fps.size != 1:
        raise MotionError(f"{path.name}: fps has shape {fps.shape}; it must be one number")
    if command is not None and command.shape != (3,):
        raise MotionError(f"{path.name}: command has shape {command.shape}; it must be (3,): vx, vy, wz")
    motion = Motion(
        name=path.stem,
        fps=float(fps.item()),
        joint_names=tuple(str(name) for name in names),
        joint_pos=numbers["joint_pos"],
        root_pos=numbers.get("root_pos"),
        root_quat=numbers.get("root_quat"),
        loop=_loop(path, arrays.get("loop")),
        command=(float(command[0]), float(command[1]), float(command[2])) if command is not None else None,
        source=str(path),
    )
    return [motion]


def _load(path: Path) -> dict[str, np.ndarray]:
    """The arrays of the file that this format knows; no header is believed about its own size."""
    content = read_bytes(path)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            held = set(archive.namelist())
            known = [key for key in (*REQUIRED, *OPTIONAL) if f"{key}.npy" in held]
            unpacked = sum(archive.getinfo(f"{key}.npy").file_size for key in known)
            if unpacked > MAX_UNPACKED_BYTES:
                limit = MAX_UNPACKED_BYTES // 2**20
                raise MotionError(f"{path.name}: unpacks to {unpacked / 2**20:.0f} MiB; at most {limit} MiB are read")
            members = {key: archive.read(f"{key}.npy") for key in known}
    except NOT_AN_ARCHIVE as error:
        reason = " ".join(str(error).split())[:120] or type(error).__name__
        raise MotionError(f"{path.name}: not a readable .npz motion ({reason}); write it with numpy.savez") from None
    return {key: array_of(member, f"{path.name}: {key}") for key, member in members.items()}


def _loop(path: Path, value: np.ndarray | None) -> bool:
    if value is None:
        return True
    if value.size != 1 or value.dtype.kind not in "biuf":
        raise MotionError(f"{path.name}: loop is {_kind(value)}; it must be true or false")
    return bool(value.item())


def _numbers(path: Path, key: str, value: np.ndarray) -> np.ndarray:
    if value.dtype.kind not in "iuf":
        raise MotionError(f"{path.name}: {key} is {_kind(value)}; it must hold numbers")
    return value.astype(np.float64)


def _kind(value: np.ndarray) -> str:
    return f"an array of type {value.dtype} and shape {value.shape}"
