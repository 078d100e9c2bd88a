"""Reader of `.json` and `.txt`: which of the formats that end so a file is, by its keys."""

from webfoot.motion.clip import Motion
from webfoot.motion.formats import awd, deep_mimic
from webfoot.motion.formats.json_text import Table, parse
from webfoot.motion.formats.limits import read_bytes
from webfoot.motion.formats.source import Dialect, Source, read_as_any

DIALECTS: tuple[Dialect[Table], ...] = (
    Dialect(
        "AWD (Frames, Joints, Frame_offset, Frame_size)",
        lambda table: any(key in table for key in ("Joints", "Frame_offset", "Frame_size")),
        lambda table, source: awd.read_table(table, source.path),
    ),
    deep_mimic.DIALECT,
)
"""The formats of JSON files, most telling first. A new one is one file and one line here."""


def read(source: Source) -> list[Motion]:
    """All clips of the file.

    Raises:
        MotionError: not JSON, none of the known formats, or one that cannot be used.
    """
    table = parse(read_bytes(source.path), source.label)
    keys = ", ".join(key[:40] for key in list(table)[:12]) or "none"
    return read_as_any(DIALECTS, table, source, f"an object with the keys {keys}")
