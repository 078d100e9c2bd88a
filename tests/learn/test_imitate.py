import pytest
import torch

from small_walk import make_task, quiet_config
from webfoot.learn.demonstrate import demonstrate
from webfoot.learn.imitate import Lesson, imitate, teach
from webfoot.learn.ppo import Ppo, PpoConfig
from webfoot.robots.table import load_robot
from webfoot.task.observe import PHASELESS_TERMS, columns
from webfoot.task.style import style_features

DUCKLING = load_robot("duckling")
ROBOTS = 6
PUPIL = quiet_config(observation=PHASELESS_TERMS, action_base="default", action_scale=0.5)


def actor_of(task):
    torch.manual_seed(0)
    return Ppo(task.observe(), task.nu, PpoConfig(hidden_size=16), None).actor


def test_demonstrations_hold_the_start_and_every_step_of_who_did_not_fall():
    task = make_task(DUCKLING, ROBOTS, config=quiet_config(standing_share=1.0, episode_s=100.0))
    first = style_features(task.state)
    frames = demonstrate(task, actor_of(task), steps=5)
    assert frames.shape[1:] == (6, first.shape[1]) and len(frames) >= ROBOTS // 2
    torch.testing.assert_close(frames[:, 0].sort(dim=0).values, first[: len(frames)].sort(dim=0).values, atol=1, rtol=0)
    assert frames.isfinite().all()


def test_demonstrations_end_where_fewer_than_half_last():
    task = make_task(DUCKLING, ROBOTS, config=quiet_config(episode_s=0.2))  # all begin anew within ten steps
    assert 1 <= demonstrate(task, actor_of(task), steps=30).shape[1] <= 11


def test_a_lesson_is_in_the_pupils_own_terms():
    stage, pupil = make_task(DUCKLING, ROBOTS), make_task(DUCKLING, ROBOTS, config=PUPIL)
    lesson = teach(stage, actor_of(stage), pupil, steps=4, noise_rad=0.0)
    assert lesson.observation.shape == (4 * ROBOTS, pupil.num_actor_obs)
    last = lesson.observation[:, columns(DUCKLING, PHASELESS_TERMS)["last_action"]].unflatten(0, (4, ROBOTS))
    assert not last[0].any()
    torch.testing.assert_close(last[1:], lesson.action.unflatten(0, (4, ROBOTS))[:-1])  # without noise: what was done


def test_a_pupil_that_remembers_is_taught_what_it_would_remember():
    stage = make_task(DUCKLING, ROBOTS, config=quiet_config(episode_s=100.0))
    pupil = make_task(DUCKLING, ROBOTS, config=PUPIL.model_copy(update={"history": 2}))
    lesson = teach(stage, actor_of(stage), pupil, steps=3, noise_rad=0.0)
    last = lesson.observation[:, columns(DUCKLING, PHASELESS_TERMS, 2)["last_action"]].unflatten(0, (3, ROBOTS))
    done = lesson.action.unflatten(0, (3, ROBOTS))
    torch.testing.assert_close(last[2], torch.cat([done[1], done[0]], dim=1))


def test_what_a_lesson_says_gives_the_teachers_targets():
    stage, pupil = make_task(DUCKLING, ROBOTS), make_task(DUCKLING, ROBOTS, config=PUPIL)
    teacher = actor_of(stage)
    with torch.no_grad():
        wanted = stage.actions.target(teacher.mean(stage.observe().actor), stage.state.reference.servo_target)
    lesson = teach(stage, teacher, pupil, steps=1, noise_rad=0.1)
    torch.testing.assert_close(pupil.actions.target(lesson.action, torch.zeros_like(wanted)), wanted)


def test_a_pupil_learns_its_lesson():
    pupil = make_task(DUCKLING, ROBOTS, config=PUPIL)
    actor = actor_of(pupil)
    observation = torch.randn(512, pupil.num_actor_obs)
    lesson = Lesson(observation, torch.tanh(observation[:, :1]).repeat(1, pupil.nu))
    assert imitate(actor, lesson, updates=300) < 0.2 * float(lesson.action.square().mean())


def test_an_action_that_reaches_a_target_is_the_inverse_of_the_target():
    actions = make_task(DUCKLING, 1, config=PUPIL).actions
    action = 0.1 * torch.randn(5, len(actions.default))
    assert actions.reaching(actions.target(action, actions.default)) == pytest.approx(action, abs=1e-5)
