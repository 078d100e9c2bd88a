import numpy as np
import pytest

from webfoot.motion.coverage import commands_of, coverage


def test_a_single_clip_covers_its_one_cell():
    found = coverage(np.array([[0.1, 0.0, 0.0]]))
    assert (found.clips, found.cells, found.covered, found.holes) == (1, 1, 1, ())
    assert found.serves["straight ahead"] and not found.serves["turning left"]


def test_cells_without_a_clip_are_holes_the_furthest_first():
    speeds = np.array([0.0, 0.01, 0.1])
    found = coverage(np.column_stack([speeds, 0 * speeds, 0 * speeds]))
    assert (found.cells, found.covered) == (5, 2)
    assert sorted(hole[0] for hole in found.holes) == pytest.approx([0.03, 0.05, 0.07])
    assert found.holes[0][0] == pytest.approx(0.05)
    assert found.serves["standing still"] and not found.serves["straight back"]


def test_a_grid_that_leaves_out_zero_does_not_stand_still():
    vx, vy, wz = np.meshgrid([-0.1, 0.1, 0.2], [-0.1, 0.1], [-1.0, 1.0])
    found = coverage(np.column_stack([vx.ravel(), vy.ravel(), wz.ravel()]))
    assert not found.serves["standing still"] and found.covered == 12


def test_clips_that_could_not_be_prepared_have_no_command():
    good = {"command_vx_ms": 0.1, "command_vy_ms": 0.0, "command_wz_rads": 0.5}
    assert commands_of([{"frames": 3.0}, good]).tolist() == [[0.1, 0.0, 0.5]]
