import dataclasses

import pytest
import torch

from small_walk import apply, exactly_sensed, make_task, mirrored_state, off_reference, quiet_config
from webfoot.task.history import History
from webfoot.task.observe import ACTOR_TERMS, columns, mirror_layout, observe

EVERYONE = torch.arange(5)


def turning(state, rate):
    """The state with every robot's gyro at `rate` about x."""
    gyro = torch.tensor([rate, 0.0, 0.0]).repeat(5, 1)
    return exactly_sensed(dataclasses.replace(state, ang_vel_b=gyro))


def fresh(duckling, state, names, steps):
    history = History(duckling, names, steps, 5, torch.device("cpu"))
    history.restart(state, EVERYONE)
    return history


def test_readings_are_newest_first_and_a_command_is_seen_once(duckling, followed):
    history = fresh(duckling, turning(followed, 1.0), ("command", "gyro"), 3)
    history.push(turning(followed, 2.0))
    assert history.seen[0].tolist() == pytest.approx([0.1, 0, 0, *(2, 0, 0), *(1, 0, 0), *(0, 0, 0)])
    history.push(turning(followed, 3.0))
    history.push(turning(followed, 4.0))
    assert history.seen[4].tolist() == pytest.approx([0.1, 0, 0, *(4, 0, 0), *(3, 0, 0), *(2, 0, 0)])
    assert history.newest[4].tolist() == pytest.approx([0.1, 0, 0, *(4, 0, 0)])


def test_before_an_episode_a_robot_stood_upright(duckling, followed):
    state = off_reference(followed)
    history = fresh(duckling, state, ("projected_gravity", "joint_pos"), 2)
    upright, at_default = torch.tensor([[0.0, 0.0, -1.0]]).repeat(5, 1), torch.zeros(5, duckling.nu)
    expected = torch.cat([state.sensed.projected_gravity, upright, state.sensed_offset, at_default], dim=1)
    torch.testing.assert_close(history.seen, expected)


def test_a_new_episode_forgets_and_the_others_remember(duckling, followed):
    history = fresh(duckling, turning(followed, 1.0), ("gyro",), 2)
    history.push(turning(followed, 2.0))
    history.restart(turning(followed, 7.0), torch.tensor([1, 3]))
    assert history.seen[:, [0, 3]].tolist() == [[2, 1], [7, 0], [2, 1], [7, 0], [2, 1]]


def test_a_history_of_one_is_what_is_seen_now(duckling, followed):
    history = fresh(duckling, followed, ACTOR_TERMS, 1)
    history.push(off_reference(followed))
    assert torch.equal(history.seen, observe(off_reference(followed), ACTOR_TERMS))
    assert torch.equal(history.seen, history.newest)


def test_a_mirrored_robot_remembers_the_mirrored_past(duckling, followed):
    first, second = off_reference(followed, seed=1), off_reference(followed, seed=2)
    histories = []
    for states in ((first, second), [mirrored_state(duckling, state) for state in (first, second)]):
        history = fresh(duckling, states[0], ACTOR_TERMS, 3)
        history.push(states[1])
        histories.append(history.seen)
    layout = mirror_layout(duckling, ACTOR_TERMS, 3)
    torch.testing.assert_close(histories[1], apply(layout, histories[0]), atol=1e-5, rtol=0)


def test_columns_hold_all_that_is_remembered_of_a_term(duckling):
    places = columns(duckling, ("gyro", "phase", "last_action", "command"), 4)
    edges = [0, 12, 14, 14 + 4 * duckling.nu, 17 + 4 * duckling.nu]
    assert [(place.start, place.stop) for place in places.values()] == list(zip(edges[:-1], edges[1:], strict=True))


def test_a_task_remembers_its_actions_and_forgets_them_with_the_episode(duckling):
    task = make_task(duckling, 4, config=quiet_config(history=3, episode_s=0.1, standing_share=1.0))
    place = columns(duckling, ACTOR_TERMS, 3)["last_action"]
    ended = torch.zeros(4, dtype=torch.bool)
    for step in range(1, 6):
        result = task.step(torch.full((4, task.nu), 0.1 * step))
        remembered = result.observation.actor[:, place].unflatten(1, (3, task.nu))[:, :, 0]
        before = result.final.actor[:, place].unflatten(1, (3, task.nu))[:, :, 0]
        assert before[~ended, 0] == pytest.approx(torch.full_like(before[~ended, 0], 0.1 * step))
        now = result.terminated | result.truncated
        assert not remembered[now].any()
        older = 0.1 * (step - 1) if step > 1 else 0.0
        kept = ~now & ~ended
        assert remembered[kept, 1] == pytest.approx(torch.full_like(remembered[kept, 1], older))
        ended |= now
    assert ended.any()


def test_the_critic_sees_the_present_only(duckling):
    plain, remembering = (make_task(duckling, 2, config=quiet_config(history=steps)) for steps in (1, 4))
    assert remembering.observe().critic.shape == plain.observe().critic.shape
    assert remembering.num_actor_obs > plain.num_actor_obs
