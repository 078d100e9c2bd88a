"""Feet that are points have no tilt of their own, and support along a line: what inspection makes of that."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from webfoot.motion.balance import outside_support_mm
from webfoot.motion.bundled import BUNDLED_MOTIONS, bundled_path
from webfoot.motion.formats.webfoot_npz import read
from webfoot.motion.frame_checks import sole_lean
from webfoot.motion.inspect import inspect
from webfoot.motion.traces import trace
from webfoot.robots.table import load_robot

OTTER = load_robot("otter")
TROT = read(bundled_path("otter", "trot"))[0]


@pytest.mark.parametrize("clip", BUNDLED_MOTIONS["otter"])
def test_inspection_has_nothing_to_warn_of_in_a_bundled_clip(clip: str):
    report = inspect(read(bundled_path("otter", clip))[0], OTTER)
    assert report.usable
    assert [finding.message for finding in report.findings if finding.severity != "info"] == []


def test_feet_are_reported_by_pair_and_side():
    metrics = inspect(TROT, OTTER).metrics
    lifts = {name for name in metrics if name.startswith("foot_lift_")}
    assert lifts == {f"foot_lift_{row}_{side}_m" for row in ("front", "rear") for side in ("left", "right")}


def test_a_base_tilted_against_four_points_is_seen():
    assert TROT.root_quat is not None
    lean = Rotation.from_euler("y", 12, degrees=True)
    tilted = replace(
        TROT, root_quat=(Rotation.from_quat(TROT.root_quat, scalar_first=True) * lean).as_quat(scalar_first=True)
    )
    tilt, apart = sole_lean(trace(tilted, OTTER))
    assert tilt == pytest.approx(12.0, abs=0.5)
    assert apart == pytest.approx(0.0, abs=1e-6)
    assert trace(TROT, OTTER).sole_tilt_deg == pytest.approx(0.0, abs=0.5)


def test_two_points_support_what_lies_between_them():
    feet = np.zeros((3, 2, 4, 3))
    feet[:, 0, :, :2], feet[:, 1, :, :2] = (0.1, 0.1), (-0.1, -0.1)
    points = np.array([[0.0, 0.0], [0.05, -0.05], [0.2, 0.2]])
    outside = outside_support_mm(points, feet, np.ones((3, 2), dtype=bool))
    np.testing.assert_allclose(outside, [0.0, 1000 * np.hypot(0.05, 0.05), 1000 * np.hypot(0.1, 0.1)], atol=1e-6)
