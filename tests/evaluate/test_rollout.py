from dataclasses import replace

import numpy as np
import pytest
import torch
from pydantic import ValidationError

from webfoot.evaluate.rollout import RolloutConfig, Stage, roll_out
from webfoot.evaluate.tracking import survival
from webfoot.motion.bundled import bundled_path
from webfoot.motion.library import build_reference
from webfoot.motion.prepare import prepare
from webfoot.motion.read import read_motions
from webfoot.motion.reference import Reference
from webfoot.robots.table import load_robot
from webfoot.sim.model import SimConfig

DUCKLING = load_robot("duckling")
SHORT = RolloutConfig(episodes=4, episode_s=1.0)


class Scripted:
    """Sends the default pose plus an offset that begins after 0.2 s; remembers what it was told."""

    def __init__(self, offset=0.0):
        self.offset = offset

    @property
    def has_phase(self):
        return True

    def reset(self, num_envs=1):
        self.observation = np.zeros((num_envs, 3), dtype=np.float32)
        self.action = np.zeros((num_envs, DUCKLING.nu), dtype=np.float32)
        self.phase = np.zeros(num_envs)
        self.command = np.zeros((num_envs, 3))
        self.steps, self.first = 0, None

    def step(self, gyro, projected_gravity, joint_pos, joint_vel, command):
        if self.first is None:
            self.first = (gyro, projected_gravity, joint_pos, joint_vel, command)
        self.observation, self.command = projected_gravity.copy(), command.copy()
        self.action = np.full_like(self.action, self.steps)
        self.steps += 1
        self.phase = (self.phase + 0.02) % 1.0
        target = DUCKLING.default_pos + (self.offset if self.steps > 10 else 0.0)
        return np.tile(target, (len(gyro), 1)).astype(np.float32)


@pytest.fixture(scope="module")
def stage():
    motions = [prepare(m, DUCKLING) for m in read_motions(bundled_path("duckling", "walk"), DUCKLING)]
    return Stage(DUCKLING, build_reference(motions, DUCKLING), SimConfig())


def library(reference: Reference, count: int) -> Reference:
    """The same clip many times under other commands: 0, 1, 2... mm/s."""
    commands = np.zeros((count, 3))
    commands[:, 0] = 0.001 * np.arange(count)
    return replace(reference, coefficients=np.repeat(reference.coefficients, count, axis=0), commands=commands)


def test_rows_of_states_are_one_more_than_rows_of_actions(stage):
    episodes = roll_out(Scripted(), stage, SHORT)
    assert (episodes.num_steps, episodes.num_episodes) == (50, 4)
    for name in ("root_pos", "root_quat", "root_vel", "joint_pos", "joint_vel", "foot_height", "phase", "alive"):
        assert getattr(episodes, name).shape[:2] == (51, 4), name
    for name in ("observation", "action", "joint_pos_target", "torque", "command"):
        assert getattr(episodes, name).shape[:2] == (50, 4), name


def test_a_rollout_begins_standing_still_in_the_default_pose(stage):
    policy = Scripted()
    episodes = roll_out(policy, stage, SHORT)
    gyro, gravity, joint_pos, joint_vel, command = policy.first
    assert not gyro.any() and not joint_vel.any()
    assert np.abs(joint_pos - DUCKLING.default_pos).max() < 0.1
    np.testing.assert_allclose(gravity, np.tile([0.0, 0.0, -1.0], (4, 1)), atol=0.1)
    assert np.abs(episodes.root_vel[0, :, :3]).max() <= SHORT.velocity_noise
    np.testing.assert_allclose(command, np.tile(stage.reference.commands[0], (4, 1)))
    assert not episodes.phase[0].any()


def test_without_noise_all_robots_start_alike(stage):
    quiet = SHORT.model_copy(update={"joint_noise": 0.0, "velocity_noise": 0.0})
    start = roll_out(Scripted(), stage, quiet).joint_pos[0]
    assert (start == start[0]).all()
    noisy = roll_out(Scripted(), stage, SHORT).joint_pos[0]
    assert (noisy != noisy[0]).any()
    assert np.abs(noisy - start).max() <= SHORT.joint_noise + 1e-6


