"""Reader of `.npz`: which of the formats that end so a file is, by the names of its arrays."""

from webfoot.motion.clip import Motion
from webfoot.motion.formats import isaac_amp, mjlab_npz, qpos_npz, webfoot_npz
from webfoot.motion.formats.archive import Archive
from webfoot.motion.formats.limits import read_bytes
from webfoot.motion.formats.source import Dialect, Source, read_as_any

DIALECTS: tuple[Dialect[Archive], ...] = (
    isaac_amp.DIALECT,
    mjlab_npz.DIALECT,
    qpos_npz.LOCO_MUJOCO,
    qpos_npz.PLAIN,
    Dialect(
        "webfoot (fps, joint_names, joint_pos)",
        lambda archive: archive.has("joint_names") or archive.has("joint_pos"),
        lambda archive, source: webfoot_npz.read_archive(archive, source.path),
    ),
)
"""The formats that end in `.npz`, most telling first. A new one is one file and one line here."""


def read(source: Source) -> list[Motion]:
    """All clips of the file.

    Raises:
        MotionError: not an `.npz`, none of the known formats, or one that cannot be used.
    """
    archive = Archive(read_bytes(source.path), source.label)
    return read_as_any(DIALECTS, archive, source, f"the arrays {archive.listed()}")
