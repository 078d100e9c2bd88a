"""What published clips of few frames or with edited rotations are told."""

import json

import numpy as np
import pytest
from samples import deep_mimic_person

from webfoot.errors import MotionError
from webfoot.motion.clip import Motion
from webfoot.motion.inspect import inspect
from webfoot.motion.read import read_motions


def jitter_cure(motion, robot):
    return next(finding.cure for finding in inspect(motion, robot).findings if finding.code == "jitter")


@pytest.mark.parametrize(("fps", "frames", "repaired"), [(16, 48, False), (50, 24, False), (50, 96, True)])
def test_shaking_is_only_said_to_be_repaired_where_it_is(duckling, fps, frames, repaired):
    noise = np.random.default_rng(0).normal(0, 0.05, (frames, duckling.nu))
    clip = Motion("noise", fps, duckling.joint_names, duckling.default_pos + noise)
    assert ("motion repair" in jitter_cure(clip, duckling)) == repaired


def test_rotations_that_are_not_of_unit_length_are_taken_and_said(duckling, tmp_path):
    table = json.loads(deep_mimic_person(duckling, tmp_path))
    table["Frames"][3][16:20] = [0.7 * value for value in table["Frames"][3][16:20]]
    (tmp_path / "edited.txt").write_text(json.dumps(table))
    (clip,) = read_motions(tmp_path / "edited.txt", duckling)
    assert any("unit length: right_hip by 0.30" in note for note in clip.notes)


def test_columns_that_do_not_fit_the_robot_lead_to_the_option_that_names_another(duckling, tmp_path):
    rows = [[0.02, 0, 0, 1, 0, 0, 0, 1, *[0.1] * 12]] * 8
    (tmp_path / "four_legs.txt").write_text(json.dumps({"Frames": rows}))
    with pytest.raises(MotionError, match="--robot"):
        read_motions(tmp_path / "four_legs.txt", duckling)
