"""Deadlines by a clock that the test turns."""

import pytest
from puppet import HandClock

from webfoot_runtime.deadlines import Deadlines


def begins(durations, period_s=0.02):
    """When steps that take so long begin, and the account of them."""
    clock = HandClock()
    deadlines = Deadlines(period_s, clock)
    times = []
    for duration in durations:
        times.append(deadlines.wait())
        clock.time_s += duration
    times.append(deadlines.wait())
    return times, deadlines


def test_steps_begin_at_whole_periods_however_long_they_take():
    times, deadlines = begins([0.001, 0.019, 0.0, 0.02])
    assert times == pytest.approx([0.0, 0.02, 0.04, 0.06, 0.08])
    timing = deadlines.timing
    assert (timing.steps, timing.missed, timing.skipped) == (5, 0, 0)
    assert timing.longest_step_s == pytest.approx(0.02) and timing.jitter_worst_s == pytest.approx(0.0)


def test_a_long_step_is_missed_and_the_next_begins_at_once():
    times, deadlines = begins([0.025, 0.001])
    assert times == pytest.approx([0.0, 0.025, 0.04])  # back at whole periods
    assert (deadlines.timing.missed, deadlines.timing.skipped) == (1, 0)
    assert deadlines.timing.jitter_worst_s == pytest.approx(0.005)


def test_periods_that_went_by_are_left_out_not_caught_up_with():
    times, deadlines = begins([0.071, 0.001, 0.001])
    assert times == pytest.approx([0.0, 0.071, 0.08, 0.1])
    timing = deadlines.timing
    assert (timing.steps, timing.missed, timing.skipped) == (4, 1, 2)  # at 0.02 and 0.04 nothing began
    assert timing.jitter_worst_s == pytest.approx(0.011) and timing.longest_step_s == pytest.approx(0.071)


def test_misses_in_a_row_are_counted_until_one_is_kept():
    assert begins([0.021, 0.021, 0.021])[1].missed_in_a_row == 3
    assert begins([0.021, 0.021, 0.001])[1].missed_in_a_row == 0


def test_percentiles_are_those_of_the_lateness():
    _, deadlines = begins([0.001] * 98 + [0.024])
    assert deadlines.timing.steps == 100
    assert deadlines.timing.jitter_p50_s == pytest.approx(0.0, abs=1e-9)
    assert deadlines.timing.jitter_p99_s == pytest.approx(0.00004, rel=0.01)  # 99 zeros and 0.004, interpolated


def test_the_account_is_told_in_one_line():
    assert str(begins([0.025])[1].timing) == (
        "2 steps, 1 missed their deadline, 0 were left out; began late by p50 2.50 p99 4.95 worst 5.00 ms; "
        "longest step 25.00 ms"
    )
