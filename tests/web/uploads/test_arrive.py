"""Motions that arrive: read by their name's ending, in a process of their own, by readers that run nothing."""

import io
import json
import os
import pickle
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from webfoot.cli.app import main
from webfoot.errors import MotionError, UnknownName
from webfoot.robots.limited import Limits
from webfoot.robots.table import ASSETS, ROBOTS
from webfoot.web.uploads.arrive import ArrivedClip, receive_motion
from webfoot.web.uploads.error import TooLarge, UploadError
from webfoot.web.uploads.names import safe_name

WALK = ASSETS / "duckling" / "walk.npz"
MIB = 2**20


def stored(folder: Path, content: bytes) -> Path:
    """A file as the store keeps it: without an ending."""
    path = folder / ("0" * 64)
    path.write_bytes(content)
    return path


class Evil:
    """Makes a file when it is unpickled."""

    def __init__(self, mark: Path):
        self.mark = mark

    def __reduce__(self):
        return os.mkdir, (str(self.mark),)


def test_a_motion_arrives_with_its_clip_and_its_score(tmp_path):
    arrived = receive_motion(stored(tmp_path, WALK.read_bytes()), "C:\\clips\\walk.npz", "duckling")
    assert (arrived.name, arrived.robot, arrived.usable) == ("walk.npz", "duckling", True)
    (clip,) = arrived.clips
    assert clip == ArrivedClip("walk", 26, 0.52, clip.command, arrived.score, True)
    assert clip.command == pytest.approx((0.1, 0.0, 0.0), abs=1e-3)
    assert 0.9 < arrived.score <= 1


def test_the_report_is_that_of_the_command_line(tmp_path, capsys):
    folder = tmp_path / "walks"
    folder.mkdir()
    for name in ("walk", "back"):
        shutil.copy(WALK.with_stem(name), folder)
    assert main(["motion", "inspect", str(folder), "--json"]) == 0
    expected = json.loads(capsys.readouterr().out) | {"motion": "walks"}
    arrived = receive_motion(folder, "walks.zip", ROBOTS["duckling"])
    assert arrived.report == expected and arrived.report["coverage"]["clips"] == 2
    assert [clip.name for clip in arrived.clips] == ["back", "walk"]


def test_a_zip_of_one_folder_is_that_folder(tmp_path):
    inner = tmp_path / "unpacked" / "my walks" / "inner"
    inner.mkdir(parents=True)
    shutil.copy(WALK, inner)
    (inner / "readme.md").write_text("walks")
    assert [clip.name for clip in receive_motion(tmp_path / "unpacked", "a.zip", "duckling").clips] == ["walk"]


def test_a_motion_of_another_robot_arrives_with_the_reason(tmp_path):
    arrived = receive_motion(stored(tmp_path, WALK.read_bytes()), "walk.npz", "otter")
    assert not arrived.usable and arrived.score == 0
    assert arrived.clips[0].command is None and arrived.clips[0].frames == 26
    assert arrived.report["clips"][0]["findings"][0]["severity"] == "error"


def pickled(folder: Path) -> bytes:
    return pickle.dumps({"fps": 30, "root_pos": Evil(folder / "mark")})


def pickled_in_npz(folder: Path) -> bytes:
    stream = io.BytesIO()
    evil = np.array([Evil(folder / "mark")], dtype=object)
    np.savez(stream, allow_pickle=True, qpos=evil, fps=evil, joint_names=evil)
    return stream.getvalue()


def pickled_in_npy(folder: Path) -> bytes:
    stream = io.BytesIO()
    np.save(stream, np.array([Evil(folder / "mark")], dtype=object), allow_pickle=True)
    return stream.getvalue()


PICKLES = {
    "walk.pkl": (pickled, r"walk\.pkl: asks for 'posix\.mkdir'; only numpy numbers"),
    "walk.npz": (pickled, r"walk\.npz: holds no arrays"),
    "walk.npy": (pickled_in_npy, r"walk\.npy: asks for 'posix\.mkdir'"),
    "list.npz": (pickled_in_npz, r"list\.npz: "),
    "walk.csv": (pickled, r"walk\.csv: "),
    "walk.json": (pickled, r"walk\.json: "),
    "walk.bvh": (pickled, r"walk\.bvh: "),
}


@pytest.mark.parametrize(("name", "make", "message"), [(name, *case) for name, case in PICKLES.items()], ids=PICKLES)
def test_no_pickle_runs_whatever_it_is_called(tmp_path, name, make, message):
    with pytest.raises(MotionError, match=message) as error:
        receive_motion(stored(tmp_path, make(tmp_path)), name, "duckling")
    assert not (tmp_path / "mark").exists()
    assert str(tmp_path) not in str(error.value)


def test_the_trap_works_where_it_is_unpickled(tmp_path):
    pickle.loads(pickled(tmp_path))
    assert (tmp_path / "mark").is_dir()


