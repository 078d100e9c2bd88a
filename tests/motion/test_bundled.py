import numpy as np
import pytest

from webfoot.motion.bundled import BUNDLED_MOTIONS, bundled_path, generate_bundled
from webfoot.motion.formats.webfoot_npz import read
from webfoot.robots.table import ROBOTS

CLIPS = [(robot, clip) for robot, clips in BUNDLED_MOTIONS.items() for clip in clips]


@pytest.mark.parametrize(("robot", "clip"), CLIPS)
def test_a_shipped_clip_is_what_the_generator_gives(robot: str, clip: str):
    (shipped,) = read(bundled_path(robot, clip))
    made = generate_bundled(robot, clip)
    assert shipped.fps == made.fps
    assert shipped.joint_names == made.joint_names
    assert shipped.command == made.command == BUNDLED_MOTIONS[robot][clip]
    assert shipped.loop
    for key in ("joint_pos", "root_pos", "root_quat"):
        np.testing.assert_allclose(getattr(shipped, key), getattr(made, key), atol=1e-6)


def test_every_bundled_robot_has_a_gait_and_no_clip_goes_unlisted():
    assert BUNDLED_MOTIONS.keys() == ROBOTS.keys()
    for robot, path in ROBOTS.items():
        assert {file.stem for file in path.parent.glob("*.npz")} == BUNDLED_MOTIONS[robot].keys()
        assert {"walk", "trot"} & BUNDLED_MOTIONS[robot].keys()
