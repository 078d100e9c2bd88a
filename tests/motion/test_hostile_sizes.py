"""Files that are small, or within the limit, and would be huge in memory: refused at once."""

import io
import time
import zipfile

import numpy as np
import pytest

from webfoot.errors import MotionError
from webfoot.motion.read import read_motions

MIB = 2**20
BVH = b"HIERARCHY\nROOT a\n{\nOFFSET 0 0 0\nCHANNELS 1 Xposition\n}\nMOTION\nFrames: 500000\nFrame Time: 0.01\n"


def header(shape: tuple[int, ...]) -> bytes:
    stream = io.BytesIO()
    np.lib.format.write_array_header_1_0(stream, {"descr": "|u1", "fortran_order": False, "shape": shape})
    return stream.getvalue()


def bomb(mebibytes: int) -> bytes:
    """An archive of some kilobytes whose `qpos` unpacks to so much."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("qpos.npy", "w", force_zip64=True) as member,
    ):
        member.write(header((mebibytes * MIB,)))
        for _ in range(mebibytes):
            member.write(bytes(MIB))
    return stream.getvalue()


def bzip2() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("qpos.npy", header((MIB,)) + bytes(MIB))
    return stream.getvalue()


def many_members() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for number in range(1001):
            archive.writestr(f"{number}.npy", b"")
    return stream.getvalue()


def laughs() -> bytes:
    """Twenty lists, each of sixty of the last."""
    lists = b"".join(b"]\x94(" + (b"h" + bytes([i])) * 60 + b"e" for i in range(20))
    return b"\x80\x04]\x94" + lists + b"."


HOSTILE = {
    "zip bomb": (".npz", lambda: bomb(300), "unpacks to 300 MiB; at most 256 MiB are read"),
    "unusual packing": (".npz", bzip2, "qpos is packed in an unusual way"),
    "many arrays": (".npz", many_members, "1001 arrays; at most 1000 are read"),
    "lists of a pickle": (".pkl", lambda: b"\x80\x04" + b"]" * (5 * MIB) + b".", "takes more than 4000000 steps"),
    "claimed bytes": (".pkl", lambda: b"\x80\x05\x96" + (2**40).to_bytes(8, "little") + b"a.", "not a pickle"),
    "a billion laughs": (".pkl", laughs, "nests more than 12 containers"),
    "lists of JSON": (".json", lambda: b"[" * (2 * MIB), "opens more than 1000000 lists"),
    "values of JSON": (".txt", lambda: b"[" + b"1," * (5 * MIB), "holds more than 4194304 values"),
    "a long row": (".csv", lambda: b"1," * MIB, "too many rows, or too long ones"),
    "many rows": (".csv", lambda: b"1\n" * (2 * MIB), "too many rows, or too long ones"),
    "a long hierarchy": (".bvh", lambda: b"HIERARCHY\n" + b"a " * MIB + b"MOTION", "more than 1048576 letters"),
    "frames of a BVH": (".bvh", lambda: BVH + b"0\n" * (2 * MIB), "rows; at most 500000 frames"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_would_be_huge_is_refused_at_once(tmp_path, duckling, kind):
    ending, make, sentence = HOSTILE[kind]
    (tmp_path / f"clip{ending}").write_bytes(make())
    began = time.process_time()
    with pytest.raises(MotionError, match=f"clip{ending}: .*{sentence}"):
        read_motions(tmp_path / f"clip{ending}", duckling)
    assert time.process_time() - began < 10.0
