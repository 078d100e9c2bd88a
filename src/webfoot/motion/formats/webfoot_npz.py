"""webfoot's own motion file: a named `.npz` without pickles."""

import io
from pathlib import Path

import numpy as np

from webfoot.errors import MotionError
from webfoot.motion.clip import Motion
from webfoot.motion.formats.archive import Archive, kind
from webfoot.motion.formats.limits import read_bytes
from webfoot.motion.formats.whole import write_whole

REQUIRED = ("fps", "joint_names", "joint_pos")
OPTIONAL = ("root_pos", "root_quat", "command")


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
    stream = io.BytesIO()
    np.savez_compressed(stream, **arrays)
    write_whole(path, stream.getvalue())


def read(path: Path) -> list[Motion]:
    """Read the one motion of a file.

    Raises:
        MotionError: not an `.npz`, or a key is missing, of the wrong type or of the wrong shape.
    """
    return read_archive(Archive(read_bytes(path), path.name), path)


def read_archive(archive: Archive, path: Path) -> list[Motion]:
    """Read the one motion of an opened file.

    Raises:
        MotionError: a key is missing, of the wrong type or of the wrong shape.
    """
    missing = [key for key in REQUIRED if key not in archive.keys]
    if missing:
        raise MotionError(f"{path.name}: key {', '.join(missing)} missing; a motion file holds {', '.join(REQUIRED)}")
    fps = archive.number("fps")
    numbers = {key: archive.numbers(key) for key in ("joint_pos", *OPTIONAL) if key in archive.keys}
    command = numbers.get("command")
    if command is not None and command.shape != (3,):
        raise MotionError(f"{path.name}: command has shape {command.shape}; it must be (3,): vx, vy, wz")
    motion = Motion(
        name=path.stem,
        fps=fps,
        joint_names=archive.text("joint_names"),
        joint_pos=numbers["joint_pos"],
        root_pos=numbers.get("root_pos"),
        root_quat=numbers.get("root_quat"),
        loop=_loop(archive),
        command=(float(command[0]), float(command[1]), float(command[2])) if command is not None else None,
        source=str(path),
    )
    return [motion]


def _loop(archive: Archive) -> bool:
    if "loop" not in archive.keys:
        return True
    value = archive.array("loop")
    if value.size != 1 or value.dtype.kind not in "biuf":
        raise MotionError(f"{archive.label}: loop is {kind(value)}; it must be true or false")
    return bool(value.item())
