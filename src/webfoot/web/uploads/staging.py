"""`stage_each` and `stage_together`: what was sent, laid out as it will be kept; nothing of it is read yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from webfoot.web.uploads.archive import ArchiveLimits, extract
from webfoot.web.uploads.copy import Readable, copy_stream
from webfoot.web.uploads.error import TooLarge, UploadError, megabytes, no_room_is_said
from webfoot.web.uploads.names import safe_name
from webfoot.web.uploads.unkept import Unkept, kept_of

PACKED = ".zip"


class Sent(Protocol):
    """A file as it was sent."""

    @property
    def filename(self) -> str | None:
        """What the user calls it."""
        ...

    @property
    def stream(self) -> Readable:
        """Its content."""
        ...


@dataclass(frozen=True)
class Staged:
    """A folder that becomes one motion or robot."""

    folder: Path
    filename: str
    """Of the one file in it; where there may be several, that of the zip that they make."""

    @property
    def file(self) -> Path | None:
        """The one file; None where the folder is meant."""
        return None if is_packed(self.filename) else self.folder / self.filename

    @property
    def size(self) -> int:
        """Bytes of its files."""
        return sum(path.stat().st_size for path in self.folder.rglob("*") if path.is_file())


def is_packed(filename: str) -> bool:
    """Whether a name is that of a zip: a whole folder, not one file."""
    return filename.lower().endswith(PACKED)


def stage_each(sent: Sequence[Sent], draft: Path, limits: ArchiveLimits) -> tuple[list[Staged], list[Unkept]]:
    """Every file as one thing of its own, a zip too; and those that are refused while others are not.

    Args:
        sent: what was sent.
        draft: an empty folder to write in, whose end is that of what is staged.
        limits: what a zip may hold, and all files together.

    Raises:
        UploadError: nothing was sent, or a zip that is refused where nothing else was sent.
        TooLarge: more than the limits.
        NoRoom: the disk is full.
    """
    _check_any(sent)
    left = limits.unpacked_bytes

    def stage(numbered: tuple[int, Sent]) -> Staged:
        nonlocal left
        number, one = numbered
        staged = _stage(one, draft / str(number), ArchiveLimits(limits.entries, left, limits.ratio))
        left -= staged.size
        return staged

    return kept_of(list(enumerate(sent)), stage, lambda numbered: safe_name(numbered[1].filename or ""))


def stage_together(sent: Sequence[Sent], draft: Path, limits: ArchiveLimits, name: str) -> tuple[Staged, list[Unkept]]:
    """All files as one folder, called `name` or as the first of them, without those that are refused; or the one zip,
    or the one file, that was sent.

    Raises:
        UploadError: nothing was sent, or nothing but zips.
        TooLarge, NoRoom: as `stage_each`.
    """
    _check_any(sent)
    if len(sent) == 1:
        return _stage(sent[0], draft / "0", limits), []
    folder, left, seen = draft / "together", limits.unpacked_bytes, set[str]()

    def put(one: Sent) -> str:
        nonlocal left
        called = safe_name(one.filename or "")
        if is_packed(called):
            raise UploadError(f"'{called}' is a zip among other files; send it alone, or its files unpacked")
        if called.casefold() in seen:
            raise UploadError(f"two files are called '{called}'; rename one")
        left -= _write(one, folder / called, left)
        seen.add(called.casefold())
        return called

    files, refused = kept_of(sent, put, lambda one: safe_name(one.filename or ""))
    return Staged(folder, safe_name(name or Path(files[0]).stem).replace(".", "-") + PACKED), refused


def _check_any(sent: Sequence[Sent]) -> None:
    if not sent:
        raise UploadError("no file was sent; send one, several or a zip in the form field 'files'")


def _stage(one: Sent, place: Path, limits: ArchiveLimits) -> Staged:
    called = safe_name(one.filename or "")
    if not is_packed(called):
        _write(one, place / called, limits.unpacked_bytes)
        return Staged(place, called)
    zipped = place.with_name(f"{place.name}{PACKED}")
    _write(one, zipped, limits.unpacked_bytes)
    try:
        extract(zipped, place, limits)
    finally:
        zipped.unlink()
    return Staged(place, called)


def _write(one: Sent, place: Path, most_bytes: int) -> int:
    with no_room_is_said("the upload"):
        place.parent.mkdir(parents=True, exist_ok=True)
        try:
            return copy_stream(one.stream, place, most_bytes).size
        except TooLarge:
            place.unlink()
            raise TooLarge(f"all files together take more than {megabytes(most_bytes)}; send less at once") from None
