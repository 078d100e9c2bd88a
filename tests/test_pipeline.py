import json
import math
import pickle
import resource
import shutil

import numpy as np
import pytest
import torch

from small_training import Events, small, train_small
from webfoot.errors import ConfigError, MotionError, RunError, UnknownName, WebfootError
from webfoot.evaluate.rollout import RolloutConfig, roll_out
from webfoot.export.graph import GraphPolicy
from webfoot.learn.breakdown import broken_state
from webfoot.learn.checkpoint import load_checkpoint, save_checkpoint
from webfoot.learn.events import Checkpointed, Diverged, Evaluated, Finished, Prepared, Progress
from webfoot.monitor.log import read_events
from webfoot.motion.library import build_reference
from webfoot.motion.prepare import prepare
from webfoot.pipeline import PolicyTrainer, export, load_motions, open_run, prepare_motions, resume, train
from webfoot.robots.table import load_robot
from webfoot.task.rewards import REWARDS
from webfoot.training import Training
from webfoot_runtime.policy import OnnxPolicy

LEARNING = {
    "epochs": 25,
    "batch_size": 48,
    "hidden_size": 64,
    "evaluate_every": 1000,
    "task": {"action_base": "default", "episode_s": 1.0},
    "ppo": {
        "steps": 16,
        "gamma": 0.8,
        "learning_rate": 0.003,
        "update_epochs": 5,
        "minibatches": 4,
        "initial_std": 0.3,
        "std_decay": 1,
    },
}
"""A task that has to be learnt from nothing (actions are added to the default pose), and short-sighted learning."""


def weights(run):
    return load_checkpoint(run.checkpoint_file)["ppo"]["actor_state_dict"]


def assert_same(one, other):
    assert one.keys() == other.keys()
    for name, value in one.items():
        assert torch.equal(value, other[name]), name


@pytest.fixture
def copied(trained, tmp_path):
    """The small training in a folder that may be spoilt."""
    return type(trained.run)(shutil.copytree(trained.run.folder, tmp_path / "copy"))


def test_a_training_leaves_everything_in_its_folder(trained):
    names = {path.name for path in trained.run.folder.iterdir()}
    assert names == {
        *("config.yaml", "motions", "events.jsonl", "tensorboard", "checkpoints"),
        *("policy.onnx", "report.json", "report.html", "rollout.npz", "trial.npz"),
    }
    assert [path.name for path in trained.run.checkpoint_file.parent.iterdir()] == ["latest.pt"]


def test_events_tell_the_whole_training(trained, trained_events):
    assert [event.iteration for event in trained_events.of(Progress)] == list(range(1, 13))
    assert [event.iteration for event in trained_events.of(Evaluated)] == [6, 12]
    assert [event.iteration for event in trained_events.of(Checkpointed)][:3] == [0, 4, 8]
    assert isinstance(trained_events[-1], Finished)
    assert len(read_events(trained.run.events_file)) == len(trained_events)


@pytest.mark.slow
def test_a_duckling_learns_and_learns_the_same_from_the_same_seed(tmp_path):
    events, runs = [Events(), Events()], []
    for told in events:
        runs.append(train_small(tmp_path, told, seed=3, **LEARNING).run)
    rewards = [event.reward for event in events[0].of(Progress)]
    assert sum(rewards[-5:]) / 5 > sum(rewards[2:7]) / 5 + 0.05
    assert rewards == [event.reward for event in events[1].of(Progress)]
    assert_same(weights(runs[0]), weights(runs[1]))


def test_another_seed_gives_other_weights(trained, tmp_path):
    other = train_small(tmp_path, seed=1, epochs=1)
    assert any(not torch.equal(value, weights(trained.run)[name]) for name, value in weights(other.run).items())


