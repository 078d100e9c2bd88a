import dataclasses
import math

import pytest
import torch
from pydantic import ValidationError

from small_walk import make_task, quiet_config, small_reference, term_size
from webfoot.sim.batch import StartState
from webfoot.sim.rotations import heading, into_heading
from webfoot.task.observe import ACTOR_TERMS, critic_terms
from webfoot.task.walk import ActionMap, TaskConfig

CRITIC_TERMS = critic_terms(ACTOR_TERMS)


def columns(robot, name):
    """Where a term stands in the critic's observation."""
    start = sum(term_size(robot, before) for before in CRITIC_TERMS[: CRITIC_TERMS.index(name)])
    return slice(start, start + term_size(robot, name))


def random_actions(task, steps, scale=1.0, seed=0):
    draw = torch.randn((steps, task.num_envs, task.nu), generator=torch.Generator().manual_seed(seed))
    return scale * draw


def nothing(task):
    return torch.zeros(task.num_envs, task.nu)


def break_robot(task, env):
    """Give one standing robot speeds that are not numbers."""
    now = task.sim.state()
    values = {field.name: getattr(now, field.name)[env : env + 1] for field in dataclasses.fields(StartState)}
    speeds = torch.full_like(values["joint_vel"], math.nan)
    task.sim.reset(torch.tensor([env]), StartState(**values | {"joint_vel": speeds}))


def test_the_actors_observation_opens_the_critics(duckling):
    seen = make_task(duckling, 3).observe()
    assert seen.actor.shape == (3, sum(term_size(duckling, name) for name in ACTOR_TERMS))
    assert torch.equal(seen.critic[:, : seen.actor.shape[1]], seen.actor)


def test_without_standing_starts_every_robot_is_on_the_reference(duckling):
    task = make_task(duckling, 16, config=quiet_config(standing_share=0.0))
    seen = task.observe().critic
    assert seen[:, columns(duckling, "pose_error")].abs().max() < 1e-6
    assert len(set(task.phase.tolist())) == 16
    assert ((task.phase >= 0) & (task.phase < 1)).all()


def test_standing_starts_stand_in_the_settled_pose_at_phase_zero(duckling):
    task = make_task(duckling, 8, config=quiet_config(standing_share=1.0))
    state = task.sim.state()
    assert task.phase.tolist() == [0.0] * 8
    assert torch.allclose(state.joint_pos, task.actions.default, atol=1e-6)
    assert not state.lin_vel_w.any()


def test_some_robots_stand_and_some_walk_at_a_share_in_between(duckling):
    task = make_task(duckling, 200, config=quiet_config(standing_share=0.3))
    assert 0.2 < float((task.phase == 0.0).float().mean()) < 0.4


def test_the_command_of_a_single_clip_never_changes(duckling):
    task = make_task(duckling, 4, config=quiet_config(command={"shortest_s": 0.02, "longest_s": 0.02}))
    for action in random_actions(task, 3, scale=0.0):
        task.step(action)
        torch.testing.assert_close(task.command, torch.tensor([[0.1, 0.0, 0.0]]).repeat(4, 1))


def library_task(duckling, **command):
    clips = small_reference(duckling, (0.1, 0.0, 0.0), (0.2, 0.0, 0.0), (0.1, 0.0, 0.5))
    return make_task(
        duckling, 60, config=quiet_config(episode_s=100.0, standing_share=0.0, command=command), reference=clips
    )


def test_out_of_a_library_commands_change_while_an_episode_goes_on(duckling):
    task = library_task(duckling, shortest_s=0.06, longest_s=0.06)
    first, told = task.command.clone(), []
    for action in random_actions(task, 3, scale=0.0):
        assert not (task.step(action).terminated).any()
        told.append(task.command.clone())
    assert torch.equal(told[0], first) and torch.equal(told[1], first)
    assert (told[2] != first).any(dim=1).float().mean() > 0.8


def test_a_new_command_is_followed_no_faster_than_its_range_in_the_ramp(duckling):
    task = library_task(duckling, shortest_s=0.02, longest_s=0.02, ramp_s=0.5)
    before = task.command.clone()
    result = task.step(nothing(task))
    moved = (task.command - before).abs()
    most = (task.commands.upper - task.commands.lower) * 0.02 / 0.5
    assert (moved <= most + 1e-6).all() and (moved.amax(dim=0) == pytest.approx(most.tolist(), abs=1e-5))
    assert torch.equal(result.final.critic[:, columns(duckling, "command")], task.command)


def test_without_a_ramp_a_new_command_holds_at_once(duckling):
    task = library_task(duckling, shortest_s=0.02, longest_s=0.02, ramp_s=0.0)
    before = task.command.clone()
    task.step(nothing(task))
    assert (task.command - before).norm(dim=1).max() > 0.2


