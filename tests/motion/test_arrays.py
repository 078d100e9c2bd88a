import numpy as np
import pytest

from webfoot.errors import MotionError
from webfoot.motion.formats import arrays


def saved(tmp_path, array):
    path = tmp_path / "walk.npy"
    np.save(path, array)
    return path


def test_columns_are_the_joints_of_the_robot_where_there_are_as_many(tmp_path, duckling):
    (motion,) = arrays.read(saved(tmp_path, np.ones((4, 14), dtype=np.float32)), duckling)
    assert motion.joint_names == duckling.joint_names
    assert "its 14 columns are taken as the joints of robot 'duckling'" in motion.notes[0]


def test_ten_columns_are_the_legs_and_it_is_said_aloud(tmp_path, duckling):
    (motion,) = arrays.read(saved(tmp_path, np.ones((4, 10))), duckling)
    assert motion.joint_names == duckling.leg_joint_names
    assert (
        "its 10 columns are taken as the leg joints of robot 'duckling' in its order: left_hip_yaw" in motion.notes[0]
    )
    assert motion.notes[1].startswith("rate assumed") and motion.fps == 50 and motion.loop is False


def test_order_in_memory_and_of_bytes_does_not_matter(tmp_path, duckling):
    values = np.arange(40.0).reshape(4, 10)
    (fortran,) = arrays.read(saved(tmp_path, np.asfortranarray(values)), duckling)
    (big,) = arrays.read(saved(tmp_path, values.astype(">f4")), duckling)
    assert (fortran.joint_pos == values).all() and (big.joint_pos == values).all()


BROKEN = {
    "wrong width": (np.zeros((4, 9)), "9 columns, but robot 'duckling' has 14 joints, 10 of them in the legs"),
    "one dimension": (np.zeros(4), r"shape \(4,\); expected \(frames, joints\)"),
    "one frame": (np.zeros((1, 10)), r"shape \(1, 10\); expected"),
    "no frames": (np.zeros((0, 10)), r"shape \(0, 10\); expected"),
    "text": (np.array([["a", "b"]]), "an array of <U1; expected numbers"),
    "truth": (np.zeros((4, 10), dtype=bool), "an array of bool; expected numbers"),
    "complex": (np.zeros((4, 10), dtype=complex), "an array of complex128; expected numbers"),
    "records": (np.zeros(4, dtype=[("a", "f8")]), "expected numbers"),
}


@pytest.mark.parametrize("defect", BROKEN)
def test_an_array_of_another_kind_is_one_sentence(tmp_path, duckling, defect):
    array, sentence = BROKEN[defect]
    with pytest.raises(MotionError, match=f"^walk.npy: .*{sentence}"):
        arrays.read(saved(tmp_path, array), duckling)


def test_a_pickled_array_is_refused(tmp_path, duckling):
    path = tmp_path / "walk.npy"
    np.save(path, np.array([{"a": 1}], dtype=object), allow_pickle=True)
    with pytest.raises(MotionError, match="an array of object; expected numbers"):
        arrays.read(path, duckling)


def test_a_cut_off_array_is_one_sentence(tmp_path, duckling):
    path = saved(tmp_path, np.zeros((4, 10)))
    path.write_bytes(path.read_bytes()[:-8])
    with pytest.raises(MotionError, match="holds 312 bytes of numbers, its header says 320; is it cut off"):
        arrays.read(path, duckling)


def test_columns_without_names_need_a_robot(tmp_path):
    with pytest.raises(MotionError, match="10 columns without names; name the robot"):
        arrays.read(saved(tmp_path, np.zeros((4, 10))), None)
