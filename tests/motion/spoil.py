"""Spoil the bytes of a sound motion file, at random but below its checksums too."""

import io
import zipfile
from random import Random

WORDS = (b"nan", b"-inf", b"1e999", b"-1", b"0", b"99999999999999999999999", b"", b"null", b"{", b"]", b'"x"', b"\xff")
ZIP = b"PK\x03\x04"


def spoil(content: bytes, random: Random) -> bytes:
    """One or two changes: bytes overwritten, cut, doubled, or words put in."""
    if content.startswith(ZIP) and random.random() < 0.8:
        return _inside(content, random)
    for _ in range(random.randint(1, 2)):
        content = random.choice(CHANGES)(content, random)
    return content


def _inside(content: bytes, random: Random) -> bytes:
    """The same to one file of an archive, packed again with checksums that fit; or a file left out or renamed."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    name, kind = random.choice(sorted(members)), random.random()
    if kind < 0.1:
        del members[name]
    elif kind < 0.2:
        members[random.choice(sorted(members))] = members[name]
    else:
        for _ in range(random.randint(1, 2)):
            members[name] = random.choice(CHANGES)(members[name], random)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", random.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))) as archive:
        for key, member in members.items():
            archive.writestr(key, member)
    return stream.getvalue()


def _overwrite(content: bytes, random: Random) -> bytes:
    at = _place(content, random)
    return content[:at] + bytes([random.randint(0, 255)]) + content[at + 1 :]


def _header(content: bytes, random: Random) -> bytes:
    """Among the first bytes, where lengths and types stand."""
    at = random.randint(0, min(200, len(content)))
    return content[:at] + bytes([random.randint(0, 255)]) + content[at + 1 :]


def _cut(content: bytes, random: Random) -> bytes:
    return content[: _place(content, random)]


def _leave_out(content: bytes, random: Random) -> bytes:
    at = _place(content, random)
    return content[:at] + content[at + random.randint(1, 40) :]


def _double(content: bytes, random: Random) -> bytes:
    at, length = _place(content, random), random.randint(1, 400)
    return content[:at] + content[at : at + length] * 2 + content[at + length :]


def _word(content: bytes, random: Random) -> bytes:
    """A word of a text replaced, between two blanks or commas."""
    at = _place(content, random)
    end = min((p for mark in (b" ", b",", b"\n") if (p := content.find(mark, at)) >= 0), default=len(content))
    return content[:at] + random.choice(WORDS) + content[end:]


def _place(content: bytes, random: Random) -> int:
    return random.randint(0, len(content))


CHANGES = (_overwrite, _overwrite, _header, _cut, _leave_out, _double, _word)
