from dataclasses import replace

import numpy as np
import pytest

from webfoot.evaluate.slip import foot_slip


def sliding(walk):
    """Stiff legs, soles on the ground: the feet slide as fast as the base moves."""
    return replace(walk, joint_pos=0 * walk.joint_pos, foot_height=0 * walk.foot_height)


def test_stiff_legs_on_the_ground_slide_with_the_base(walker, toy_robot):
    assert foot_slip(sliding(walker(1, speed=0.1)), toy_robot) == pytest.approx(0.1)


def test_feet_that_stay_or_fly_do_not_slip(walker, toy_robot):
    assert foot_slip(sliding(walker(1, speed=0.0)), toy_robot) == pytest.approx(0.0)
    flying = sliding(walker(1, speed=0.1))
    assert foot_slip(replace(flying, foot_height=np.full_like(flying.foot_height, 0.05)), toy_robot) == 0.0
