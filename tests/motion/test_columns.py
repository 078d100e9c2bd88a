import numpy as np
import pytest

from webfoot.errors import MotionError
from webfoot.motion.formats.columns import ColumnMap
from webfoot.motion.read import read_motions

TWO = np.arange(20.0).reshape(10, 2) / 100


def saved(tmp_path, array=TWO, name="walk.npy"):
    np.save(tmp_path / name, array)
    return tmp_path / name


def test_given_names_name_the_columns_without_any_robot(tmp_path):
    (clip,) = read_motions(saved(tmp_path), columns=ColumnMap(joints=("hip", "knee"), fps=30))
    assert clip.joint_names == ("hip", "knee") and clip.fps == 30
    assert not any("assumed" in note for note in clip.notes)


def test_names_may_be_written_as_on_a_command_line():
    said = ColumnMap.model_validate({"joints": "hip, knee", "root_pos": "2,3,4"})
    assert said.joints == ("hip", "knee") and said.root_pos == (2, 3, 4)


def test_seven_columns_more_than_names_are_the_root(tmp_path):
    root = np.tile([1.0, 2.0, 3.0, 0.0, 0.0, 0.0, 1.0], (10, 1))
    (clip,) = read_motions(saved(tmp_path, np.column_stack([root, TWO])), columns=ColumnMap(joints=("hip", "knee")))
    assert clip.joint_pos == pytest.approx(TWO)
    assert clip.root_pos is not None and clip.root_pos[0] == pytest.approx([1, 2, 3])
    assert clip.root_quat is not None and clip.root_quat[0] == pytest.approx([1, 0, 0, 0])


def test_a_sidecar_says_everything_and_options_go_before_it(tmp_path):
    rows = np.column_stack([np.degrees(TWO), np.full((10, 3), 0.5), np.tile([1.0, 0, 0, 0], (10, 1))])
    path = saved(tmp_path, rows)
    (tmp_path / "walk.npy.yaml").write_text(
        "joints: [hip, knee]\nfps: 25\nunits: degrees\nroot_pos: [2, 3, 4]\nroot_quat: [5, 6, 7, 8]\n"
        "quat_order: wxyz\nloop: true\n"
    )
    (clip,) = read_motions(path)
    assert clip.joint_pos == pytest.approx(TWO) and clip.fps == 25 and clip.loop
    assert clip.root_quat is not None and clip.root_quat[3] == pytest.approx([1, 0, 0, 0])
    assert "joint angles converted from degrees" in clip.notes
    (clip,) = read_motions(path, columns=ColumnMap(fps=100))
    assert clip.fps == 100 and clip.joint_names == ("hip", "knee")


def test_one_sidecar_speaks_for_a_whole_folder(tmp_path):
    saved(tmp_path, name="a.npy")
    saved(tmp_path, name="b.npy")
    (tmp_path / "columns.yaml").write_text("joints: [hip, knee]\n")
    (tmp_path / "b.npy.yaml").write_text("joints: [left, right]\n")
    assert [clip.joint_names for clip in read_motions(tmp_path)] == [("hip", "knee"), ("left", "right")]


def test_names_rename_the_joints_of_a_file_that_has_some(tmp_path, duckling):
    (tmp_path / "walk.csv").write_text("time,a,b\n0,1,2\n0.02,3,4\n")
    (clip,) = read_motions(tmp_path / "walk.csv", columns=ColumnMap(joints=("hip", "knee")))
    assert clip.joint_names == ("hip", "knee") and clip.fps == 50
    assert "joints named as given, not as in the file" in clip.notes
    with pytest.raises(MotionError, match=r"walk: 1 joint names given, but the clip has 2 joints \(a, b"):
        read_motions(tmp_path / "walk.csv", columns=ColumnMap(joints=("hip",)))


BROKEN = {
    "an unknown key": ("joint: [a]", "'joint': extra inputs are not permitted; joints, fps, .* would be right"),
    "a wrong unit": ("units: turns", "'units': input should be 'radians' or 'degrees'"),
    "a rate": ("fps: fast", "'fps': input should be a valid number"),
    "no table": ("- a", "holds no table"),
    "no YAML": ("a: [", "cannot be read as YAML"),
    "aliases": ("a: &x [1]\nb: *x", "holds '&' or '\\*'; a sidecar is plain keys"),
    "bytes": (b"\xff\xfe\x00", "cannot be read as YAML"),
    "two columns alike": ("joints: [a, b]\nroot_pos: [0, 0, 1]", "are to be different columns below 2"),
    "a column beyond": ("joints: [a, b]\nroot_pos: [0, 1, 9]", "are to be different columns below 2"),
    "too many names": ("joints: [a, b, c]", r"3 joint names given for 2 columns; give one name for each \(or 10 with"),
    "much": ("#" * 70_000, "more than 64 KiB; a sidecar is a few lines"),
}


@pytest.mark.parametrize("defect", BROKEN)
def test_a_sidecar_that_says_nonsense_is_one_sentence(tmp_path, defect):
    content, sentence = BROKEN[defect]
    path = saved(tmp_path)
    (tmp_path / "walk.npy.yaml").write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(MotionError, match=sentence) as refused:
        read_motions(path)
    assert "\n" not in str(refused.value)


def test_a_bvh_takes_no_units(tmp_path, duckling):
    (tmp_path / "walk.bvh").write_text("HIERARCHY")
    with pytest.raises(MotionError, match="a BVH says units and names itself"):
        read_motions(tmp_path / "walk.bvh", duckling, ColumnMap(units="degrees"))