def test_a_robot_that_starts_standing_is_led_from_standing_to_what_it_is_told(duckling):
    clips = small_reference(duckling, (0.1, 0.0, 0.0), (0.2, 0.0, 0.0))
    command = {"ramp_s": 0.1, "standing_share": 0.0, "shortest_s": 9.0, "longest_s": 9.0}
    config = quiet_config(standing_share=1.0, episode_s=100.0, command=command)
    task = make_task(duckling, 8, config=config, reference=clips)
    most = 0.2 * 0.02 / 0.1  # the range 0..0.2 m/s in 0.1 s: 5 steps
    torch.testing.assert_close(task.command[:, 0], torch.full((8,), most))
    for _ in range(4):
        task.step(nothing(task))
    assert (task.command[:, 0] >= 0.1 - 1e-6).all()
    wanted = task.series.state(task.series.commanded(task.command), task.phase)
    torch.testing.assert_close(task.state.reference.joint_pos, wanted.joint_pos)


def test_a_new_command_takes_the_heading_as_it_is(duckling):
    task = library_task(duckling, shortest_s=0.02, longest_s=0.02)
    for action in random_actions(task, 4, scale=0.3):
        task.step(action)
    assert task.state.heading_error.abs().max() < 1e-5


def test_the_phase_moves_on_by_a_control_step_and_wraps(duckling):
    task = make_task(duckling, 4, config=quiet_config(standing_share=1.0, episode_s=100.0))
    steps = round(task.series.period_s / task.sim.control_dt)
    for step in range(1, steps + 3):
        task.step(nothing(task))
        assert task.phase[0] == pytest.approx((step / steps) % 1.0, abs=1e-5) or task.phase[0] > 1 - 1e-5
    assert ((task.phase >= 0) & (task.phase < 1)).all()


def test_actions_beyond_the_limit_are_clipped_and_seen_clipped(duckling):
    wild, tame = make_task(duckling, 2), make_task(duckling, 2)
    limit = wild.config.action_limit
    sign = torch.where(random_actions(wild, 1)[0] > 0, 1.0, -1.0)
    first, second = wild.step(100 * limit * sign), tame.step(limit * sign)
    assert torch.equal(first.final.critic, second.final.critic)
    assert torch.equal(first.final.critic[:, columns(duckling, "last_action")], limit * sign)


def test_the_reward_is_the_sum_of_its_terms(duckling):
    task = make_task(duckling, 3)
    result = task.step(random_actions(task, 1)[0])
    torch.testing.assert_close(result.reward, sum(result.terms.values(), torch.zeros(3)))
    assert result.reward.isfinite().all()


def test_a_robot_falls_or_runs_out_of_time_never_both(duckling):
    task = make_task(duckling, 16, config=quiet_config(episode_s=0.3, termination={"tilt_deg": 5.0}))
    fell = late = 0
    for action in random_actions(task, 40, scale=3.0):
        result = task.step(action)
        assert not (result.terminated & result.truncated).any()
        fell, late = fell + int(result.terminated.sum()), late + int(result.truncated.sum())
    assert fell > 0 and late > 0


def test_the_final_observation_is_the_true_one_and_the_next_is_of_the_new_episode(duckling):
    task = make_task(duckling, 12, config=quiet_config(episode_s=0.2))
    seen_ends = 0
    for action in random_actions(task, 20, scale=0.5):
        result = task.step(action)
        ended = result.terminated | result.truncated
        seen_ends += int(ended.sum())
        assert torch.equal(result.final.critic[~ended], result.observation.critic[~ended])
        last_action = columns(duckling, "last_action")
        clipped = action.clamp(-task.config.action_limit, task.config.action_limit)
        assert torch.equal(result.final.critic[:, last_action], clipped)
        assert not result.observation.critic[ended][:, last_action].any()
        assert torch.equal(task.observe().critic, result.observation.critic)
    assert seen_ends > 12


def test_a_fall_in_the_last_step_of_an_episode_is_a_fall(duckling):
    task = make_task(duckling, 3, config=quiet_config(episode_s=0.02, standing_share=1.0))  # one step
    break_robot(task, 1)
    result = task.step(nothing(task))
    assert result.terminated.tolist() == [False, True, False]
    assert result.truncated.tolist() == [True, False, True]


def test_an_episode_lasts_as_long_as_it_may(duckling):
    task = make_task(duckling, 40, config=quiet_config(episode_s=0.2, standing_share=1.0))
    late = torch.stack([task.step(nothing(task)).truncated for _ in range(30)])  # (T, N)
    ends = [late[:, env].nonzero().squeeze(-1) for env in range(40)]
    assert {gap for end in ends for gap in end.diff().tolist()} == {10}  # 0.2 s at 50 Hz
    firsts = {int(end[0]) for end in ends}
    assert len(firsts) > 5 and max(firsts) < 10  # first episodes are cut short, so that not all end at once


def test_a_new_episode_starts_where_starts_are(duckling):
    task = make_task(duckling, 6, config=quiet_config(episode_s=0.1, standing_share=0.0))
    for _ in range(6):
        result = task.step(random_actions(task, 1)[0])
        ended = result.terminated | result.truncated
        error = result.observation.critic[ended][:, columns(duckling, "pose_error")]
        assert (error.abs() < 1e-5).all()
        assert torch.equal(result.observation.critic[ended][:, columns(duckling, "mean_velocity")], task.command[ended])


