import copy
import itertools
import math

import pytest
import torch

from webfoot.errors import RunError
from webfoot.learn.events import Checkpointed, Diverged, Evaluated, Finished, Metrics, Progress, Returned, Staged
from webfoot.learn.ppo import Ppo, PpoConfig
from webfoot.learn.trainer import BrokeDown, LoopConfig, Trainer, Trial, TrialKind
from webfoot.motion.bundled import bundled_path
from webfoot.motion.library import build_reference
from webfoot.motion.prepare import prepare
from webfoot.motion.read import read_motions
from webfoot.robots.table import load_robot
from webfoot.sim.cpu import CpuSim
from webfoot.sim.model import SimConfig
from webfoot.task.rewards import REWARDS
from webfoot.task.walk import TaskConfig, WalkTask

DUCKLING = load_robot("duckling")
STEPS, ROBOTS = 4, 4


@pytest.fixture(scope="module")
def reference():
    motions = [prepare(motion, DUCKLING) for motion in read_motions(bundled_path("duckling", "walk"), DUCKLING)]
    return build_reference(motions, DUCKLING)


class Judge:
    """Gives the trials it was told to, over and over the last one, and remembers which kind was asked for."""

    def __init__(self, *scores: float, passes: bool = False):
        self.scores = itertools.chain(scores, itertools.repeat(scores[-1]))
        self.passes = passes
        self.asked: list[TrialKind] = []

    def __call__(self, kind: TrialKind) -> Trial:
        self.asked.append(kind)
        return Trial(self.passes, next(self.scores), {"survival": 1.0})


@pytest.fixture
def make(reference, tmp_path):
    """A trainer of four ducklings and the events it sent; options as in `LoopConfig`."""

    def build(judge=None, seed=0, **loop):
        torch.manual_seed(seed)
        sim = CpuSim(DUCKLING, SimConfig(), ROBOTS, num_threads=1)
        task = WalkTask(DUCKLING, reference, sim, TaskConfig(), seed)
        config = PpoConfig(hidden_size=8, steps=STEPS, update_epochs=1, minibatches=1)
        ppo = Ppo(task.observe(), DUCKLING.nu, config, None)
        options = {"epochs": 3, "evaluate_every": 1, "checkpoint_every": 100, **loop}
        events = []
        checkpoint = tmp_path / "checkpoints" / "last.pt"
        loop_config = LoopConfig.model_validate(options)
        return Trainer(task, ppo, loop_config, judge or Judge(0.5), checkpoint, events.append), events

    return build


def of(kind, events):
    return [event for event in events if isinstance(event, kind)]


def test_it_runs_its_epochs_and_says_so(make):
    trainer, events = make(epochs=3)
    outcome = trainer.run()
    assert (outcome.stopped, outcome.iteration, outcome.env_steps) == ("finished", 3, 3 * STEPS * ROBOTS)
    assert [event.iteration for event in of(Progress, events)] == [1, 2, 3]
    assert [event.env_steps for event in of(Progress, events)] == [16, 32, 48]
    assert of(Progress, events)[-1].eta_s == 0.0
    assert events[-1] == Finished(3, "finished", outcome.elapsed_s)


def test_the_metrics_of_every_iteration_are_finite(make):
    trainer, events = make(epochs=2)
    trainer.run()
    for event in of(Metrics, events):
        assert {"reward", "falls", "steps_per_s", "approx_kl", "reward/joint_pos"} <= set(event.values)
        assert all(math.isfinite(value) for value in event.values.values())


def test_a_quick_trial_that_passes_is_followed_by_a_full_one_and_ends_the_training(make):
    judge = Judge(1.0, passes=True)
    trainer, events = make(judge, epochs=9, evaluate_every=2)
    assert trainer.run().stopped == "passed"
    assert judge.asked == ["quick", "full"]
    assert of(Evaluated, events) == [Evaluated(2, True, 1.0, {"survival": 1.0})]


def test_a_training_that_shall_go_on_goes_on_after_a_pass(make):
    trainer, _ = make(Judge(1.0, passes=True), epochs=3, stop_when_passed=False)
    assert trainer.run().iteration == 3


def test_the_last_iteration_gets_a_full_trial(make):
    judge = Judge(0.1)
    make(judge, epochs=3, evaluate_every=100)[0].run()
    assert judge.asked[-1] == "last"


@pytest.mark.parametrize(("again", "kept", "score"), [(0.8, 1, 0.8), (0.3, 2, 0.5)])
def test_the_best_policy_is_kept_if_it_is_better_in_a_full_trial_too(make, again, kept, score):
    weights = []
    scores = Judge(0.2, 0.9, 0.5, again)  # two quick trials, the last policy in full, the best in full

    def judge(kind):
        weights.append({name: value.clone() for name, value in trainer.ppo.frozen_actor().state_dict().items()})
        return scores(kind)

    trainer, events = make(judge, epochs=3)
    trainer.run()
    assert scores.asked == ["quick", "quick", "last", "last"]
    assert trainer.best is not None and trainer.best[0] == of(Evaluated, events)[-1].score == score
    trainer.use_best()
    for name, value in trainer.ppo.frozen_actor().state_dict().items():
        assert torch.equal(value, weights[kept][name]), name
    assert any(not torch.equal(weights[1][name], weights[2][name]) for name in weights[1])


