import numpy as np
import pytest

from webfoot.evaluate.criteria import PassCriteria
from webfoot.evaluate.disturbed import disturbed_checks, undisturbed
from webfoot.evaluate.rollout import RolloutConfig, Stage, roll_out
from webfoot.motion.bundled import bundled_path
from webfoot.motion.library import build_reference
from webfoot.motion.prepare import prepare
from webfoot.motion.read import read_motions
from webfoot.robots.table import load_robot
from webfoot.sim.model import SimConfig
from webfoot.sim.randomize import RandomizeConfig


class Holding:
    """A policy that holds the default pose whatever it senses, and remembers what it sensed."""

    has_phase = True

    def __init__(self, robot):
        self.pose = robot.default_pos.astype(np.float32)
        self.reset()

    def reset(self, num_envs=1):
        self.observation = np.zeros((num_envs, 1), dtype=np.float32)
        self.action = np.zeros((num_envs, len(self.pose)), dtype=np.float32)
        self.phase = np.zeros(num_envs)
        self.command = np.zeros((num_envs, 3))
        self.sensed = []

    def step(self, gyro, projected_gravity, joint_pos, joint_vel, command):
        self.command = command
        self.sensed.append((gyro.copy(), projected_gravity.copy(), joint_pos.copy(), joint_vel.copy()))
        return np.tile(self.pose, (len(gyro), 1))


@pytest.fixture(scope="module")
def stage():
    robot = load_robot("duckling")
    motions = [prepare(motion, robot) for motion in read_motions(bundled_path("duckling", "walk"), robot)]
    return Stage(robot, build_reference(motions, robot), SimConfig())


def rollout(**ranges):
    conditions = RandomizeConfig.model_validate({"preset": "off", **ranges})
    return RolloutConfig(episodes=8, episode_s=0.6, disturbed_s=2.0, conditions=conditions)


def test_without_conditions_there_is_nothing_to_survive(stage):
    assert disturbed_checks(Holding(stage.robot), stage, rollout(), PassCriteria()) == []


def test_survival_is_held_against_its_own_limit_for_its_own_time(stage):
    policy = Holding(stage.robot)
    (check,) = disturbed_checks(policy, stage, rollout(joint_noise=0.1), PassCriteria(min_disturbed_survival=0.7))
    assert (check.name, check.value, check.limit, check.passed) == ("disturbed_survival", 1.0, 0.7, True)
    assert len(policy.sensed) == 100  # 2 s


def test_a_robot_that_is_kicked_over_does_not_survive(stage):
    hard = rollout(push_speed=3.0, push_every_s=0.2)
    (check,) = disturbed_checks(Holding(stage.robot), stage, hard, PassCriteria())
    assert check.value == 0.0 and not check.passed


def test_policies_are_given_readings_and_episodes_hold_the_truth(stage):
    policy = Holding(stage.robot)
    episodes = roll_out(policy, stage, rollout(joint_vel_noise=5.0, gyro_bias=1.0))
    gyro = np.stack([step[0] for step in policy.sensed])
    error = gyro - episodes.root_vel[:-1, :, 3:]
    assert 0.5 < np.abs(error).max() <= 1.0 + 1e-5
    assert np.ptp(error, axis=0).max() < 1e-4  # a bias, the same at every step
    speeds = np.stack([step[3] for step in policy.sensed])
    assert 4.5 < np.abs(speeds - episodes.joint_vel[:-1]).max() <= 5.0 + 1e-5


def test_the_plain_verdict_meets_no_conditions(stage):
    plain, bare = (roll_out(Holding(stage.robot), stage, r) for r in (undisturbed(rollout(mass=0.5)), rollout()))
    assert np.array_equal(plain.joint_pos, bare.joint_pos)
    assert np.array_equal(plain.root_pos, bare.root_pos)
