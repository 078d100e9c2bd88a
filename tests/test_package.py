import pytest

import webfoot
from webfoot.pipeline import PolicyTrainer


def test_the_policy_trainer_stands_at_the_door():
    assert webfoot.PolicyTrainer is PolicyTrainer


def test_the_door_shows_nothing_else():
    with pytest.raises(AttributeError, match="module 'webfoot' has no attribute 'Trainer'"):
        getattr(webfoot, "Trainer")  # noqa: B009
