import numpy as np
import pytest

from webfoot.motion.gaps import fillable, longest_gap


@pytest.mark.parametrize(("fps", "frames"), [(50.0, 6), (25.0, 3), (4.0, 1)])
def test_a_gap_of_an_eighth_of_a_second_is_filled(fps, frames):
    assert longest_gap(fps) == frames


def test_short_gaps_within_can_be_filled_and_long_ones_and_ends_cannot():
    values = np.arange(14.0)
    values[[0, 2, 3, 6, 7, 8, 13]] = np.nan
    assert np.flatnonzero(fillable(values[:, None], 100.0, 2)).tolist() == [2, 3]


def test_a_column_in_another_unit_is_no_gap_and_one_wild_number_is():
    degrees = np.full(10, 90.0)
    degrees[:7] = 1.0
    assert not fillable(degrees[:, None], 10.0, 6).any()  # 3 of 10 are beyond
    wild = np.ones(10)
    wild[4] = 1e9
    assert np.flatnonzero(fillable(wild[:, None], 10.0, 6)).tolist() == [4]


def test_a_spline_needs_four_numbers():
    values = np.array([1.0, np.nan, 1.0, np.nan, 1.0])
    assert not fillable(values[:, None], 10.0, 6).any()
