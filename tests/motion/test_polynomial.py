import pickle

import numpy as np
import pytest
from clips import NO_DATA, OPEN_DUCK_LIBRARY

from webfoot.errors import MotionError
from webfoot.motion.formats import polynomial


def clip(**entries):
    """40 dimensions; dimension d is d + x^2."""
    coefficients = {f"dim_{d}": [np.float64(d), 0.0, np.float64(1.0)] for d in range(40)}
    return {"coefficients": coefficients, "period": 0.1, "fps": 50} | entries


def read_object(tmp_path, library):
    path = tmp_path / "library.pkl"
    path.write_bytes(pickle.dumps(library))
    return polynomial.read(path)


def test_one_period_is_read_at_the_samples_that_the_fit_used(tmp_path):
    (motion,) = read_object(tmp_path, {"0.1_0_0": clip()})
    x = np.array([0.0, 0.25, 0.5, 0.75, 1.0])  # 5 frames of 0.02 s; the fifth sample was fitted at x = 1
    assert motion.joint_pos[:, 3] == pytest.approx(3 + x**2)
    assert motion.name == "0.1_0_0" and motion.fps == 50 and motion.loop is True and motion.duration_s == 0.1
    assert motion.joint_names[3] == "left_knee" and motion.joint_names[15] == "right_ankle"
    assert motion.stored_velocity[0].tolist() == [34, 35, 36, 37, 38, 39]


def test_a_period_between_frames_has_as_many_as_the_fit_used(tmp_path):
    (motion,) = read_object(tmp_path, {"a": clip(period=0.11)})  # 5.5 frames: the fit took int(5.5)
    assert motion.num_frames == 5


class Payload:
    def __reduce__(self):
        return (print, ("run",))


def test_code_in_a_pickle_is_refused_and_never_run(tmp_path, capsys):
    with pytest.raises(MotionError, match=r"library.pkl: asks for 'builtins.print'; only numpy numbers"):
        read_object(tmp_path, {"a": Payload()})
    assert capsys.readouterr().out == ""


BROKEN = {
    "no dict": ([1, 2], "holds a list of 2; expected a dict of clips"),
    "empty dict": ({}, "holds a dict of 0; expected a dict of clips"),
    "clip no dict": ({"a": 1.0}, "#a: holds a float; expected a dict"),
    "no coefficients": ({"a": {"period": 0.5, "fps": 50}}, "#a: coefficients are missing"),
    "no fps": ({"a": {"period": 0.5}}, "#a: 'fps' is missing"),
    "period nan": ({"a": clip(period=float("nan"))}, "#a: 'period' is nan"),
    "period tiny": ({"a": clip(period=0.02)}, "is 1 frames; expected at least 4"),
    "too few dimensions": ({"a": clip(coefficients={"dim_0": [1.0], "dim_1": [2.0]})}, "2 dimensions; expected 40"),
    "dimension missing": ({"a": clip(coefficients={"dim_0": [1.0], "dim_7": [2.0]})}, "dim_1 is missing"),
    "ragged": (
        {"a": clip(coefficients={"dim_0": [1.0], "dim_1": [2.0, 3.0]})},
        "dim_1 is a list of 2; expected as many",
    ),
    "text": ({"a": clip(coefficients={"dim_0": ["1"]})}, "dim_0 holds something that is not a finite number"),
    "nan": ({"a": clip(coefficients={"dim_0": [float("nan")]})}, "dim_0 holds something that is not a finite number"),
    "a set": ({1, 2}, "not a pickle of numbers"),
    "an array": (np.zeros(3), "holds a ndarray of 3; expected a dict of clips"),
}


@pytest.mark.parametrize("defect", BROKEN)
def test_a_broken_library_is_one_sentence(tmp_path, defect):
    library, sentence = BROKEN[defect]
    with pytest.raises(MotionError, match=f"^library.pkl.*{sentence}"):
        read_object(tmp_path, library)


@pytest.mark.parametrize(
    "content",
    [
        b"\x80\x04",
        b"not a pickle",
        b"\x80\x04]\x94(K\x01r\xff\xff\xff\x7f.",  # a memo index of two thousand million
        b"\x80\x05\x96" + b"\xff" * 7 + b"\x00.",  # a byte array longer than any memory
    ],
)
def test_bytes_that_are_no_pickle_are_one_sentence(tmp_path, content):
    path = tmp_path / "library.pkl"
    path.write_bytes(content)
    with pytest.raises(MotionError, match=r"^library.pkl: "):
        polynomial.read(path)


@pytest.mark.skipif(not OPEN_DUCK_LIBRARY.is_file(), reason=NO_DATA)
def test_the_real_library_is_read():
    motions = polynomial.read(OPEN_DUCK_LIBRARY)
    assert len(motions) == 240 and {m.joint_pos.shape for m in motions} == {(27, 16)}
    assert "0.074_-0.037_-0.074" in [motion.name for motion in motions]
