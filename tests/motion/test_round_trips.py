"""What is written is read back: any names, any angles, any rate, any base."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from webfoot.motion.clip import Motion
from webfoot.motion.read import read_motions
from webfoot.motion.write import WRITERS, losses, write_motion
from webfoot.robots.table import load_robot

DUCKLING = load_robot("duckling")
SOME = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
CLOSE = {".npz": 0.0, ".csv": 1e-6, ".json": 1e-5, ".txt": 1e-5}
"""Largest error of a value, in shares of its size or of 1."""


@st.composite
def clips(draw, names=DUCKLING.joint_names):
    frames = draw(st.integers(2, 12))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    size = draw(st.sampled_from((1e-6, 0.3, 3.0, 90.0)))
    has_root = draw(st.booleans())
    return Motion(
        name="clip",
        fps=draw(st.sampled_from((1.0, 24.0, 29.97, 30.0, 50.0, 59.94, 60.0, 120.0, 333.25, 1000.0))),
        joint_names=names,
        joint_pos=random.normal(0.0, size, (frames, len(names))).clip(-99, 99),
        root_pos=random.normal(0.0, 10.0, (frames, 3)) if has_root else None,
        root_quat=Rotation.random(frames, random).as_quat(scalar_first=True) if has_root else None,
        loop=draw(st.booleans()),
        command=draw(st.none() | st.just((0.1, 0.0, -0.2))),
    )


@pytest.mark.parametrize("ending", WRITERS)
@SOME
@given(clip=clips())
def test_values_come_back_and_what_does_not_was_said(tmp_path, ending, clip):
    path = tmp_path / f"clip{ending}"
    write_motion(clip, path, DUCKLING)
    (back,) = read_motions(path, DUCKLING)
    lost = " ".join(losses(clip, path, DUCKLING))
    close = CLOSE[ending]
    assert back.fps == pytest.approx(clip.fps, rel=1e-6) and back.joint_names == clip.joint_names
    assert back.joint_pos == pytest.approx(clip.joint_pos, rel=close, abs=close)
    if clip.root_pos is None:
        assert back.root_pos is None or "no root" in lost
    else:
        assert back.root_pos == pytest.approx(clip.root_pos, rel=close, abs=close)
        assert np.abs((back.root_quat * clip.root_quat).sum(axis=1)) == pytest.approx(1.0, abs=1e-4)
    assert back.loop == clip.loop or "loop" in lost
    assert back.command == clip.command or "command" in lost


texts = st.text(st.characters(exclude_categories=("C", "Z"), exclude_characters=',;"#'), min_size=1, max_size=12)


@pytest.mark.parametrize("ending", [".npz", ".csv"])
@SOME
@given(data=st.data())
def test_names_of_any_robot_come_back(tmp_path, ending, data):
    names = tuple(data.draw(st.lists(texts.map(lambda text: f"j{text}"), min_size=1, max_size=6, unique=True)))
    clip = data.draw(clips(names))
    write_motion(clip, tmp_path / f"clip{ending}", DUCKLING)
    (back,) = read_motions(tmp_path / f"clip{ending}")
    assert back.joint_names == names and back.joint_pos == pytest.approx(clip.joint_pos, rel=1e-6, abs=1e-6)
