"""Whatever bytes a motion file holds: clips or one MotionError, nothing else."""

import json
import pickle
from pathlib import Path

import numpy as np
import pytest
from clips import awd_table
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_polynomial import clip

from webfoot.errors import MotionError
from webfoot.motion.inspect import inspect
from webfoot.motion.prepare import prepare
from webfoot.motion.read import READERS, read_motions
from webfoot.robots.table import load_robot

DUCKLING = load_robot("duckling")
LEGS = DUCKLING.leg_joint_names
QUICK = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


def read_or_refuse(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    try:
        motions = read_motions(path, DUCKLING)
    except MotionError as error:
        assert "\n" not in str(error) and path.name in str(error)
        return
    assert motions
    for motion in motions:
        report = inspect(motion, DUCKLING)
        json.dumps(report.to_dict(), allow_nan=False)
        try:
            prepared = prepare(motion, DUCKLING)
        except MotionError:
            assert not report.usable
        else:
            assert np.isfinite(prepared.joint_pos).all()


@pytest.mark.parametrize("ending", READERS)
@QUICK
@given(content=st.binary(max_size=200))
def test_random_bytes_never_raise_anything_else(tmp_path, ending, content):
    read_or_refuse(tmp_path / f"clip{ending}", content)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)


@QUICK
@given(key=st.sampled_from(sorted(awd_table())), value=anything)
def test_json_with_anything_under_a_key_never_raises_anything_else(tmp_path, key, value):
    table = awd_table(12, LEGS) | {key: value}
    read_or_refuse(tmp_path / "clip.json", json.dumps(table).encode())


@QUICK
@given(frame=st.integers(0, 11), column=st.integers(0, 38), value=anything)
def test_json_with_anything_in_a_frame_never_raises_anything_else(tmp_path, frame, column, value):
    table = awd_table(12, LEGS)
    table["Frames"][frame][column] = value
    read_or_refuse(tmp_path / "clip.json", json.dumps(table).encode())


@QUICK
@given(key=st.sampled_from(sorted(clip())), value=anything)
def test_a_library_with_anything_under_a_key_never_raises_anything_else(tmp_path, key, value):
    read_or_refuse(tmp_path / "clip.pkl", pickle.dumps({"walk": clip() | {key: value}}))
