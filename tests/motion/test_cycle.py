import numpy as np
import pytest

from webfoot.motion.cycle import average_cycle, find_period


def wave(frames, period, harmonic=1):
    return np.sin(2 * np.pi * harmonic * np.arange(frames) / period)


def test_a_period_between_two_frames_is_found():
    values = np.column_stack([wave(300, 12.7), wave(300, 12.7, 2)])
    assert find_period(values, fps=30) == pytest.approx(12.7, abs=0.02)


def test_noise_and_rest_have_no_period():
    assert find_period(np.random.default_rng(0).normal(size=(500, 10)), fps=50) is None
    assert find_period(np.zeros((500, 10)), fps=50) is None


def test_cycles_are_averaged():
    values = np.column_stack([wave(40, 10)])
    values[:20] += 0.02
    values[20:] -= 0.02
    cycle = average_cycle(values, values, period=10, harmonics=3, loop=True)
    assert cycle.at(np.arange(10) / 10)[:, 0] == pytest.approx(wave(10, 10))
    assert cycle.periods == 4 and cycle.spread == pytest.approx(0.02)


def test_the_start_from_rest_is_cut_to_whole_periods():
    values = np.column_stack([wave(200, 20), wave(200, 20, 2)])
    values[:30] *= 0.1
    cycle = average_cycle(values, values, period=20, harmonics=3, loop=False)
    assert 25 <= cycle.steady_from <= 36
    assert cycle.start == 40 and cycle.periods == 8
    assert cycle.spread == pytest.approx(0.0, abs=1e-6)


def test_no_more_harmonics_are_fitted_than_a_period_has_frames_for():
    values = np.column_stack([wave(10, 10)])
    assert average_cycle(values, values, period=10, harmonics=64, loop=True).coefficients.shape == (9, 1)
