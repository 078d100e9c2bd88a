import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from webfoot.learn.curriculum import MOST_PATIENCE, STAGES, Curriculum, CurriculumConfig, success
from webfoot.sim.presets import KINDS

QUICK = CurriculumConfig(active=True, steps=2, window=2, advance_at=0.9, retreat_at=0.5)
TOP = len(STAGES) * QUICK.steps
rates = st.lists(st.floats(min_value=0, max_value=1), max_size=200)


def walk(curriculum, survivals):
    """The steps that these survivals lead to, speed perfect."""
    return [step for survival in survivals if (step := curriculum.update(survival, 0.0))]


def test_every_stage_raises_a_kind_of_difficulty_and_none_is_left_out():
    assert sorted(STAGES) == sorted(KINDS)


def test_it_begins_with_nothing():
    assert set(Curriculum(QUICK).levels.values()) == {0.0}


def test_success_raises_one_stage_after_the_other():
    curriculum = Curriculum(QUICK)
    steps = walk(curriculum, [1.0] * 6)
    assert [(step.stage, step.level) for step in steps] == [("ground", 0.5), ("ground", 1.0), ("body", 0.5)]
    assert curriculum.levels == {"ground": 1.0, "body": 0.5, "servo": 0.0, "sensor": 0.0, "push": 0.0}
    assert curriculum.level == 0.3


def test_it_ends_with_everything():
    curriculum = Curriculum(QUICK)
    assert len(walk(curriculum, [1.0] * 100)) == TOP
    assert curriculum.is_finished and set(curriculum.levels.values()) == {1.0} and curriculum.level == 1.0


def test_a_step_waits_for_a_whole_window_and_for_its_mean():
    curriculum = Curriculum(QUICK)
    assert walk(curriculum, [1.0]) == []
    (step,) = walk(curriculum, [0.8])
    assert step.success == 0.9 and step.reason == "success 0.90 is at least 0.9"


def test_nothing_happens_between_the_thresholds():
    assert walk(Curriculum(QUICK), [0.7] * 50) == []


def test_failure_takes_a_step_back():
    curriculum = Curriculum(QUICK)
    walk(curriculum, [1.0] * 6)
    (step,) = walk(curriculum, [0.4, 0.4])
    assert (step.stage, step.level, step.reason) == ("body", 0.0, "success 0.40 is below 0.5")
    assert curriculum.position == 2


def test_failure_before_the_first_step_changes_nothing():
    assert walk(Curriculum(QUICK), [0.0] * 20) == []


def test_after_a_retreat_the_next_try_waits_longer():
    curriculum = Curriculum(QUICK)
    walk(curriculum, [1.0, 1.0, 0.0, 0.0])
    assert walk(curriculum, [1.0] * 3) == []
    assert len(walk(curriculum, [1.0])) == 1


def test_a_step_that_is_always_too_hard_is_tried_more_and_more_seldom():
    curriculum = Curriculum(QUICK)
    tries = 0
    for _ in range(400):
        step = curriculum.update(0.0 if curriculum.position else 1.0, 0.0)
        tries += step is not None and step.level > 0
    assert tries <= 400 / (MOST_PATIENCE * QUICK.window) + 4


def test_two_steps_in_a_row_make_it_patient_no_longer():
    curriculum = Curriculum(QUICK)
    walk(curriculum, [1.0, 1.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0])
    assert len(walk(curriculum, [1.0] * 4)) == 1  # still waits
    assert len(walk(curriculum, [1.0] * 4)) == 2


@given(rates)
def test_levels_are_in_order_and_within_bounds(survivals):
    curriculum = Curriculum(QUICK)
    for survival in survivals:
        before = curriculum.position
        step = curriculum.update(survival, 0.0)
        levels = [curriculum.levels[stage] for stage in STAGES]
        assert levels == sorted(levels, reverse=True) and 0 <= levels[-1] <= levels[0] <= 1
        assert curriculum.position - before in ((0,) if step is None else (-1, 1))
        assert step is None or step.level == curriculum.levels[step.stage]


@given(rates, st.integers(min_value=0, max_value=200))
def test_a_state_taken_back_goes_on_as_before(survivals, cut):
    whole, first = Curriculum(QUICK), Curriculum(QUICK)
    steps = walk(whole, survivals)
    before = walk(first, survivals[:cut])
    second = Curriculum(QUICK)
    second.load_state_dict(first.state_dict())
    assert before + walk(second, survivals[cut:]) == steps
    assert second.levels == whole.levels


@pytest.mark.parametrize(
    ("survival", "error", "result"), [(1.0, 0.0, 1.0), (0.8, 0.4, 0.8), (1.0, 0.6, 0.5), (1.0, 1.0, 0.0)]
)
def test_success_by_hand(survival, error, result):
    assert success(survival, error, 0.4) == pytest.approx(result)


def test_robots_that_stand_still_do_not_advance():
    curriculum = Curriculum(QUICK)
    assert [curriculum.update(1.0, 1.0) for _ in range(20)] == [None] * 20


def test_thresholds_that_cross_are_refused():
    with pytest.raises(ValidationError, match="retreat_at 0.9 is not below advance_at 0.8"):
        CurriculumConfig(advance_at=0.8, retreat_at=0.9)
