"""What a pickle may ask for is settled before Python's C unpickler sees it."""

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from webfoot.errors import MotionError
from webfoot.motion.formats import pickle_steps
from webfoot.motion.formats.pickle_steps import check_steps
from webfoot.motion.formats.restricted_pickle import load_numbers

LEAVES = st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats(allow_nan=False) | st.text() | st.binary()
PLAIN = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4))
FOUR_GB = b"\xff\xff\xff\xff"


@given(PLAIN, st.sampled_from([3, 4, 5]))
def test_what_is_plain_comes_back_as_it_was(value, protocol):
    assert load_numbers(pickle.dumps(value, protocol), "walk.pkl") == value


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_arrays_of_numbers_and_single_ones_come_back_as_they_were(protocol):
    read = load_numbers(pickle.dumps({"pos": np.eye(3), "fps": np.float32(50)}, protocol), "walk.pkl")
    np.testing.assert_array_equal(read["pos"], np.eye(3))
    assert read["fps"] == 50


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\x80\x04Nr" + FOUR_GB + b".", "under a number that it has not come to"),
        (b"\x80\x04X" + FOUR_GB + b"ab.", "breaks off"),
        (b"\x80\x05\x96" + 2 * FOUR_GB + b"ab.", "breaks off"),
        (b"\x80\x04\x95" + 2 * FOUR_GB + b"N.", "a frame is longer"),
        (b"\x80\x04N(", "IndexError"),
        (b"\x80\x04cos\nsystem", "ValueError"),
        (b"\x80\x04I1\n.", "has opcode b'I'"),
        (b"\x80\x04N0.", "has opcode b'0'"),
    ],
)
def test_a_pickle_that_asks_for_more_than_there_is_is_refused_before_it_is_read(content, reason):
    with pytest.raises(MotionError, match=f"walk.pkl: not a pickle of numbers.*{reason}"):
        load_numbers(content, "walk.pkl")


def test_names_are_refused_whatever_they_are_called_with():
    with pytest.raises(MotionError, match=r"asks for 'os\.system'"):
        load_numbers(b"\x80\x04cos\nsystem\n(tR.", "walk.pkl")


def test_steps_are_counted(monkeypatch):
    monkeypatch.setattr(pickle_steps, "MAX_STEPS", 4)
    check_steps(b"\x80\x04NN.")
    with pytest.raises(MotionError, match="more than 4 steps"):
        check_steps(b"\x80\x04NNN.")