def test_a_seed_decides_the_starts(stage):
    one, same, other = (
        roll_out(Scripted(), stage, SHORT.model_copy(update={"seed": seed})).root_pos for seed in (1, 1, 2)
    )
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_who_stands_survives_and_who_throws_its_legs_about_falls_for_good(stage):
    assert survival(roll_out(Scripted(), stage, SHORT)) == 1.0
    hips = np.zeros(DUCKLING.nu)
    hips[DUCKLING.leg_ids] = [1.0, 0.0, 1.0, 0.0, 1.0] * 2
    alive = roll_out(Scripted(hips), stage, RolloutConfig(episodes=4, episode_s=3.0)).alive
    assert alive[:10].all()
    assert not alive[-1].any()
    assert (np.diff(alive.astype(int), axis=0) <= 0).all()


def test_what_the_policy_saw_and_said_is_kept_step_by_step(stage):
    episodes = roll_out(Scripted(), stage, SHORT)
    assert episodes.action[:, 0, 0].tolist() == list(range(50))
    np.testing.assert_allclose(episodes.joint_pos_target[7, 2], DUCKLING.default_pos, atol=1e-6)
    np.testing.assert_allclose(episodes.observation[0, 0], [0.0, 0.0, -1.0], atol=0.1)


def test_the_reference_is_taken_at_the_policys_phase(stage):
    episodes = roll_out(Scripted(), stage, SHORT)
    np.testing.assert_allclose(episodes.phase[:, 1], np.arange(51) * 0.02 % 1.0, atol=1e-9)
    wanted = stage.reference.joint_pos(0, episodes.phase[:, 1])
    np.testing.assert_allclose(episodes.reference_joint_pos[:, 1], wanted, atol=1e-6)


def test_out_of_a_library_every_robot_is_told_another_command_in_turn(stage):
    many = replace(stage, reference=library(stage.reference, 8))
    command = roll_out(Scripted(), many, SHORT.model_copy(update={"command_s": 0.6})).command
    assert (command[:30] == command[0]).all() and (command[30:] == command[30]).all()
    assert (command[0] != command[30]).any()
    assert command[..., 0].min() >= 0.0 and command[..., 0].max() <= 0.0071


def test_the_reference_is_that_of_the_command_which_holds(stage):
    clips = library(stage.reference, 2)
    other = clips.coefficients.copy()
    other[1, 0, 0] += 0.3
    far = replace(clips, coefficients=other, commands=np.array([[0.0, 0.0, 0.0], [1.0, 0.0, 0.0]]))
    episodes = roll_out(Scripted(), replace(stage, reference=far), SHORT.model_copy(update={"command_s": 0.52}))
    plain = roll_out(Scripted(), stage, SHORT).reference_joint_pos[..., 0]
    raised = np.concatenate([episodes.command[..., 0], episodes.command[-1:, :, 0]]) > 0.5
    np.testing.assert_allclose(episodes.reference_joint_pos[..., 0] - plain, 0.3 * raised, atol=1e-6)


def test_gains_are_those_of_the_robot_times_the_factor(stage):
    offset = np.full(DUCKLING.nu, 0.01)
    quiet = {"episodes": 1, "episode_s": 1.0, "joint_noise": 0.0, "velocity_noise": 0.0}
    strong, plain, weak = (
        roll_out(Scripted(offset), stage, RolloutConfig(gain_factor=factor, **quiet)) for factor in (2.0, 1.0, 0.5)
    )
    jump = [np.abs(e.torque[10, 0] - e.torque[9, 0]).mean() for e in (strong, plain, weak)]
    assert jump[0] > 1.3 * jump[1] > 1.3 * 1.3 * jump[2]


def test_other_physics_keep_the_control_rate(stage):
    fine = replace(stage, sim=SimConfig(physics_hz=500, integrator="implicitfast"))
    assert roll_out(Scripted(), fine, SHORT).num_steps == 50


def test_a_rollout_leaves_torchs_random_numbers_alone(stage):
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    roll_out(Scripted(), stage, SHORT)
    assert torch.equal(torch.rand(3), expected)


@pytest.mark.parametrize(("field", "value"), [("episodes", 0), ("episode_s", 0.1), ("gain_factor", 0.0), ("pushes", 3)])
def test_options_that_mean_nothing_are_refused(field, value):
    with pytest.raises(ValidationError, match=field):
        RolloutConfig.model_validate({field: value})
