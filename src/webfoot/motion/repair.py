"""`repair`: applies the cures that are safe, says what it did, and leaves alone what it cannot know."""

from collections.abc import Callable

from webfoot.motion.clip import Motion
from webfoot.motion.cures.columns import reread, to_radians
from webfoot.motion.cures.frames import close_seam, cut_warm_up, fill_missing, mend_repeats
from webfoot.motion.cures.numbers import calm, fill_gaps, mend_quaternions, remove_spikes, unwrap
from webfoot.motion.cures.root import ground, to_metres, to_our_frame
from webfoot.robots.spec import Robot

Cure = Callable[[Motion, Robot], Motion]

CURES: dict[str, Cure] = {
    cure.__name__: cure
    for cure in (
        fill_gaps,
        to_radians,
        unwrap,
        mend_quaternions,
        mend_repeats,
        fill_missing,
        remove_spikes,
        calm,
        to_metres,
        to_our_frame,
        cut_warm_up,
        close_seam,
        ground,
    )
}
"""Cures in the order in which they are applied. Each gives the clip itself where there is nothing to mend."""
SAID = "repaired"
"""How every note of a cure begins."""


def repair(motion: Motion, robot: Robot, fix_joints: bool = False) -> Motion:
    """A clip with everything mended that can be mended without guessing.

    Left alone: long gaps, joints that stand still or were cut off, limps, the frame rate, slipping feet.

    Args:
        fix_joints: also undo the one wrong sign, side, order or zero position of joint columns that explains a clip
            best. This is a guess, if a good one.

    Returns:
        The clip; what was done stands in its notes, each beginning with "repaired".
    """
    for name, cure in CURES.items():
        if fix_joints and name == to_metres.__name__:
            motion = reread(motion, robot)
        motion = cure(motion, robot)
    return motion


def repairs(motion: Motion) -> tuple[str, ...]:
    """What was done to a repaired clip, one sentence each."""
    return tuple(note for note in motion.notes if note.startswith(SAID))