@pytest.mark.parametrize("name", ["json", "runpy", "numpy", "webfoot", "sitecustomize", "encodings"])
def test_no_upload_is_taken_for_a_module(tmp_path, monkeypatch, name):
    """The process works where the upload lies, under the user's name for it."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(["", ".", str(tmp_path / "none")]))
    code = f"import os; os.mkdir({str(tmp_path / 'mark')!r})"
    with pytest.raises(MotionError, match=rf"motion '{name}\.py' ends in '\.py'"):
        receive_motion(stored(tmp_path, code.encode()), f"{name}.py", "duckling")
    package = tmp_path / "package"
    package.mkdir()
    (package / "__init__.py").write_text(code)
    (package / "__main__.py").write_text(code)
    with pytest.raises(MotionError, match=f"folder '{name}' holds no motion file"):
        receive_motion(package, f"{name}.zip", "duckling")
    assert not (tmp_path / "mark").exists()


def test_a_zip_of_motions_in_several_folders_says_so(tmp_path):
    for folder in ("left", "right"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "walk.npz").write_bytes(WALK.read_bytes())
    with pytest.raises(UploadError, match=r"several: its motions lie in several folders \(left, right\); put all"):
        receive_motion(tmp_path, "several.zip", "duckling")


def test_a_picture_that_is_an_archive_too_is_read_as_what_it_is_called(tmp_path):
    both = stored(tmp_path, b"\x89PNG\r\n\x1a\n" + bytes(30) + WALK.read_bytes())
    assert receive_motion(both, "walk.npz", "duckling").clips[0].frames == 26
    with pytest.raises(MotionError, match=r"motion 'walk\.png' ends in '\.png'; formats that are read end in"):
        receive_motion(both, "walk.npz/../walk.png", "duckling")
    with pytest.raises(MotionError, match=r"walk\.json: "):
        receive_motion(both, "walk.json", "duckling")


def test_a_bomb_in_an_npz_is_refused(tmp_path):
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("qpos.npy", "w", force_zip64=True) as member,
    ):
        np.lib.format.write_array_header_1_0(member, {"descr": "|u1", "fortran_order": False, "shape": (300 * MIB,)})
        for _ in range(300):
            member.write(bytes(MIB))
    with pytest.raises(MotionError, match=r"bomb\.npz: .*unpacks to 300 MiB; at most 256 MiB are read"):
        receive_motion(stored(tmp_path, stream.getvalue()), "bomb.npz", "duckling")


def test_what_takes_too_long_is_stopped(tmp_path):
    path = stored(tmp_path, WALK.read_bytes())
    for limits in (Limits(cpu_s=1, memory_bytes=3 << 30, wall_s=0.2), Limits(cpu_s=0, memory_bytes=3 << 30, wall_s=60)):
        with pytest.raises(TooLarge, match=r"walk\.npz: inspecting it takes more than . s of work; make it smaller"):
            receive_motion(path, "walk.npz", "duckling", limits)


def test_what_takes_too_much_memory_is_stopped(tmp_path):
    numbers = ",".join(["0.123456789"] * 14)
    table = stored(tmp_path, "\n".join([numbers] * 90_000).encode())
    with pytest.raises(MotionError, match=r"walk\.csv: inspecting it takes more memory than"):
        receive_motion(table, "walk.csv", "duckling", Limits(cpu_s=60, memory_bytes=500 << 20, wall_s=60))


def test_an_inspection_that_breaks_is_said_and_logged(caplog):
    with pytest.raises(UploadError, match=r"walks: inspecting it failed with code \d+, which the log"):
        receive_motion(WALK.parent, "walks.zip", "duckling", Limits(60, 3 << 30, 60, file_bytes=5000))
    assert "inspecting an upload ended with code" in caplog.text and "File too large" in caplog.text


def test_what_is_gone_is_said(tmp_path):
    with pytest.raises(UploadError, match=r"walk\.npz: the upload is gone; send it again"):
        receive_motion(tmp_path / "none", "walk.npz", "duckling")


def test_a_robot_by_name_is_a_bundled_one_and_no_path():
    with pytest.raises(UnknownName, match=r"unknown robot '/etc/robot\.xml': choose one of duckling, otter"):
        receive_motion(WALK, "walk.npz", "/etc/robot.xml")


@pytest.mark.parametrize(
    ("given", "safe"),
    [
        ("walk.npz", "walk.npz"),
        ("C:\\clips\\..\\my walk.NPZ", "my-walk.NPZ"),
        ("../../etc/passwd", "passwd"),
        (".htaccess", "upload.htaccess"),
        ("-rf.csv", "rf.csv"),
        ("walk.npz \n", "walk.npz"),
        ("walk.csv\0.png", "walk.csv.png"),
        ("walk\r\nSet-Cookie: a.csv", "walk--Set-Cookie--a.csv"),
        ("gang#1.npz", "gang-1.npz"),
        ("läufer.bvh", "läufer.bvh"),
        ("", "upload"),
        ("///", "upload"),
        ("...", "upload"),
        ("a" * 300 + ".json", "a" * 40 + ".json"),
        ("\udc80.csv", "upload.csv"),
    ],
)
def test_a_name_is_made_plain(given, safe):
    assert safe_name(given) == safe


@given(st.text())
def test_any_name_is_one_short_file_in_its_folder(tmp_path_factory, name):
    safe = safe_name(name)
    assert Path(safe).name == safe and not safe.startswith((".", "-"))
    assert safe.isprintable() and len(safe.encode()) <= 200


@pytest.mark.parametrize("name", ["#.npz", "walk#b.npz", "*.npz", "[a].npz", "-h.npz", "%00.npz"])
def test_names_that_mean_something_elsewhere_mean_nothing(tmp_path, name):
    assert len(receive_motion(WALK, name, "duckling").clips) == 1
