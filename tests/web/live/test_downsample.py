import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from webfoot.web.live.downsample import downsample


def thin(values, most):
    iterations, kept = downsample(np.arange(len(values)), np.array(values, dtype=float), most)
    return list(zip(iterations.tolist(), kept.tolist(), strict=True))


def test_a_short_curve_stays_as_it_is():
    assert thin([3, 1, 2, 5, 4], 5) == [(0, 3), (1, 1), (2, 2), (3, 5), (4, 4)]
    assert thin([], 5) == []


def test_every_bucket_keeps_its_lowest_and_its_highest_point():
    # first | 5 1 9 | 2 8 4 | last
    assert thin([0, 5, 1, 9, 2, 8, 4, 0], 6) == [(0, 0), (2, 1), (3, 9), (4, 2), (5, 8), (7, 0)]


def test_a_gap_stays_a_gap():
    # first | 5 nan 9 4 | nan nan nan nan | last
    nan = math.nan
    (*known, gap, end) = thin([0, 5, nan, 9, 4, nan, nan, nan, nan, 7], 8)
    assert known[0:2] == [(0, 0), (2, pytest.approx(nan, nan_ok=True))]
    assert known[2:] == [(3, 9), (4, 4)]
    assert (gap[0], math.isnan(gap[1]), end) == (5, True, (9, 7))


def test_a_single_peak_of_ten_thousand_points_is_kept():
    values = [0.0] * 10_000
    values[6789] = 1.0
    assert (6789, 1.0) in thin(values, 5)


def test_fewer_points_than_a_curve_needs_are_refused():
    with pytest.raises(ValueError, match="4 points cannot show a curve; give at least 5"):
        downsample(np.arange(9), np.zeros(9), 4)


NUMBERS = st.floats(allow_subnormal=False) | st.sampled_from([0.0, math.nan, math.inf])


@given(st.lists(NUMBERS, max_size=120), st.integers(5, 40))
def test_what_is_kept_are_true_points_in_their_order_with_the_extremes(values, most):
    kept = thin(values, most)
    assert len(kept) <= most
    assert [i for i, _ in kept] == sorted({i for i, _ in kept})
    assert all(value == values[i] or math.isnan(value) and math.isnan(values[i]) for i, value in kept)
    if values:
        assert (kept[0][0], kept[-1][0]) == (0, len(values) - 1)
    known = [value for value in values if math.isfinite(value)]
    shown = [value for _, value in kept if math.isfinite(value)]
    assert (min(shown, default=None), max(shown, default=None)) == (min(known, default=None), max(known, default=None))
    assert len(known) == len(values) or len(shown) < len(kept)


@given(st.integers(30, 300), st.integers(11, 30), st.data())
def test_a_gap_as_long_as_two_buckets_is_never_bridged(length, most, data):
    wide = 2 * math.ceil((length - 2) / ((most - 2) // 3))
    begin = data.draw(st.integers(1, max(1, length - 1 - wide)))
    values = [0.0] * length
    values[begin : begin + wide] = [math.nan] * len(values[begin : begin + wide])
    inside = [value for i, value in thin(values, most) if begin <= i < begin + wide]
    assert inside
    assert all(map(math.isnan, inside))
