import json

import numpy as np
import pytest
from clips import stepping

from webfoot.errors import MotionError
from webfoot.motion.prepare import prepare
from webfoot.motion.read import read_motions
from webfoot.motion.write import WRITERS, write_motion


@pytest.mark.parametrize("ending", WRITERS)
def test_what_is_written_is_read_back(tmp_path, duckling, ending):
    clip = prepare(stepping(duckling), duckling)
    write_motion(clip, tmp_path / f"walk{ending}", duckling)
    (back,) = read_motions(tmp_path / f"walk{ending}")
    assert back.joint_names == clip.joint_names and back.fps == pytest.approx(clip.fps)
    assert back.loop is (ending != ".csv")
    assert back.joint_pos == pytest.approx(clip.joint_pos, abs=1e-5)
    assert back.root_pos == pytest.approx(clip.root_pos, abs=1e-5)
    assert back.root_quat == pytest.approx(clip.root_quat, abs=1e-5)
    assert [file.name for file in tmp_path.iterdir()] == [f"walk{ending}"]


def test_awd_json_has_the_columns_of_the_field(tmp_path, duckling):
    write_motion(stepping(duckling), tmp_path / "walk.json", duckling)
    table = json.loads((tmp_path / "walk.json").read_text())
    offsets = table["Frame_offset"][0]
    assert list(offsets.values()) == [0, 3, 7, 21, 24, 27, 30, 33, 47, 50] and len(table["Frames"][0]) == 53
    frames = np.array(table["Frames"])
    assert not frames[0, 27:].any()  # velocities start at 0
    assert frames[1, 33:47] == pytest.approx((frames[1, 7:21] - frames[0, 7:21]) * 50, abs=2e-3)
    assert np.abs(frames[:, [23, 26]]).min() < 0.01  # a sole near the ground


def test_an_ending_that_is_not_written_lists_the_others(tmp_path, duckling):
    with pytest.raises(
        MotionError, match=r"cannot write 'walk.bvh': formats that are written end in .csv, .json, .npz, .txt"
    ):
        write_motion(stepping(duckling), tmp_path / "walk.bvh", duckling)


@pytest.mark.parametrize("ending", WRITERS)
def test_a_folder_that_is_not_there_is_named(tmp_path, duckling, ending):
    with pytest.raises(MotionError, match="is not a folder; create it first"):
        write_motion(stepping(duckling), tmp_path / "none" / f"walk{ending}", duckling)


@pytest.mark.parametrize("ending", WRITERS)
def test_a_place_that_cannot_be_written_is_named_itself(tmp_path, duckling, ending):
    (tmp_path / f"walk{ending}").mkdir()
    with pytest.raises(MotionError, match=rf"/walk{ending}: cannot be written \(Is a directory\)"):
        write_motion(stepping(duckling), tmp_path / f"walk{ending}", duckling)
    assert [file.name for file in tmp_path.iterdir()] == [f"walk{ending}"]