def test_an_interrupted_training_stands_on_disk(make):
    trainer, events = make(epochs=50)
    outcome = trainer.run(should_stop=lambda: trainer.iteration == 2)
    assert (outcome.stopped, outcome.iteration) == ("interrupted", 2)
    assert of(Checkpointed, events)[-1] == Checkpointed(
        2, f"{trainer.checkpoint.parent.name}/{trainer.checkpoint.name}"
    )
    assert trainer.checkpoint.is_file()


def test_checkpoints_come_before_the_start_and_at_their_interval(make):
    trainer, events = make(epochs=5, checkpoint_every=2)
    trainer.run()
    assert [event.iteration for event in of(Checkpointed, events)] == [0, 2, 4, 5]


def test_a_training_out_of_time_stops(make):
    trainer, _ = make(epochs=50, max_minutes=1e-9)
    outcome = trainer.run()
    assert (outcome.stopped, outcome.iteration) == ("out of time", 1)


def test_the_schedule_follows_whichever_ends_first_the_epochs_or_the_time(make):
    trainer, _ = make(epochs=10, max_minutes=1.0)
    trainer.iteration, trainer.elapsed_s = 2, 6.0
    assert trainer._progress() == 0.2
    trainer.elapsed_s = 30.0
    assert trainer._progress() == 0.5
    trainer.elapsed_s = 90.0
    assert trainer._progress() == 1.0


def test_a_resumed_training_goes_on_where_it_was(make):
    first, _ = make(Judge(0.7), epochs=4)
    first.run(should_stop=lambda: first.iteration == 2)
    second, events = make(Judge(0.1), epochs=4, seed=5)
    second.load()
    assert (second.iteration, second.elapsed_s) == (2, first.elapsed_s)
    assert second.best is not None and second.best[0] == 0.7
    for one, other in ((first.ppo.actor, second.ppo.actor), (first.ppo.frozen_actor(), second.ppo.frozen_actor())):
        for name, value in one.state_dict().items():
            assert torch.equal(value, other.state_dict()[name]), name
    outcome = second.run()
    assert [event.iteration for event in of(Progress, events)] == [3, 4]
    assert (outcome.env_steps, outcome.elapsed_s > first.elapsed_s) == (4 * STEPS * ROBOTS, True)


def test_resuming_where_nothing_is_says_so(make):
    with pytest.raises(RunError, match="no checkpoint here"):
        make()[0].load()


@pytest.mark.parametrize("part", ["actor", "critic"])
def test_weights_that_are_no_numbers_end_the_training_and_not_the_checkpoint(make, part):
    trainer, events = make(epochs=9, checkpoint_every=1)
    trainer.run(should_stop=lambda: trainer.iteration == 2)
    saved = trainer.checkpoint.read_bytes()
    with torch.no_grad():
        next(getattr(trainer.ppo.algorithm, part).mlp.parameters()).fill_(math.nan)
    outcome = trainer.run()
    assert (outcome.stopped, outcome.iteration) == ("diverged", 2)
    assert outcome.reason and of(Diverged, events) == [Diverged(2, outcome.reason)]
    assert trainer.checkpoint.read_bytes() == saved


def test_training_twice_from_one_seed_gives_identical_weights(make):
    weights = []
    for _ in range(2):
        trainer, _ = make(seed=3)
        trainer.run()
        weights.append(trainer.ppo.actor.state_dict())
    for name, value in weights[0].items():
        assert torch.equal(value, weights[1][name]), name


def rewarded(value):
    """A reward that becomes `value` for one robot."""

    def reward(state, config):
        return torch.zeros(state.num_envs).index_fill(0, torch.tensor([1]), value)

    return reward


def with_rate(trainer, rate):
    """The same training with another learning rate."""
    trainer.ppo.config = trainer.ppo.config.model_copy(update={"learning_rate": rate})
    trainer.ppo._set_rate(rate)
    return trainer


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_reward_that_is_no_number_ends_the_training_before_it_is_learnt_from(make, monkeypatch, value):
    trainer, events = make(epochs=9, checkpoint_every=1)
    trainer.run(should_stop=lambda: trainer.iteration == 2)
    saved, weights = trainer.checkpoint.read_bytes(), copy.deepcopy(trainer.ppo.actor.state_dict())
    monkeypatch.setitem(REWARDS, "torque", rewarded(value))
    outcome = trainer.run()
    assert outcome.stopped == "diverged"
    assert outcome.reason == f"reward 'torque' became {float(0.002 * value)}; see the options of task.reward"
    assert of(Diverged, events) == [Diverged(2, outcome.reason)] and of(Finished, events)[-1].reason == "diverged"
    assert trainer.checkpoint.read_bytes() == saved
    for name, kept in trainer.ppo.actor.state_dict().items():
        assert torch.equal(kept, weights[name]), name


