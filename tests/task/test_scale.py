import pytest

from webfoot.task.rewards import RewardConfig
from webfoot.task.scale import scale_rewards

WRITTEN = RewardConfig()


@pytest.mark.parametrize("base_height", [0.05, 0.176, 0.2])
def test_small_robots_are_rewarded_as_written(base_height: float):
    assert scale_rewards(WRITTEN, base_height) == WRITTEN


def test_four_times_the_height_allows_four_times_the_length_and_twice_the_speed():
    grown = scale_rewards(WRITTEN, 0.8)
    assert grown.base_height_sigma == pytest.approx(4 * WRITTEN.base_height_sigma)
    assert grown.foot_height_sigma == pytest.approx(4 * WRITTEN.foot_height_sigma)
    assert grown.velocity_sigma == pytest.approx(2 * WRITTEN.velocity_sigma)
    assert grown.mean_velocity_sigma == pytest.approx(2 * WRITTEN.mean_velocity_sigma)
    assert grown.joint_pos_sigma == WRITTEN.joint_pos_sigma and grown.tilt_sigma == WRITTEN.tilt_sigma
