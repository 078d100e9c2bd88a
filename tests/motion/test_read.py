import pickle
from pathlib import Path

import numpy as np
import pytest
from clips import awd_table, write_json
from test_polynomial import clip

from webfoot.errors import MotionError
from webfoot.motion.read import READERS, is_beside, read_library, read_motions


def test_a_folder_is_a_library_of_its_motion_files(tmp_path, duckling):
    write_json(tmp_path / "b.json", awd_table())
    np.save(tmp_path / "a.npy", np.zeros((4, 10)))
    (tmp_path / "notes.md").write_text("not a motion")
    assert [motion.name for motion in read_motions(tmp_path, duckling)] == ["a", "b"]


def test_one_clip_of_a_file_is_named_behind_a_hash(tmp_path):
    path = tmp_path / "library.pkl"
    path.write_bytes(pickle.dumps({"slow": clip(), "fast": clip()}))
    assert [motion.name for motion in read_motions(f"{path}#fast")] == ["fast"]
    with pytest.raises(MotionError, match=r"library.pkl: no clip 'quick'; it holds slow, fast"):
        read_motions(f"{path}#quick")
    with pytest.raises(MotionError, match="names no clip behind its '#'"):
        read_motions(f"{path}#")


def test_a_hash_in_the_name_of_a_file_is_no_clip(tmp_path):
    path = write_json(tmp_path / "take#2.json", awd_table())
    assert read_motions(path)[0].name == "take#2"


def test_text_files_hold_the_same_as_json(tmp_path):
    assert read_motions(write_json(tmp_path / "walk.txt", awd_table()))[0].joint_names == ("left_knee", "right_knee")


def test_an_unknown_ending_lists_the_known_ones(tmp_path):
    (tmp_path / "walk.fbx").write_text("HIERARCHY")
    with pytest.raises(MotionError, match=r"'walk.fbx' ends in '.fbx'; formats that are read end in .*.json, .npy"):
        read_motions(tmp_path / "walk.fbx")


def test_a_name_that_is_neither_a_file_nor_a_bundled_motion_is_called_so(duckling):
    with pytest.raises(
        MotionError, match="^motion 'trot' is no file and none of this robot's own; give a file's path$"
    ):
        read_motions("trot", duckling)


def test_nothing_there_is_one_sentence(tmp_path):
    with pytest.raises(MotionError, match="does not exist; give the path of a motion file"):
        read_motions(tmp_path / "walk.json")
    with pytest.raises(MotionError, match="holds no motion file"):
        read_motions(tmp_path)


@pytest.mark.parametrize("ending", READERS)
def test_every_reader_refuses_an_empty_file(tmp_path, duckling, ending):
    path = tmp_path / f"walk{ending}"
    path.write_bytes(b"")
    with pytest.raises(MotionError, match=f"walk{ending}"):
        read_motions(path, duckling)


@pytest.mark.parametrize("ending", READERS)
def test_every_reader_refuses_a_file_beyond_the_limit_unread(tmp_path, duckling, ending):
    path = tmp_path / f"walk{ending}"
    with path.open("wb") as file:
        file.truncate(65 * 2**20)
    with pytest.raises(MotionError, match=f"walk{ending}: 65 MiB; motion files of at most 64 MiB are read"):
        read_motions(path, duckling)


@pytest.mark.parametrize(
    ("name", "beside"),
    [
        ("README.txt", True),
        ("readme", True),
        ("LICENSE-MIT.txt", True),
        ("Licence.md", True),
        ("citation.json", True),
        ("._walk.npz", True),
        (".hidden.csv", True),
        ("walk.txt", False),
        ("notice_walk.npz", False),
        ("reading.txt", False),
    ],
)
def test_papers_and_hidden_files_lie_beside_motions(name, beside):
    assert is_beside(Path(name)) is beside


def test_a_library_is_read_without_what_cannot_be(tmp_path, duckling):
    write_json(tmp_path / "b.json", awd_table())
    (tmp_path / "a.npz").write_bytes(b"PK")
    (tmp_path / "README.txt").write_text("hello")
    motions, refused = read_library(tmp_path, duckling)
    assert ([motion.name for motion in motions], list(refused)) == (["b"], ["a.npz"])
    (tmp_path / "b.json").write_text("{")
    with pytest.raises(MotionError, match=r"^none of 2 files can be used; a\.npz: "):
        read_library(tmp_path, duckling)