def test_a_stopped_training_goes_on_where_it_was(tmp_path):
    events, after = Events(), Events()
    config = small(checkpoint_every=100)
    stopped = train("walk", "duckling", config, tmp_path, events, lambda: len(events.of(Progress)) == 5)
    assert (stopped.stopped, stopped.report) == ("interrupted", None)
    assert [event.iteration for event in events.of(Checkpointed)] == [0, 5]
    assert not stopped.run.policy_file.exists()
    result = resume(stopped.run.folder, after)
    assert result.stopped == "finished"
    assert [event.iteration for event in after.of(Progress)] == list(range(6, 13))
    assert result.report is not None and result.report.training is not None
    assert result.report.training.epochs == 12
    assert result.report.training.wall_s > events.of(Progress)[-1].elapsed_s
    assert result.report.training.env_steps == 12 * 8 * 8


def test_a_finished_training_is_taken_up_with_more_epochs_and_remembers_them(copied):
    events = Events()
    assert resume(copied.folder, events, overrides={"epochs": 14}).stopped == "finished"
    assert [event.iteration for event in events.of(Progress)] == [13, 14]
    assert open_run(copied.folder)[3].epochs == 14


def test_a_finished_training_taken_up_as_it_is_gives_the_same_policy(trained, copied):
    events = Events()
    result = resume(copied.folder, events)
    assert not events.of(Progress)
    assert_same(weights(trained.run), weights(copied))
    observation = OnnxPolicy(trained.run.policy_file).layout.golden_obs
    for one, other in zip(
        OnnxPolicy(trained.run.policy_file).run(observation),
        OnnxPolicy(copied.policy_file).run(observation),
        strict=True,
    ):
        assert one == pytest.approx(other, abs=1e-6)
    assert result.report is not None


def test_a_policy_exported_from_a_checkpoint_carries_observations_that_were_met(copied, tmp_path):
    path = export(copied.folder, tmp_path / "again.onnx")
    policy = OnnxPolicy(path)
    assert len({tuple(row) for row in policy.layout.golden_obs.tolist()}) == 10
    assert policy.verify_golden() <= 1e-5


def test_a_training_out_of_time_is_validated_all_the_same(tmp_path):
    result = train_small(tmp_path, max_minutes=1e-6)
    assert result.stopped == "out of time"
    assert result.report is not None and result.run.report_file.is_file()


def test_a_reward_that_is_no_number_ends_as_diverged_and_keeps_the_checkpoint(tmp_path, monkeypatch):
    calls, sound = [], REWARDS["tilt"]

    def breaks(state, config):
        calls.append(1)
        return sound(state, config) * (math.nan if len(calls) > 6 * 8 else 1.0)

    monkeypatch.setitem(REWARDS, "tilt", breaks)
    events = Events()
    result = train_small(tmp_path, events)
    assert (result.stopped, result.report) == ("diverged", None)
    assert result.reason == "reward 'tilt' became nan; see the options of task.reward"
    assert events.of(Diverged) == [Diverged(6, result.reason)]
    assert load_checkpoint(result.run.checkpoint_file)["iteration"] == 4
    assert not result.run.policy_file.exists()
    monkeypatch.setitem(REWARDS, "tilt", sound)
    assert resume(result.run.folder).stopped == "finished"


def test_an_absurd_learning_rate_ends_with_a_verdict_or_as_diverged_with_its_reason(tmp_path):
    absurd = {
        "learning_rate": 0.1,
        "final_rate_share": 1.0,
        "target_kl": 1.0,
        "max_grad_norm": 100,
        "update_epochs": 20,
    }
    result = train_small(tmp_path, epochs=16, checkpoint_every=2, ppo=absurd)
    if result.report is None:
        assert result.stopped == "diverged"
        assert "lower the learning rate" in result.reason
    else:
        assert not result.report.passed
    assert not broken_state(load_checkpoint(result.run.checkpoint_file))


def test_a_policy_whose_weights_exploded_is_not_exported_and_ends_as_diverged(copied):
    state = load_checkpoint(copied.checkpoint_file)
    averaged, best = state["ppo"]["averaged"], state["best"][1]
    for weights_of in (averaged, best):
        for value in weights_of.values():
            value.mul_(1e18) if value.is_floating_point() else None
    save_checkpoint(state, copied.checkpoint_file)
    result = resume(copied.folder)
    assert (result.stopped, result.report) == ("diverged", None)
    assert "policy.onnx: not written" in result.reason and "lower the learning rate" in result.reason


