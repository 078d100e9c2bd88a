"""Repair: what can be mended is mended and said; what cannot be known stays as it is."""

import numpy as np
import pytest
from damage import DAMAGE
from test_damage import can_suffer, codes, sound

from webfoot.motion.repair import CURES, repair, repairs

MENDED = {
    "nan gap": "interpolated",
    "spike": "replaced",
    "angle wrapped": "whole turns",
    "degrees": "radians",
    "root in feet, cm, mm": "metres",
    "quaternion xyzw": "another order",
    "y up": "vertical axis",
    "root height lost": "lost root height",
    "floating": "stand on the floor",
    "in the floor": "stand on the floor",
    "shaking root": "low-passed",
    "noise": "low-passed",
    "lost frames": "missing frame",
    "doubled frames": "removed",
    "open seam": "seam",
    "start from rest": "cut off",
    "quaternion sign": "one sign",
    "quaternion length": "unit length",
}
"""Damage that repair takes away, and a word of what it says about it."""
GUESSED = ("sign", "columns exchanged", "sides exchanged", "wrong zero")
UNKNOWABLE = ("cut", "frozen joint", "cut off", "late leg", "limp", "rate too high", "feet slip", "yaw drift")


def spoiled(kind: str):
    name = "walk" if DAMAGE[kind].needs == "loop" else "walk, recorded"
    clip, robot = sound(name)
    assert can_suffer(DAMAGE[kind], clip)
    return DAMAGE[kind].inject(clip, robot, DAMAGE[kind].strengths[1]), clip, robot


@pytest.mark.parametrize("name", ["walk", "curve", "walk, recorded", "left, recorded", "turn_right, recorded"])
@pytest.mark.parametrize("cure", CURES)
def test_no_cure_touches_a_sound_clip(cure, name):
    clip, robot = sound(name)
    assert CURES[cure](clip, robot) is clip


@pytest.mark.parametrize("kind", MENDED)
def test_what_can_be_mended_is_mended_and_said(kind):
    bad, _, robot = spoiled(kind)
    mended = repair(bad, robot)
    assert MENDED[kind] in " ".join(repairs(mended))
    assert not codes(mended, robot) & (set(DAMAGE[kind].codes) - {"rounded"})


@pytest.mark.parametrize("kind", MENDED)
def test_repairing_twice_changes_nothing_more(kind):
    bad, _, robot = spoiled(kind)
    once = repair(bad, robot)
    assert len(repairs(repair(once, robot))) == len(repairs(once))


@pytest.mark.parametrize("kind", [*GUESSED, *UNKNOWABLE])
def test_what_cannot_be_known_stays_as_it_is(kind):
    bad, _, robot = spoiled(kind)
    assert np.array_equal(repair(bad, robot).joint_pos, bad.joint_pos)


@pytest.mark.parametrize("kind", GUESSED)
def test_joint_columns_are_put_right_where_that_was_asked_for(kind):
    bad, good, robot = spoiled(kind)
    mended = repair(bad, robot, fix_joints=True)
    assert "as asked" in " ".join(repairs(mended))
    if kind == "columns exchanged":
        assert not codes(mended, robot) & set(DAMAGE[kind].codes)
    else:
        assert np.abs(mended.joint_pos - good.joint_pos).max() < 0.1


def test_the_curve_through_a_gap_is_close_to_what_was_lost():
    bad, good, robot = spoiled("nan gap")
    assert np.abs(repair(bad, robot).joint_pos - good.joint_pos).max() < 0.05


def test_a_long_gap_is_left_alone():
    bad, _, robot = spoiled("nan gap")
    bad.joint_pos[5:60, 3] = np.nan
    assert np.isnan(repair(bad, robot).joint_pos[5:60, 3]).all()


def test_frames_that_a_recorder_held_are_interpolated_not_removed():
    clip, robot = sound("walk, recorded")
    held = clip.joint_pos.copy()
    held[60] = held[59]
    bad = type(clip)("held", clip.fps, clip.joint_names, held, loop=False)
    mended = repair(bad, robot)
    assert mended.num_frames == clip.num_frames and "held" in " ".join(repairs(mended))
    assert np.abs(mended.joint_pos[60] - clip.joint_pos[60]).max() < 0.03
