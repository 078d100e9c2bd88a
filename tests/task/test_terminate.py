import dataclasses
import math

import pytest
import torch
from pydantic import ValidationError

from webfoot.task.terminate import TerminationConfig, fallen

CONFIG = TerminationConfig(tilt_deg=50.0, height_share=0.5)


def leaning(state, degrees, axis):
    """Gravity as seen by a base that is tilted about x (axis 1) or y (axis 0), each robot by its own angle."""
    angle = torch.tensor([math.radians(d) for d in degrees])
    gravity = torch.zeros(len(degrees), 3)
    gravity[:, axis], gravity[:, 2] = angle.sin(), -angle.cos()
    return dataclasses.replace(state, gravity_b=gravity)


@pytest.mark.parametrize("axis", [0, 1])
def test_a_base_tilted_beyond_the_limit_has_fallen_whichever_way(followed, axis):
    state = leaning(followed, [0.0, 49.0, 51.0, -51.0, 180.0], axis)
    assert fallen(state, CONFIG, standing_height=0.1).tolist() == [False, False, True, True, True]


def test_a_base_that_sank_below_its_share_has_fallen(followed):
    state = dataclasses.replace(followed, base_height=torch.tensor([0.2, 0.101, 0.099, 0.0, -1.0]))
    assert fallen(state, CONFIG, standing_height=0.2).tolist() == [False, False, True, True, True]


def test_a_robot_whose_physics_blew_up_has_fallen(followed):
    state = dataclasses.replace(followed, unstable=torch.tensor([False, True, False, False, True]))
    assert fallen(state, CONFIG, standing_height=0.1).tolist() == [False, True, False, False, True]


def test_a_robot_on_the_reference_has_not_fallen(duckling, followed):
    assert not fallen(followed, TerminationConfig(), duckling.base_height).any()


@pytest.mark.parametrize(("field", "value"), [("tilt_deg", 0), ("tilt_deg", 181), ("height_share", 1.0)])
def test_limits_that_mean_nothing_are_refused(field, value):
    with pytest.raises(ValidationError, match=field):
        TerminationConfig.model_validate({field: value})
