import io
import zipfile
from pathlib import Path

import numpy as np
import pytest

from webfoot.errors import MotionError
from webfoot.motion.clip import Motion
from webfoot.motion.formats.webfoot_npz import read, write

GOOD = {"fps": 50.0, "joint_names": np.array(["hip", "knee"]), "joint_pos": np.zeros((3, 2))}


def full_motion() -> Motion:
    return Motion(
        name="clip",
        fps=50.0,
        joint_names=("hip", "knee"),
        joint_pos=np.arange(6.0).reshape(3, 2),
        root_pos=np.ones((3, 3)),
        root_quat=np.tile([1.0, 0.0, 0.0, 0.0], (3, 1)),
        loop=False,
        command=(0.1, 0.0, -0.2),
    )


def test_a_motion_comes_back_as_it_was_written(tmp_path: Path):
    motion = full_motion()
    write(motion, tmp_path / "clip.npz")
    (back,) = read(tmp_path / "clip.npz")
    for key in ("joint_pos", "root_pos", "root_quat"):
        np.testing.assert_array_equal(getattr(back, key), getattr(motion, key))
    assert (back.name, back.fps, back.joint_names) == ("clip", 50.0, ("hip", "knee"))
    assert (back.loop, back.command) == (False, (0.1, 0.0, -0.2))


def test_what_a_motion_lacks_stays_absent(tmp_path: Path):
    write(Motion("m", 30.0, ("hip",), np.zeros((2, 1))), tmp_path / "m.npz")
    (back,) = read(tmp_path / "m.npz")
    assert back.root_pos is None and back.root_quat is None and back.command is None
    assert back.loop


def test_writing_leaves_one_file_and_overwrites_the_old_one(tmp_path: Path):
    path = tmp_path / "clip.npz"
    path.write_bytes(b"old")
    write(full_motion(), path)
    assert [file.name for file in tmp_path.iterdir()] == ["clip.npz"]
    assert read(path)[0].num_frames == 3


def test_the_same_motion_gives_the_same_bytes(tmp_path: Path):
    write(full_motion(), tmp_path / "a.npz")
    write(full_motion(), tmp_path / "b.npz")
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_a_missing_folder_is_named(tmp_path: Path):
    with pytest.raises(MotionError, match="is not a folder; create it first"):
        write(full_motion(), tmp_path / "nowhere" / "clip.npz")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"fps": None}, "key fps missing"),
        ({"joint_names": None, "joint_pos": None}, "key joint_names, joint_pos missing"),
        ({"joint_names": np.array([1, 2])}, "joint_names is an array of type int64 .* list of names"),
        ({"joint_names": np.array(["hip"])}, r"shape \(3, 2\), expected \(frames, 1\)"),
        ({"joint_pos": np.array([["a", "b"]])}, "joint_pos is an array of type <U1 .* must hold numbers"),
        ({"joint_pos": np.array([[None, None]])}, "joint_pos: an array of object; expected numbers"),
        ({"fps": np.array([50.0, 60.0])}, r"fps has shape \(2,\); it must be one number"),
        ({"fps": 0.0}, "0 frames per second; expected 1 to 1000"),
        ({"command": np.zeros(2)}, r"command has shape \(2,\); it must be \(3,\)"),
        ({"root_pos": np.zeros((3, 2))}, r"root position of shape \(3, 2\), expected \(3, 3\)"),
        ({"loop": np.array(["yes"])}, "loop is an array .*must be true or false"),
    ],
)
def test_a_malformed_file_is_refused_with_the_reason(tmp_path: Path, change: dict, message: str):
    arrays = {key: value for key, value in {**GOOD, **change}.items() if value is not None}
    np.savez(tmp_path / "bad.npz", **arrays)
    with pytest.raises(MotionError, match=message):
        read(tmp_path / "bad.npz")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b"not a zip", "holds no arrays, whatever its ending says; write it with numpy.savez"),
        (b"PK\x03\x04 broken", "holds no arrays"),
    ],
)
def test_a_file_that_is_no_npz_is_refused(tmp_path: Path, content: bytes, message: str):
    (tmp_path / "bad.npz").write_bytes(content)
    with pytest.raises(MotionError, match=message):
        read(tmp_path / "bad.npz")


def test_every_cut_file_is_refused(tmp_path: Path):
    write(full_motion(), tmp_path / "good.npz")
    content = (tmp_path / "good.npz").read_bytes()
    for length in range(1, len(content), 37):
        (tmp_path / "cut.npz").write_bytes(content[:length])
        with pytest.raises(MotionError, match="cut.npz"):
            read(tmp_path / "cut.npz")


def test_a_header_that_claims_more_than_the_file_holds_is_refused(tmp_path: Path):
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "<f8", "fortran_order": False, "shape": (10**12, 14)})
    with zipfile.ZipFile(tmp_path / "huge.npz", "w") as archive:
        for key in ("fps", "joint_names", "joint_pos"):
            archive.writestr(f"{key}.npy", header.getvalue())
    with pytest.raises(MotionError, match=r"fps: holds 0 bytes of numbers, its header says 112000000000000"):
        read(tmp_path / "huge.npz")


def test_a_missing_file_is_named(tmp_path: Path):
    with pytest.raises(MotionError, match="motion '.*absent.npz'"):
        read(tmp_path / "absent.npz")
