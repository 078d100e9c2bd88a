"""`open_version`: what was uploaded, to be sent back."""

import tempfile
import zipfile
from pathlib import Path
from typing import BinaryIO, cast

from webfoot.web.models.objects import MotionVersion, RobotVersion
from webfoot.web.settings import Settings
from webfoot.web.uploads.error import no_room_is_said
from webfoot.web.uploads.names import safe_name
from webfoot.web.uploads.staging import PACKED, is_packed
from webfoot.web.uploads.store import ContentStore


def open_version(version: MotionVersion | RobotVersion, settings: Settings) -> tuple[BinaryIO, str]:
    """The one file of a version, or its files as a zip; opened, with a name that is safe in a header.

    Raises:
        UploadError: its files are gone.
        NoRoom: there is no room to pack them.
    """
    tree = ContentStore(settings.uploads_dir.resolve()).path(version.sha256)
    files = sorted(path for path in tree.rglob("*") if path.is_file())
    if len(files) == 1 and not is_packed(version.filename):
        return files[0].open("rb"), safe_name(files[0].name)
    return _packed(tree, files), safe_name(f"{Path(version.filename).stem}{PACKED}")


def _packed(tree: Path, files: list[Path]) -> BinaryIO:
    """A zip that nobody else sees and that is gone when it is closed."""
    packed = cast(BinaryIO, tempfile.TemporaryFile())  # noqa: SIM115  (whoever sends it closes it)
    with no_room_is_said("the zip"), zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for path in files:
            archive.write(path, path.relative_to(tree))
    packed.seek(0)
    return packed