def test_an_update_that_throws_the_policy_away_ends_the_training(make):
    trainer, events = make(epochs=9)
    outcome = with_rate(trainer, 1e3).run()
    assert (outcome.stopped, outcome.iteration) == ("diverged", 0)
    assert "KL divergence" in outcome.reason and "lower the learning rate" in outcome.reason
    assert [event.iteration for event in of(Checkpointed, events)] == [0]


def test_a_training_that_broke_down_at_once_goes_on_from_its_start_with_a_lower_rate(make):
    broken, _ = make(epochs=3)
    with_rate(broken, 1e3).run()
    again, _ = make(epochs=3, seed=1)
    again.load()
    assert [group["lr"] for group in again.ppo.algorithm.optimizer.param_groups][0] == again.ppo.learning_rate == 2e-3
    assert again.run().stopped == "finished"


@pytest.mark.parametrize("part", ["critic", "optimizer"])
def test_a_state_with_a_number_that_is_none_is_never_saved(make, part):
    trainer, events = make(epochs=9, checkpoint_every=1)
    trainer.run(should_stop=lambda: trainer.iteration == 2)
    saved = trainer.checkpoint.read_bytes()
    if part == "critic":
        trainer.ppo.algorithm.critic.obs_normalizer._mean.fill_(math.inf)
    else:
        next(iter(trainer.ppo.algorithm.optimizer.state.values()))["exp_avg"].fill_(math.nan)
    with pytest.raises(BrokeDown, match="ppo.* is not finite any more; lower the learning rate"):
        trainer.save()
    assert trainer.checkpoint.read_bytes() == saved


def test_a_policy_that_collapsed_goes_back_to_the_best_with_a_lower_rate(make):
    weights = []
    scores = Judge(0.9, 0.2, 0.2)

    def judge(kind):
        weights.append({name: value.clone() for name, value in trainer.ppo.frozen_actor().state_dict().items()})
        return scores(kind)

    trainer, events = make(judge, epochs=4, collapse={"share": 0.5, "trials": 2, "rate_share": 0.5})
    trainer.run(should_stop=lambda: trainer.iteration == 3)
    (returned,) = of(Returned, events)
    assert (returned.iteration, returned.score, returned.learning_rate) == (3, 0.9, 1e-3)
    assert returned.reason == "2 trials in a row scored below 0.5 of the best, 0.90"
    for name, value in trainer.ppo.actor.state_dict().items():
        assert torch.equal(value, weights[0][name]), name
    trainer.run()
    assert trainer.ppo.learning_rate <= 1e-3


def test_a_policy_that_collapses_again_and_again_is_given_up(make):
    trainer, events = make(Judge(0.9, 0.2), epochs=50, collapse={"share": 0.5, "trials": 2, "returns": 1})
    outcome = trainer.run()
    assert (outcome.stopped, outcome.iteration, len(of(Returned, events))) == ("diverged", 5, 1)
    assert "after 1 returns to that" in outcome.reason
    assert trainer.best is not None and trainer.best[0] == 0.9


def test_returns_are_remembered_by_a_resumed_training(make):
    options = {"epochs": 50, "checkpoint_every": 1, "collapse": {"share": 0.5, "trials": 2, "returns": 1}}
    first, _ = make(Judge(0.9, 0.2), **options)
    first.run(should_stop=lambda: first.iteration == 4)
    second, events = make(Judge(0.2), **options)
    second.load()
    assert second.ppo.rate_share == 0.5
    assert (second.run().stopped, second.iteration, of(Returned, events)) == ("diverged", 5, [])


def test_a_curriculum_sets_the_level_and_tells_its_steps(make):
    easy = {"active": True, "window": 1, "advance_at": 1e-9, "retreat_at": 0.0, "speed_error": 2.0}
    trainer, events = make(epochs=3, curriculum=easy)
    trainer.run()
    assert [(event.stage, event.level) for event in of(Staged, events)] == [
        ("ground", 0.25),
        ("ground", 0.5),
        ("ground", 0.75),
    ]
    assert of(Metrics, events)[-1].values["curriculum"] == 0.1
    again, _ = make(epochs=3, curriculum=easy)
    again.load()
    assert again.curriculum is not None and again.curriculum.levels["ground"] == 0.75


def test_a_pass_ends_no_training_whose_curriculum_is_not_finished(make):
    trainer, _ = make(Judge(1.0, passes=True), epochs=3, curriculum={"active": True})
    assert trainer.run().stopped == "finished"


def test_trials_come_less_often_the_longer_a_training_has_taken(make):
    trainer, _ = make(evaluate_every=5)
    spacing = {}
    for iteration in (1, 100, 200, 1000, 3000):
        trainer.iteration = iteration
        spacing[iteration] = trainer._trial_spacing()
    assert spacing == {1: 5, 100: 5, 200: 10, 1000: 40, 3000: 80}  # 5 x the power of two below 5 % / 5
