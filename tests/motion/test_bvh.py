import numpy as np
import pytest
from skeletons import walking_bvh

from webfoot.errors import MotionError
from webfoot.motion.formats.bvh import read_skeleton
from webfoot.motion.formats.source import Source
from webfoot.motion.read import read_motions

SMALL = """HIERARCHY
ROOT Hips
{
  OFFSET 0 1 0
  CHANNELS 6 Xposition Yposition Zposition Zrotation Yrotation Xrotation
  JOINT Arm
  {
    OFFSET 2 0 0
    CHANNELS 3 Yrotation Xrotation Zrotation
    End Site
    {
      OFFSET 1 0 0
    }
  }
}
MOTION
Frames: 2
Frame Time: 0.0333333
0 1 0 0 0 0 0 0 0
5 1 0 90 0 0 0 0 90
"""


def small(tmp_path, text=SMALL):
    return read_skeleton(text.encode(), Source(tmp_path / "small.bvh"))


def test_rotations_turn_what_hangs_below_in_the_order_of_the_channels(tmp_path):
    skeleton = small(tmp_path)
    assert skeleton.joint_names == ("Hips", "Arm", "Arm_end") and skeleton.parents == (-1, 0, 1)
    assert skeleton.fps == 30
    assert skeleton.positions[0] == pytest.approx(np.array([[0, 1, 0], [2, 1, 0], [3, 1, 0]]))
    assert skeleton.positions[1] == pytest.approx(np.array([[5, 1, 0], [5, 3, 0], [4, 3, 0]]))


def test_intrinsic_order_is_the_order_of_the_channels(tmp_path):
    text = SMALL.replace("5 1 0 90 0 0 0 0 90", "0 1 0 90 0 90 0 0 0").replace("OFFSET 2 0 0", "OFFSET 0 2 0")
    # Z by 90 degrees, then X by 90 degrees about the turned x axis: y goes to z
    assert small(tmp_path, text).positions[1, 1] == pytest.approx(np.array([0, 1, 2]))


BROKEN = {
    "no BVH": ("hello", "no BVH; one starts with HIERARCHY"),
    "no motion": (SMALL.split("MOTION")[0], "no BVH"),
    "cut off": (SMALL[:-20], "1 rows of numbers, but 'Frames:' says 2"),
    "short row": (SMALL.replace("0 90\n", "90\n"), "frame 1 of 2 has not the 9 numbers"),
    "open brace": (SMALL.replace("}\nMOTION", "MOTION"), "the HIERARCHY does not end"),
    "two roots": (SMALL.replace("}\nMOTION", "}\nROOT B\n{\nOFFSET 0 0 0\nCHANNELS 0\n}\nMOTION"), "one skeleton"),
    "unknown channel": (SMALL.replace("Xrotation Zrotation", "Xrotation Wrotation"), "channel 'Wrotation'; expected"),
    "twice the same": (SMALL.replace("Xrotation Zrotation", "Yrotation Zrotation"), "expected different ones"),
    "many channels": (SMALL.replace("CHANNELS 3", "CHANNELS 9"), "CHANNELS '9'; expected 0 to 6"),
    "offset": (SMALL.replace("OFFSET 1 0 0", "OFFSET 1 a 0"), "an OFFSET is not 3 numbers"),
    "text in a frame": (SMALL.replace("90\n", "x\n"), "frame 1 of 2 holds something that is not a number"),
    "NaN": (SMALL.replace("90\n", "nan\n"), "frame 1 of 2 holds no number below"),
    "time": (SMALL.replace("0.0333333", "0"), "2 frames of 0 s and 9 channels; expected"),
    "frames": (SMALL.replace("Frames: 2", "Frames: two"), "'Frames: two' holds no number"),
    "no legs": (SMALL, "no two legs among its joints .Hips, Arm, Arm_end"),
    "blocks": (SMALL.replace("ROOT Hips", "Hips"), "'Hips' is not part of a BVH hierarchy"),
}


@pytest.mark.parametrize("defect", BROKEN)
def test_what_is_no_walking_skeleton_is_one_sentence(tmp_path, duckling, defect):
    text, sentence = BROKEN[defect]
    (tmp_path / "walk.bvh").write_text(text)
    with pytest.raises(MotionError, match=f"walk.*{sentence}"):
        read_motions(tmp_path / "walk.bvh", duckling)


def test_a_skeleton_needs_a_robot(tmp_path):
    (tmp_path / "walk.bvh").write_text(walking_bvh(2))
    with pytest.raises(MotionError, match="a skeleton without a robot; name the robot"):
        read_motions(tmp_path / "walk.bvh")
