from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from webfoot.motion.bundled import BUNDLED_MOTIONS, bundled_path
from webfoot.motion.clip import Motion
from webfoot.motion.prepare import prepare
from webfoot.motion.read import read_motions
from webfoot.motion.repeat import walked_on
from webfoot.robots.table import load_robot


def straight() -> Motion:
    """Four frames of 0.5 s ahead at 0.2 m/s, evenly: 0.1 m a frame."""
    return Motion(
        name="straight",
        fps=2.0,
        joint_names=("knee",),
        joint_pos=np.array([[0.0], [0.1], [0.2], [0.1]]),
        root_pos=np.array([[0.0, 0, 0.3], [0.1, 0, 0.31], [0.2, 0, 0.3], [0.3, 0, 0.31]]),
        root_quat=np.tile([1.0, 0, 0, 0], (4, 1)),
        command=(0.2, 0.0, 0.0),
    )


def test_each_cycle_begins_where_the_one_before_has_ended():
    walk = walked_on(straight(), 3)
    assert walk.root_pos is not None
    assert walk.root_pos[:, 0] == pytest.approx(0.1 * np.arange(12))
    assert walk.root_pos[:, 2] == pytest.approx([0.3, 0.31] * 6)
    assert walk.joint_pos[:, 0].tolist() == [0.0, 0.1, 0.2, 0.1] * 3
    assert not walk.loop


def test_a_clip_that_turns_walks_on_in_a_circle():
    """A quarter of a circle in four frames; the first step goes ahead by 1 m, then each is turned by 22.5 degrees."""
    angle = np.radians(22.5) * np.arange(5)
    steps = np.column_stack([np.cos(angle[:4]), np.sin(angle[:4])])
    places = np.concatenate([[[0.0, 0.0]], np.cumsum(steps, axis=0)])
    circle = replace(
        straight(),
        root_pos=np.column_stack([places[:4], np.full(4, 0.3)]),
        root_quat=Rotation.from_euler("z", angle[:4, None]).as_quat(scalar_first=True),
        command=(2.0, 0.0, np.radians(45.0)),
    )
    walk = walked_on(circle, 4)
    assert walk.root_pos is not None and walk.root_quat is not None
    assert walk.root_pos[4, :2] == pytest.approx(places[4])
    assert walk.root_pos[8, :2] == pytest.approx(places[4] + [-places[4][1], places[4][0]])
    heading = Rotation.from_quat(walk.root_quat, scalar_first=True).as_euler("zyx")[:, 0]
    assert np.unwrap(heading) == pytest.approx(np.radians(22.5) * np.arange(16))


@pytest.mark.parametrize("clip", BUNDLED_MOTIONS["duckling"])
def test_no_bundled_clip_jumps_where_it_begins_anew(clip):
    robot = load_robot("duckling")
    motion = prepare(read_motions(bundled_path("duckling", clip), robot)[0], robot)
    walk, cycle = walked_on(motion, 3), motion.num_frames
    assert walk.root_pos is not None
    steps = np.linalg.norm(np.diff(walk.root_pos[:, :2], axis=0), axis=1)
    within = np.delete(steps, [cycle - 1, 2 * cycle - 1]).max()
    assert steps[[cycle - 1, 2 * cycle - 1]].max() <= 1.1 * within
