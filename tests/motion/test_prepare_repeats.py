"""Clips that hold their gait several times over, and those that have no other half to be made equal with."""

import numpy as np
import pytest

from webfoot.motion.clip import Motion
from webfoot.motion.prepare import prepare
from webfoot.robots.spec import Robot
from webfoot.robots.table import load_robot


@pytest.fixture(scope="module")
def otter() -> Robot:
    return load_robot("otter")


def trotting(otter: Robot, frames: int, period: float, swing: float = 0.2, lag: float = 0.5) -> Motion:
    """A closed clip of a diagonal gait: thighs swing, knees bend on the way forward."""
    joint_pos = np.tile(otter.default_pos, (frames, 1))
    for foot in otter.feet:
        late = lag if foot.body.startswith("front") == (foot.side == "left") else 0.0
        phase = 2 * np.pi * (np.arange(frames) / period + late)
        pitch, knee = (otter.joint_names.index(name) for name in foot.joints[-2:])
        joint_pos[:, pitch] += swing * np.sin(phase)
        joint_pos[:, knee] += swing * (np.sin(2 * phase) + np.cos(3 * phase))
    return Motion("trot", 16, otter.joint_names, joint_pos, loop=True)


def test_a_loop_of_two_gaits_that_are_no_whole_frames_is_taken_apart(otter):
    ready = prepare(trotting(otter, 21, 10.3), otter)
    assert ready.duration_s == pytest.approx(10.5 / 16)
    assert any("from 2 periods" in note for note in ready.notes)


def test_a_gait_that_is_no_mirror_image_half_a_cycle_later_is_left_as_it_is(otter):
    ready = prepare(trotting(otter, 24, 24.0, swing=0.08, lag=0.0), otter)  # all legs at once
    assert any("left and right kept as they are" in note for note in ready.notes)
    assert np.ptp(ready.joint_pos, axis=0).max() > 0.15
