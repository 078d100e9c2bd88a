"""The score: 1 for sound clips, 0 for unusable ones, less for damage that preparation cannot mend."""

import pytest
from damage import DAMAGE
from test_damage import sound

from webfoot.motion.finding import Finding
from webfoot.motion.inspect import inspect
from webfoot.motion.score import MEASURES, score


def spoiled_score(kind: str, strength: float) -> float:
    clip, robot = sound("walk, recorded")
    return inspect(DAMAGE[kind].inject(clip, robot, strength), robot).score.value


@pytest.mark.parametrize("name", ["walk", "left", "turn_right, recorded", "oblique"])
def test_sound_clips_score_high(name):
    assert inspect(*sound(name)).score.value > 0.9


def test_what_cannot_be_used_scores_zero_and_says_why():
    found = score((Finding("broken_number", "error", "NaN in frame 3", "mend it"),), {"balance_mm": 1.0})
    assert found.value == 0.0 and found.weakest.why == "NaN in frame 3"


@pytest.mark.parametrize("name", MEASURES)
def test_every_part_is_one_within_its_limit_and_falls_beyond_it(name):
    rule = MEASURES[name]
    within, beyond = (score((), {rule.number: rule.good + share * rule.scale}) for share in (-0.1, 1.0))
    assert within.value == pytest.approx(1.0) and beyond.value == pytest.approx(0.3679, abs=1e-4)
    assert beyond.weakest.name == name


@pytest.mark.parametrize(("kind", "strengths"), [("sign", (2, 1)), ("wrong zero", (0.1, 0.35)), ("noise", (0.01, 0.1))])
def test_worse_damage_scores_lower(kind, strengths):
    weak, strong = (spoiled_score(kind, strength) for strength in strengths)
    assert strong < weak


def test_damage_that_preparation_mends_costs_little():
    assert spoiled_score("floating", 0.1) > 0.9 and spoiled_score("root height lost", 1) > 0.9
