"""Recorded episodes against a contract: what a robot's program may have got wrong."""

from dataclasses import replace

import numpy as np
import pytest

from webfoot.evaluate.recorded import recorded_answers, recorded_observations
from webfoot.evaluate.store import load_episodes
from webfoot_runtime.gravity import gravity_in_base, misreadings
from webfoot_runtime.policy import OnnxPolicy


@pytest.fixture(scope="module")
def policy(trained):
    return OnnxPolicy(trained.run.policy_file)


@pytest.fixture
def episodes(trained):
    return load_episodes(trained.run.rollout_file)


def with_gravity(episodes, values):
    observation = episodes.observation.copy()
    observation[..., 3:6] = values
    return replace(episodes, observation=observation)


def test_a_validation_is_what_its_contract_says(policy, episodes):
    assert recorded_observations(policy.layout, episodes).passed
    check = recorded_answers(policy, episodes)
    assert check.passed and check.value < 1e-5


def test_gravity_points_down_and_forward_for_who_leans_forward():
    np.testing.assert_allclose(gravity_in_base(np.array([1.0, 0, 0, 0])), [0, 0, -1])
    half = np.sqrt(0.5)
    pitched = gravity_in_base(np.array([half, 0, half, 0]))  # by 90 degrees
    np.testing.assert_allclose(pitched, [1, 0, 0], atol=1e-12)


@pytest.mark.parametrize(
    ("order", "words"),
    [
        ([1, 2, 3, 0], "is made of a quaternion in xyzw, read as wxyz"),
        ([3, 0, 1, 2], "is made of a quaternion in wxyz, read as xyzw"),
    ],
)
def test_a_quaternion_in_another_order_is_named(policy, episodes, order, words):
    misread = gravity_in_base(episodes.root_quat[:-1][..., order])
    check = recorded_observations(policy.layout, with_gravity(episodes, misread))
    assert check.value == 1 and check.detail == f"projected_gravity {words}"


def test_a_rotation_the_wrong_way_round_is_named(policy, episodes):
    inverse = gravity_in_base(episodes.root_quat[:-1] * [1, -1, -1, -1])
    check = recorded_observations(policy.layout, with_gravity(episodes, inverse))
    assert check.detail == "projected_gravity is turned from base to world instead of world to base"


def test_suspects_are_of_the_size_of_gravity():
    quat = np.tile([1.0, 0, 0, 0], (5, 1))
    assert [suspect.values.shape for suspect in misreadings(quat)] == [(5, 3)] * 3


def test_a_recording_of_another_policy_is_no_proof(policy, episodes):
    fewer = replace(episodes, observation=episodes.observation[..., :-1])
    for check in (recorded_observations(policy.layout, fewer), recorded_answers(policy, fewer)):
        assert not check.passed and np.isnan(check.value) and check.detail


def test_what_comes_after_the_physics_broke_is_left_out(policy, episodes):
    joint_pos = episodes.joint_pos.copy()
    joint_pos[20:] = np.nan
    assert recorded_observations(policy.layout, replace(episodes, joint_pos=joint_pos)).passed
    joint_pos[:] = np.nan
    assert recorded_observations(policy.layout, replace(episodes, joint_pos=joint_pos)).passed