def test_a_robot_whose_physics_blows_up_has_fallen_and_the_others_go_on(duckling):
    task = make_task(duckling, 3, config=quiet_config(episode_s=100.0, standing_share=1.0))
    break_robot(task, 1)
    result = task.step(nothing(task))
    assert result.unstable.tolist() == result.terminated.tolist() == [False, True, False]
    for values in (result.reward, result.final.critic, result.observation.critic):
        assert values.isfinite().all()


def test_the_same_seed_gives_the_same_episodes_bit_for_bit(duckling):
    config = TaskConfig(episode_s=0.2)
    first, again, other = (make_task(duckling, 6, seed=seed, config=config) for seed in (3, 3, 4))
    for action in random_actions(first, 15):
        one, two = first.step(action), again.step(action)
        for name in ("reward", "terminated", "truncated"):
            assert torch.equal(getattr(one, name), getattr(two, name)), name
        assert torch.equal(one.observation.critic, two.observation.critic)
    assert not torch.equal(first.observe().critic, other.observe().critic)


def test_a_robot_that_does_not_turn_falls_behind_a_reference_that_does(duckling):
    turning = small_reference(duckling, (0.0, 0.0, 0.5))
    config = quiet_config(episode_s=100.0, standing_share=1.0, action_base="default")
    task = make_task(duckling, 1, config=config, reference=turning)
    for _ in range(10):
        result = task.step(nothing(task))
    wanted = turning.commands[0, 2] * 10 * task.sim.control_dt
    turned = float(heading(task.sim.state().root_quat)[0])
    error = float(result.observation.critic[0, columns(duckling, "heading_error")])
    assert error == pytest.approx(turned - wanted, abs=0.02)  # the reference's rate swings a little about its mean
    assert abs(turned) < 0.02


def test_the_mean_velocity_is_that_of_the_last_cycle_as_if_the_command_had_been_walked_before(duckling):
    task = make_task(duckling, 2, config=quiet_config(episode_s=100.0, standing_share=1.0))
    steps = round(task.series.period_s / task.sim.control_dt)
    known = [task.command.clone()] * steps
    for action in random_actions(task, 5, scale=0.2):
        result = task.step(action)
        state = task.sim.state()
        known.append(torch.cat([into_heading(state.root_quat, state.lin_vel_w[:, :2]), state.ang_vel_b[:, 2:]], dim=1))
    mean = torch.stack(known[-steps:]).mean(dim=0)
    torch.testing.assert_close(result.final.critic[:, columns(duckling, "mean_velocity")], mean, atol=1e-5, rtol=0)


def bouncing(robot):
    """A reference whose two legs always do the same: only what happens twice a cycle is left of the walk."""
    walk = small_reference(robot, (0.0, 0.0, 0.0))
    coefficients = walk.coefficients.copy()
    for first in (1, 1 + walk.num_harmonics):  # cosines, sines
        coefficients[:, first : first + walk.num_harmonics : 2] = 0.0
    return dataclasses.replace(walk, coefficients=coefficients)


def test_mirrored_actions_earn_the_same_on_a_bouncing_reference(duckling):
    order = torch.tensor(duckling.mirror.permutation)
    sign = torch.tensor(duckling.mirror.sign, dtype=torch.float32)
    config = quiet_config(episode_s=100.0, standing_share=1.0)
    task = make_task(duckling, 2, config=config, reference=bouncing(duckling))
    for action in random_actions(task, 5, scale=0.5)[:, :1]:
        result = task.step(torch.cat([action, action[:, order] * sign]))
        torch.testing.assert_close(result.reward[0], result.reward[1], atol=1e-3, rtol=0)


def test_servo_targets_are_base_plus_scaled_action_within_the_limits(duckling):
    lower, upper = (torch.tensor(limit, dtype=torch.float32) for limit in (duckling.lower, duckling.upper))
    reference = torch.tensor(duckling.default_pos, dtype=torch.float32)[None] + 0.01
    action = torch.full((1, duckling.nu), 0.1)
    for base, start in (("reference", reference), ("default", reference - 0.01)):
        actions = ActionMap(duckling, TaskConfig(action_base=base, action_scale=0.5))
        torch.testing.assert_close(actions.target(action, reference), (start + 0.05).clamp(lower, upper))
        assert torch.equal(actions.target(1000 * action, reference)[0], upper)
        assert torch.equal(actions.target(-1000 * action, reference)[0], lower)


@pytest.mark.parametrize(
    ("field", "value"), [("action_base", "zero"), ("action_scale", 0.0), ("episode_s", 0.0), ("episodes", 3)]
)
def test_tasks_that_mean_nothing_are_refused(field, value):
    with pytest.raises(ValidationError, match=field):
        TaskConfig.model_validate({field: value})
