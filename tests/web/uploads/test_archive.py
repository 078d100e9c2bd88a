"""Zips that an honest program would not write: refused, and nothing of them stays."""

import functools
import io
import os
import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from full_disk import files_of_at_most
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from webfoot.web.uploads.archive import ArchiveLimits, extract
from webfoot.web.uploads.error import NoRoom, TooLarge, UploadError

MIB = 2**20
LIMITS = ArchiveLimits(entries=20, unpacked_bytes=8 * MIB, ratio=50)


def packed(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


def of_mode(mode: int, name: str = "link", content: bytes = b"/etc/passwd") -> bytes:
    """An archive of one entry with a Unix mode."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        info = zipfile.ZipInfo(name)
        info.create_system, info.external_attr = 3, mode << 16
        archive.writestr(info, content)
    return stream.getvalue()


def renamed(old: str, new: str) -> bytes:
    """A name that Python would not write, in both headers."""
    assert len(old) == len(new.encode("latin-1"))
    return packed({old: b"x"}).replace(old.encode(), new.encode("latin-1"))


def edited(content: bytes, at: int, form: str, value: int, entry: int = 0) -> bytes:
    """Another number in the directory's header of an entry."""
    place = -1
    for _ in range(entry + 1):
        place = content.index(b"PK\1\2", place + 1)
    return content[: place + at] + struct.pack(form, value) + content[place + at + struct.calcsize(form) :]


def ended(content: bytes, at: int, form: str, value: int) -> bytes:
    """Another number in the record at the end."""
    place = content.rindex(b"PK\5\6") + at
    return content[:place] + struct.pack(form, value) + content[place + struct.calcsize(form) :]


def twice(first: str, second: str) -> bytes:
    """Two entries of names that Python warns of."""
    return packed({first: b"1", "#" * len(second): b"2"}).replace(b"#" * len(second), second.encode())


@functools.cache
def bomb() -> bytes:
    """A gigabyte in a megabyte."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("zeros.csv", "w", force_zip64=False) as entry,
    ):
        for _ in range(1024):
            entry.write(bytes(MIB))
    return stream.getvalue()


def liar(says: int, crc: int | None = None) -> bytes:
    """5 MB that both headers say to be less; with a checksum of what they say, where one is given."""
    content = packed({"a.bin": os.urandom(50_000) * 100}, zipfile.ZIP_DEFLATED)
    content = content[:22] + struct.pack("<L", says) + content[26:]
    content = edited(content, 24, "<L", says)
    return content if crc is None else edited(content, 16, "<L", crc)


def overlapping() -> bytes:
    """A second entry that is the first one again, as every further one of a bomb would be."""
    content = packed({"aa": b"1" * 100, "bb": b"2"}, zipfile.ZIP_STORED)
    return edited(content, 42, "<L", 0, entry=1).replace(b"bb", b"aa")


def reaching_over() -> bytes:
    """A first entry that is said to reach over the second one."""
    content = packed({"aa": b"1" * 100, "bb": b"2" * 100}, zipfile.ZIP_STORED)
    return edited(edited(content, 20, "<L", 200), 24, "<L", 200)


ZIP = packed({"walk.csv": b"0,1\n2,3\n"})
PNG = b"\x89PNG\r\n\x1a\n" + bytes(30)
HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "the upload is not a zip archive"),
    "a picture": (lambda: PNG, "the upload is not a zip archive, whatever its name says"),
    "a picture that is a zip too": (lambda: PNG + ZIP, "the upload is not a zip archive"),
    "a program that is a zip too": (lambda: b"PK is a program" + ZIP, "not where it says"),
    "a zip glued in front of, offsets mended": (
        lambda: ended(edited(b"PK##" + ZIP, 42, "<L", 4), 16, "<L", 4 + struct.unpack_from("<L", ZIP, len(ZIP) - 6)[0]),
        "something is glued in front",
    ),
    "a zip with a picture behind": (lambda: ZIP + PNG, "cut off, or something is glued behind it"),
    "two zips in a row": (lambda: ZIP + ZIP, "not where it says"),
    "a zip cut off": (lambda: ZIP[:-3], "cut off"),
    "a directory that is none": (lambda: ZIP.replace(b"PK\1\2", b"PK\1\3"), "directory of the archive is broken"),
    "fewer entries counted": (
        lambda: ended(ended(packed({"a": b"", "b": b""}), 8, "<H", 1), 10, "<H", 1),
        "holds more than",
    ),
    "more entries counted": (lambda: ended(ended(ZIP, 8, "<H", 2), 10, "<H", 2), "directory of the archive is broken"),
    "many entries": (lambda: packed({f"{i}": b"" for i in range(21)}), "holds 21 files and folders; at most 20"),
    "many entries said": (lambda: ended(ended(ZIP, 8, "<H", 9999), 10, "<H", 9999), "holds 9999 files"),
    "a Zip64": (lambda: ended(ZIP, 16, "<L", 2**32 - 1), "is a Zip64"),
    "a Zip64 entry": (lambda: edited(ZIP, 20, "<L", 2**32 - 1), "'walk.csv' in the archive is written as Zip64"),
    "several parts": (lambda: ended(ZIP, 4, "<H", 1), "in several parts"),
    "no file": (lambda: packed({}), "the archive holds no file"),
    "folders only": (lambda: packed({"a/": b"", "a/b/": b""}), "the archive holds no file"),
    "a folder with content": (lambda: renamed("ab", "a/"), "is a folder with content of its own"),
    "a bomb": (bomb, "the archive unpacks to more than 8.389 MB, the most that is taken"),
    "a small bomb": (
        lambda: packed({"zeros": bytes(5 * MIB)}),
        "'zeros' in the archive unpacks to more than 50 times its size",
    ),
    "a bomb in pieces": (
        lambda: packed({f"{i}": os.urandom(30_000) * 30 for i in range(20)}),
        "unpacks to more than 8.389 MB, the most",
    ),
    "many plain bytes": (
        lambda: packed({"a": bytes(5 * MIB), "b": bytes(5 * MIB)}, zipfile.ZIP_STORED),
        "unpacks to more than 8.389 MB",
    ),
    "a header that lies": (
        lambda: liar(10),
        "'a.bin' in the archive holds more than the 10 bytes that its header says",
    ),
    "a header that lies well": (lambda: liar(0, crc=0), "holds more than the 0 bytes"),
    "a header that boasts": (lambda: edited(ZIP, 24, "<L", 9), "does not hold what its header says"),
    "a wrong checksum": (lambda: edited(ZIP, 16, "<L", 1), "does not hold what its header says"),
    "content cut off": (
        lambda: edited(packed({"a": os.urandom(999)}), 20, "<L", 500),
        "'a' in the archive is cut off, or more follows its end",
    ),
    "content that is none": (
        lambda: (
            edited(edited(packed({"a": b"\xff" * 9}, zipfile.ZIP_STORED), 10, "<H", 8), 20, "<L", 9)[:8]
            + b"\x08\x00"
            + edited(edited(packed({"a": b"\xff" * 9}, zipfile.ZIP_STORED), 10, "<H", 8), 20, "<L", 9)[10:]
        ),
        "'a' in the archive is broken",
    ),
    "an unusual packing": (
        lambda: packed({"a": b"x"}, zipfile.ZIP_LZMA),
        "is packed by method 14; pack it by 'deflate'",
    ),
    "encryption": (lambda: edited(ZIP, 8, "<H", 1), "'walk.csv' in the archive is encrypted"),
    "encryption said by the file only": (lambda: ZIP[:6] + b"\1" + ZIP[7:], "called or packed otherwise"),
    "another name in the file": (lambda: ZIP.replace(b"walk.csv", b"evil.csv", 1), "called or packed otherwise"),
    "a place that is none": (lambda: edited(ZIP, 42, "<L", 3), "is not where the directory says"),
    "a place behind the end": (lambda: edited(ZIP, 42, "<L", 10**6), "is not where the directory says"),
    "entries that overlap": (overlapping, "'aa' in the archive is there twice"),
    "an entry over another": (reaching_over, "'bb' in the archive overlaps another entry"),
    "an entry over the directory": (
        lambda: edited(packed({"aa": b"1"}, zipfile.ZIP_STORED), 20, "<L", 50),
        "'aa' in the archive overlaps",
    ),
    "a link": (lambda: of_mode(stat.S_IFLNK | 0o777), "'link' in the archive is a link or a device"),
    "a device": (lambda: of_mode(stat.S_IFCHR | 0o666), "is a link or a device"),
    "a pipe": (lambda: of_mode(stat.S_IFIFO | 0o666), "is a link or a device"),
    "a file that is a folder": (lambda: of_mode(stat.S_IFREG | 0o666, "a/", b""), "is a link or a device"),
    "a way out": (lambda: packed({"../evil": b"x"}), r"'\.\./evil' in the archive leads outside it"),
    "a way out from within": (lambda: packed({"a/../../evil": b"x"}), "leads outside it"),
    "an absolute name": (lambda: packed({"/etc/evil": b"x"}), "'/etc/evil' in the archive leads outside it"),
    "a name of dots": (lambda: packed({"a/./b": b"x"}), "leads outside it"),
    "no name": (lambda: renamed("a", "/"), "leads outside it"),
    "empty parts": (lambda: packed({"a//b": b"x"}), "leads outside it"),
    "a backslash": (lambda: renamed("..#evil", "..\\evil"), "has a backslash or a colon"),
    "a drive": (lambda: packed({"C:/evil": b"x"}), "'C:/evil' in the archive has a backslash or a colon"),
    "a line break": (lambda: renamed("a#b", "a\nb"), r"'a\?b' in the archive has control characters"),
    "a NUL": (lambda: renamed("a.npz#.exe", "a.npz\0.exe"), "has control characters"),
    "a name written backwards": (lambda: packed({"a\u202egpj.exe": b"x"}), "has control characters"),
    "a long name": (lambda: packed({"a" * 121: b"x"}), "is too long a name: at most 240 bytes, 120 a part, 16 parts"),
    "a long path": (lambda: packed({"/".join(["a" * 100] * 3): b"x"}), "is too long a name"),
    "a deep path": (lambda: packed({"a/" * 16 + "b": b"x"}), "is too long a name"),
    "a name twice": (lambda: twice("a", "a"), "'a' in the archive is there twice"),
    "a name twice but for capitals": (lambda: packed({"Walk.csv": b"1", "wALK.csv": b"2"}), "by capitals only"),
    "a name twice but for its spelling": (lambda: packed({"e\u0301": b"1", "\u00e9": b"2"}), "is there twice"),
    "a file that is a folder of another": (
        lambda: packed({"a/b": b"1", "A": b"2"}),
        "'A' in the archive is there twice",
    ),
}


def zip_in(folder: Path, content: bytes) -> Path:
    path = folder / "upload"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(("make", "message"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_archive_is_refused_in_one_sentence_and_leaves_nothing(tmp_path, make, message):
    path = zip_in(tmp_path, make())
    with pytest.raises(UploadError, match=message) as error:
        extract(path, tmp_path / "into", LIMITS)
    assert len(str(error.value)) < 300
    assert list(tmp_path.iterdir()) == [path]


def test_a_bomb_is_stopped_at_the_limit(tmp_path):
    """Not a gigabyte is written to find out."""
    path = zip_in(tmp_path, bomb())
    with files_of_at_most(9 * MIB), pytest.raises(TooLarge, match="more than 8.389 MB"):
        extract(path, tmp_path / "into", ArchiveLimits(unpacked_bytes=8 * MIB, ratio=1e9))


FILES = {"walks/walk.csv": b"0,1\n2,3\n", "walks/b/turn.csv": b"x" * 200_000, "\u00e9.csv": b"", "read me.txt": b"1"}


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_an_ordinary_archive_is_unpacked(tmp_path, method):
    into = tmp_path / "new" / "into"
    written = extract(zip_in(tmp_path, packed({"walks/": b"", **FILES}, method)), into, LIMITS)
    assert written == [into / name for name in FILES]
    assert {str(path.relative_to(into)): path.read_bytes() for path in written} == FILES


def test_what_is_streamed_has_its_sizes_behind_its_content(tmp_path):
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def seek(self, *_: int) -> int:
            raise OSError("a pipe")

        def tell(self) -> int:
            raise OSError("a pipe")

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", b"1" * 1000)
        archive.writestr("b", b"2")
    a, b = extract(zip_in(tmp_path, pipe.getvalue()), tmp_path / "into", LIMITS)
    assert (a.read_bytes(), b.read_bytes()) == (b"1" * 1000, b"2")


def test_what_macos_adds_is_left_out(tmp_path):
    content = packed({"walk.csv": b"1", "__MACOSX/._walk.csv": b"2", ".DS_Store": b"3"})
    assert [path.name for path in extract(zip_in(tmp_path, content), tmp_path / "into", LIMITS)] == ["walk.csv"]


def test_a_comment_is_no_harm(tmp_path):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("a", b"1")
        archive.comment = b"PK\5\6 is how the end begins" + b"!" * 60_000
    assert len(extract(zip_in(tmp_path, stream.getvalue()), tmp_path / "into", LIMITS)) == 1


def test_small_files_may_pack_well(tmp_path):
    content = packed({"zeros": bytes(MIB)})
    assert len(content) < MIB / 500
    assert len(extract(zip_in(tmp_path, content), tmp_path / "into", LIMITS)) == 1


def test_nothing_is_unpacked_over_what_is_there(tmp_path):
    (tmp_path / "into").mkdir()
    (tmp_path / "into" / "mine").write_bytes(b"1")
    with pytest.raises(FileExistsError, match="into"):
        extract(zip_in(tmp_path, ZIP), tmp_path / "into", LIMITS)
    assert (tmp_path / "into" / "mine").read_bytes() == b"1"


def test_a_full_disk_is_one_sentence_and_leaves_nothing(tmp_path):
    path = zip_in(tmp_path, packed({"small": b"1", "large": os.urandom(9000)}))
    with files_of_at_most(4096), pytest.raises(NoRoom, match="the unpacked archive does not fit on the disk"):
        extract(path, tmp_path / "into", LIMITS)
    assert list(tmp_path.iterdir()) == [path]


NAMES = st.text(st.characters(categories=("L", "N")), min_size=1, max_size=6)


@given(files=st.dictionaries(NAMES, st.binary(max_size=300_000), min_size=1, max_size=4), stored=st.booleans())
@settings(max_examples=40, suppress_health_check=[HealthCheck.data_too_large, HealthCheck.too_slow])
def test_any_content_comes_out_as_it_went_in(tmp_path_factory, files, stored):
    folder = tmp_path_factory.mktemp("any")
    path = zip_in(folder, packed(files, zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED))
    try:
        written = extract(path, folder / "into", LIMITS)
    except UploadError as error:
        assert "is there twice" in str(error)  # 'a' and 'A'
    else:
        assert {path.name: path.read_bytes() for path in written} == files


@given(data=st.data())
@settings(max_examples=300)
def test_bytes_changed_at_random_are_refused_or_do_no_harm(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("any")
    content = bytearray(packed({"a/walk.csv": b"0,1\n" * 50, "b.csv": b"1"}))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = zip_in(folder, bytes(content))
    try:
        written = extract(path, folder / "into", LIMITS)
    except UploadError:
        assert list(folder.iterdir()) == [path]
    else:
        assert all(file.resolve().is_relative_to(folder / "into") for file in written)
