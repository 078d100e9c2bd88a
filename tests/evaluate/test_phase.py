import numpy as np
import pytest

from webfoot.evaluate.phase import fit_phase, grid_phases

PERIOD, DT, STEPS = 0.5, 0.02, 200
GRID = grid_phases(PERIOD, DT)


def pose(phase):
    """Two joints on an ellipse that is gone around once a cycle, shape (..., 2)."""
    return np.stack([0.3 * np.cos(2 * np.pi * phase), 0.2 * np.sin(2 * np.pi * phase)], axis=-1)


CYCLE = pose(GRID)[None]


def fitted(phase):
    """Phases and joint error of one robot that is at these phases of its own, shape (T,)."""
    joint_pos = pose(phase)[:, None]
    found = fit_phase(joint_pos, np.ones((len(phase), 1), dtype=bool), CYCLE)
    return found[:, 0], float(np.sqrt(np.square(pose(found) - joint_pos).mean()))


def test_a_robot_in_step_is_found_at_its_phase():
    own = (0.3 + np.arange(STEPS) * DT / PERIOD) % 1
    found, error = fitted(own)
    assert error < 0.01
    assert np.abs((found - own + 0.5) % 1 - 0.5).max() < 0.02


@pytest.mark.parametrize("rate", [0.85, 1.0, 1.15])
def test_a_rhythm_of_its_own_is_no_error_within_a_fifth(rate):
    assert fitted((rate * np.arange(STEPS) * DT / PERIOD) % 1)[1] < 0.02


@pytest.mark.parametrize("rate", [0.0, 0.5, 2.0, -1.0])
def test_standing_dawdling_hurrying_and_walking_backwards_are_errors(rate):
    assert fitted((rate * np.arange(STEPS) * DT / PERIOD) % 1)[1] > 0.1


def test_the_fitted_phase_always_goes_on():
    found, _ = fitted(np.random.default_rng(0).uniform(0, 1, STEPS))
    advance = np.diff(found) % 1.0 * len(GRID)
    assert set(np.round(advance).astype(int)) <= {4, 5, 6}


def test_what_comes_after_a_fall_does_not_count():
    own = (np.arange(STEPS) * DT / PERIOD) % 1
    joint_pos = pose(own)[:, None]
    alive = np.arange(STEPS)[:, None] < 100
    joint_pos[100:] = 9.0
    found = fit_phase(joint_pos, alive, CYCLE)[:100, 0]
    assert np.abs((found - own[:100] + 0.5) % 1 - 0.5).max() < 0.02


def test_many_episodes_are_fitted_each_to_its_own():
    own = (np.array([0.0, 0.5])[None] + np.arange(STEPS)[:, None] * DT / PERIOD) % 1
    found = fit_phase(pose(own), np.ones(own.shape, dtype=bool), np.concatenate([CYCLE, CYCLE]))
    assert np.abs((found - own + 0.5) % 1 - 0.5).max() < 0.02
