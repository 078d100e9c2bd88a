"""Rewards for robots of any size: what is an error for a duckling is none for a humanoid."""

from webfoot.robots.size import length_scale, speed_scale
from webfoot.task.rewards import RewardConfig

LENGTHS = ("base_height_sigma", "foot_height_sigma", "stance_height")
SPEEDS = ("velocity_sigma", "mean_velocity_sigma")


def scale_rewards(config: RewardConfig, base_height: float) -> RewardConfig:
    """The errors at which a reward has fallen to 1/e, for a robot whose base stands so high [m].

    They are written for robots up to 0.2 m; for a larger one lengths grow as its height, speeds as the root of it.
    """
    grown = {name: getattr(config, name) * length_scale(base_height) for name in LENGTHS}
    grown |= {name: getattr(config, name) * speed_scale(base_height) for name in SPEEDS}
    return config.model_copy(update=grown)
