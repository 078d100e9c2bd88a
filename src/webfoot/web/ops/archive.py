"""A compressed tar archive that is written once and knows the hash of everything in it, and its careful reader."""

import contextlib
import gzip
import hashlib
import io
import json
import os
import shutil
import tarfile
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any

from webfoot.errors import WebfootError

MANIFEST = "manifest.json"
"""The last member: an archive that broke off has none."""
ENDINGS = (".tar.zst", ".tar.gz")
CHUNK_BYTES = 2**20
IN_MEMORY_BYTES = 2**26
MOST_MANIFEST_BYTES = 2**28
"""About a million files."""
GZIP_LEVEL = 4


class BackupError(WebfootError):
    """A backup that cannot be made or used."""


@dataclass
class Writer:
    """Members are added one by one; each is hashed as it is read."""

    tar: tarfile.TarFile
    scratch: Path
    """Folder for copies of what does not fit into memory."""
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Hash and size of each member, by name."""

    def add(self, name: str, source: IO[bytes], changed_s: float) -> None:
        """Add what a file holds now. It may grow or shrink meanwhile, so it is copied before its size is told."""
        with tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES, dir=str(self.scratch)) as copy:
            shutil.copyfileobj(source, copy, CHUNK_BYTES)
            size = copy.tell()
            copy.seek(0)
            member = tarfile.TarInfo(name)
            member.size, member.mode, member.mtime = size, 0o600, int(changed_s)
            hashed = _Hashed(copy)
            self.tar.addfile(member, hashed)  # pyright: ignore[reportArgumentType]  (only read is asked for)
            self.files[name] = {"sha256": hashed.digest.hexdigest(), "size": size}

    def add_file(self, name: str, path: Path) -> None:
        """Add an ordinary file; a link is not followed, one that is gone by now is left out."""
        try:
            handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except FileNotFoundError:
            return
        with os.fdopen(handle, "rb") as file:
            self.add(name, file, os.fstat(handle).st_mtime)


class _Hashed:
    """A stream that hashes what is read from it."""

    def __init__(self, stream: Any):
        self.stream, self.digest = stream, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        content = self.stream.read(size)
        self.digest.update(content)
        return content


@contextmanager
def written(path: Path, facts: Callable[[], dict[str, Any]]) -> Iterator[Writer]:
    """An archive that appears at `path` whole, verified, or not at all; `facts` is asked last, for the manifest.

    Raises:
        BackupError: it has no known ending, or something is there already.
    """
    _check_ending(path)
    if path.exists():
        raise BackupError(f"{path}: is there already; give another name, such as one with the date")
    with tempfile.TemporaryDirectory(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent) as scratch:
        draft = Path(scratch, path.name)
        with _writing(draft) as stream, tarfile.open(fileobj=stream, mode="w|") as tar:
            writer = Writer(tar, Path(scratch))
            yield writer
            manifest = json.dumps({**facts(), "files": writer.files}).encode()
            writer.add(MANIFEST, io.BytesIO(manifest), 0.0)
        verify(draft)
        draft.chmod(0o600)
        with draft.open("rb") as file:
            os.fsync(file.fileno())
        draft.rename(path)


def verify(path: Path) -> dict[str, Any]:
    """Read a whole archive and hold it against its manifest, which is given."""
    return _read(path, None)


def extract(path: Path, folder: Path) -> dict[str, Any]:
    """Read a whole archive into a folder, which is empty, and hold it against its manifest, which is given.

    Raises:
        BackupError: it is none, is not whole, or holds what no backup holds.
    """
    return _read(path, folder)


def _read(path: Path, folder: Path | None) -> dict[str, Any]:
    found: dict[str, dict[str, Any]] = {}
    manifest: dict[str, Any] | None = None
    room = shutil.disk_usage(folder or path.parent).free
    try:
        with _reading(path) as stream, tarfile.open(fileobj=stream, mode="r|") as tar:
            for member in tar:
                _check(member, found, path)
                source = tar.extractfile(member)
                assert source is not None  # it is an ordinary file
                if member.name == MANIFEST:
                    manifest = json.loads(source.read(MOST_MANIFEST_BYTES))
                    continue
                room -= member.size
                if folder is not None and room < 0:
                    raise BackupError(f"{path.name}: holds more than fits on the disk of {folder.parent}; make room")
                found[member.name] = _take(member, source, folder)
    except (
        tarfile.TarError,
        EOFError,
        zlib.error,
        gzip.BadGzipFile,
        UnicodeDecodeError,
        json.JSONDecodeError,
    ) as error:
        raise BackupError(f"{path.name}: is no backup, or not a whole one ({error}); take another one") from None
    _compare(path.name, found, manifest)
    assert manifest is not None
    return manifest


def _check(member: tarfile.TarInfo, found: dict[str, Any], path: Path) -> None:
    """Refuse what `Writer` does not write: links, devices, names that lead out of the folder, anything twice."""
    name = PurePosixPath(member.name)
    with contextlib.suppress(tarfile.FilterError):
        tarfile.data_filter(member, "/nowhere")
        plain = str(name) == member.name and not name.is_absolute() and not {"..", "."} & set(name.parts)
        if member.isreg() and plain and "\0" not in member.name and member.name not in found:
            return
    raise BackupError(f"{path.name}: holds '{member.name[:80]}', which no backup holds; it is refused")


def _take(member: tarfile.TarInfo, source: IO[bytes], folder: Path | None) -> dict[str, Any]:
    hashed = _Hashed(source)
    if folder is None:
        while hashed.read(CHUNK_BYTES):
            pass
    else:
        place = folder / member.name
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(handle, "wb") as file:
            shutil.copyfileobj(hashed, file, CHUNK_BYTES)
        os.utime(place, (member.mtime, member.mtime))
    return {"sha256": hashed.digest.hexdigest(), "size": member.size}


def _compare(name: str, found: dict[str, Any], manifest: dict[str, Any] | None) -> None:
    listed = manifest.get("files") if isinstance(manifest, dict) else None
    if not isinstance(listed, dict):
        raise BackupError(f"{name}: is no backup, or not a whole one (it has no manifest); take another one")
    wrong = sorted(file for file in listed.keys() | found.keys() if listed.get(file) != found.get(file))
    if wrong:
        raise BackupError(f"{name}: '{wrong[0][:80]}' is not as it was written, the file is damaged; take another one")


def _check_ending(path: Path) -> None:
    if not path.name.endswith(ENDINGS):
        raise BackupError(f"{path.name}: ends in neither {' nor '.join(ENDINGS)}; name the backup so")


@contextmanager
def _writing(path: Path) -> Iterator[Any]:
    with path.open("xb") as file:
        if path.name.endswith(".gz"):
            with gzip.GzipFile(filename="", fileobj=file, mode="wb", compresslevel=GZIP_LEVEL) as stream:
                yield stream
        else:
            with _zstandard().ZstdCompressor().stream_writer(file, closefd=False) as stream:
                yield stream


@contextmanager
def _reading(path: Path) -> Iterator[Any]:
    _check_ending(path)
    with path.open("rb") as file:
        if path.name.endswith(".gz"):
            with gzip.GzipFile(fileobj=file, mode="rb") as stream:
                yield stream
            return
        zstandard = _zstandard()
        try:
            with zstandard.ZstdDecompressor().stream_reader(file, read_across_frames=True) as stream:
                yield stream
        except zstandard.ZstdError as error:
            raise BackupError(f"{path.name}: is no backup, or not a whole one ({error}); take another one") from None


def _zstandard() -> Any:
    try:
        import zstandard  # of the extra `web`
    except ImportError:
        raise BackupError(
            "a .tar.zst needs zstandard, which is not installed: pip install zstandard, or name it .tar.gz"
        ) from None
    return zstandard