def test_what_diverges_is_an_error_of_policy_trainer(tmp_path, monkeypatch):
    monkeypatch.setitem(REWARDS, "tilt", lambda state, config: state.base_height * math.nan)
    with pytest.raises(ConfigError, match="ended as diverged: reward 'tilt' became nan"):
        PolicyTrainer(tmp_path).train_policy("walk", {"epochs": 2, "batch_size": 4, "rollout": {"episodes": 2}})


def damage(run, kind):
    path = run.checkpoint_file
    whole = path.read_bytes()
    if kind == "truncated":
        path.write_bytes(whole[: len(whole) // 2])
    elif kind == "empty":
        path.write_bytes(b"")
    elif kind == "no zip":
        path.write_bytes(b"walk" * 1000)
    elif kind == "overwritten":
        path.write_bytes(whole[:1000] + bytes(200) + whole[1200:])
    elif kind == "another file":
        shutil.copy(run.rollout_file, path)
    elif kind == "without weights":
        save_checkpoint({"iteration": 3, "elapsed_s": 1.0}, path)
    else:
        state = load_checkpoint(path)
        actor = state["ppo"]["actor_state_dict"]
        actor[next(name for name in actor if name.endswith("weight"))] = torch.zeros(3, 3)
        save_checkpoint(state, path)


KINDS = ["truncated", "empty", "no zip", "overwritten", "another file", "without weights", "of another size"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_checkpoint_is_one_sentence_and_the_run_stays_as_it_was(copied, kind):
    damage(copied, kind)
    before = {path: path.read_bytes() for path in copied.folder.glob("*.*") if path.is_file()}
    with pytest.raises(
        RunError, match=r"latest\.pt: (not a readable checkpoint|not a checkpoint of|holds more)"
    ) as caught:
        resume(copied.folder)
    assert "\n" not in str(caught.value)
    assert {path: path.read_bytes() for path in before} == before


class Trap:
    """Would create a file when unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (open, (str(self.path), "w"))


@pytest.mark.parametrize("write", [torch.save, lambda value, path: path.write_bytes(pickle.dumps(value))])
def test_code_in_a_checkpoint_is_not_run(copied, tmp_path, write):
    write({"format": "webfoot-checkpoint/1", "iteration": Trap(tmp_path / "trapped")}, copied.checkpoint_file)
    with pytest.raises(RunError, match="holds more than tensors and numbers"):
        resume(copied.folder)
    assert not (tmp_path / "trapped").exists()


def test_a_run_that_another_process_trains_is_left_alone(copied):
    with copied.held(), pytest.raises(RunError, match="another process trains here"):
        resume(copied.folder)


@pytest.mark.parametrize("content", ["robot: duckling\n", "config: {}\n", "config: 3\nrobot: duckling\n"])
def test_a_config_that_no_training_wrote_is_said_so(copied, content):
    copied.config_file.write_text(content)
    with pytest.raises(RunError, match="not written by a training"):
        resume(copied.folder)


def test_a_run_without_its_motions_is_said_so(copied):
    shutil.rmtree(copied.motions_dir)
    with pytest.raises(RunError, match="no prepared motions; start the training anew"):
        resume(copied.folder)


def test_a_disk_that_fills_up_is_one_sentence_and_the_old_checkpoint_stands(tmp_path):
    events = Events()
    before = resource.getrlimit(resource.RLIMIT_FSIZE)

    def fill(event):
        events(event)
        if len(events.of(Checkpointed)) == 2:  # the start, and iteration 2
            resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, before[1]))

    try:
        with pytest.raises(RunError, match=r"latest\.pt: cannot be written \(File too large\); make room") as caught:
            train("walk", "duckling", small(evaluate_every=100, checkpoint_every=2), tmp_path, fill)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert "\n" not in str(caught.value)
    folder = next(tmp_path.iterdir())
    assert load_checkpoint(folder / "checkpoints" / "latest.pt")["iteration"] == 2
    assert resume(folder).stopped == "finished"
    assert [path.name for path in (folder / "checkpoints").iterdir()] == ["latest.pt"]


def test_a_disk_that_is_full_when_a_policy_is_written_is_one_sentence(trained, tmp_path):
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, before[1]))
        with pytest.raises(WebfootError, match=r"walk\.onnx: cannot be written \(File too large\)"):
            export(trained.run.folder, tmp_path / "walk.onnx")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("motion", "robot", "kind", "sentence"),
    [
        ("nowhere.npz", "duckling", MotionError, r"nowhere\.npz"),
        ("walk", "dukling", UnknownName, "unknown robot 'dukling': choose one of duckling"),
        ("walk.exe", "duckling", MotionError, r"\.exe"),
    ],
)
def test_wrong_input_leaves_no_folder_behind(tmp_path, motion, robot, kind, sentence):
    with pytest.raises(kind, match=sentence):
        train(motion, robot, small(), tmp_path / "runs")
    assert not (tmp_path / "runs").exists()


def test_the_report_on_disk_is_the_one_that_is_given_back(trained):
    assert trained.report is not None
    assert json.loads(trained.run.report_file.read_text()) == json.loads(json.dumps(trained.report.to_dict()))


def test_a_quick_trial_walks_as_the_exported_file_does(trained):
    """The torch graph of a quick trial and the ONNX file of a full one see, say and send the same."""
    run, robot, motions, config = open_run(trained.run.folder)
    training = Training(run, robot, motions, config)
    training.trainer.load()
    written = training._trial_policy(as_file=True)
    quick = training._trial_policy(as_file=False)
    assert isinstance(written, OnnxPolicy) and isinstance(quick, GraphPolicy)
    config = RolloutConfig(episodes=2, episode_s=1.0)
    here, there = (roll_out(policy, training.stage, config) for policy in (written, quick))
    assert np.abs(here.action).max() > 0
    np.testing.assert_allclose(there.observation[:5], here.observation[:5], atol=1e-4)
    np.testing.assert_allclose(there.joint_pos_target[:5], here.joint_pos_target[:5], atol=1e-4)


def prepared(name, **changes):
    duckling = load_robot("duckling")
    return prepare_motions(load_motions(name, duckling), duckling, small(**changes))


def test_motions_are_prepared_as_the_config_says_and_augmented_only_where_it_asks():
    duckling = load_robot("duckling")
    (clip,) = prepared("walk")
    (alone,) = (prepare(motion, duckling) for motion in load_motions("walk", duckling))
    assert clip.notes == alone.notes and (clip.joint_pos == alone.joint_pos).all()
    (coarse,) = prepared("walk", prepare={"fps": 30})
    assert coarse.num_frames < clip.num_frames


def test_augmented_motions_are_ready_to_be_followed_and_the_first_says_what_was_made():
    clips = prepared("turn_left", augment={"mirror": True, "noise": 0.01, "copies": 2, "yaw": "90"})
    assert [clip.name for clip in clips[:3]] == ["turn_left", "turn_left_mirrored", "turn_left_noise0"]
    assert len(clips) == 6 and build_reference(clips, load_robot("duckling")).num_clips >= 6
    assert "augmented: 5 clips added to 1 (1 by mirror, 4 by noise), 6 left out" in clips[0].notes
    assert any(note.startswith("left out turn_left_yaw90: a training cannot tell it") for note in clips[0].notes)
    assert "mirrored left to right" in clips[1].notes


def test_a_training_tells_what_was_augmented(tmp_path):
    events = Events()
    result = train_small(tmp_path, events, epochs=1, augment={"noise": 0.01})
    library, first, second = events.of(Prepared)
    assert library.motion == "library" and "can be told" in library.notes[0]
    assert any(note.startswith("augmented: 1 clip added") for note in first.notes)
    assert second.motion == "walk_noise0" and any("smooth noise of 0.01 rad" in note for note in second.notes)
    assert len(open_run(result.run.folder)[2]) == 2
