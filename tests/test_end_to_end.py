import json
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import small_training
from small_training import OPTIONS, Events
from webfoot import PolicyTrainer
from webfoot.learn.checkpoint import load_checkpoint
from webfoot.learn.events import Checkpointed, Progress
from webfoot.pipeline import resume
from webfoot.runs import Run
from webfoot_runtime.policy import OnnxPolicy

CHECKPOINT_EVERY = 4


def test_the_sketch_of_the_user_works_on_random_numbers(tmp_path):
    """Random joint angles are no walk; a policy and an honest verdict come out all the same."""
    motion = tmp_path / "motion.npy"
    np.save(motion, np.random.default_rng(0).standard_normal((1000, 10)))
    params = {"epochs": 10, "batch_size": 32, "learning_rate": 0.001, "hidden_size": 256}
    path = PolicyTrainer(tmp_path / "runs").train_policy(str(motion), params)
    assert Path(path).exists()
    assert path.endswith(".onnx")
    assert json.loads(Path(path).with_name("report.json").read_text())["passed"] is False


def begin(out, **changes):
    words = [sys.executable, "-W", "error", small_training.__file__, str(out), json.dumps(changes)]
    return subprocess.Popen(words, stdout=subprocess.PIPE, text=True)


def strictly(line):
    def refuse(name):
        raise ValueError(name)

    return json.loads(line, parse_constant=refuse)


def kill_after(process, events, seconds=0.0):
    """Read so many events, let the process run on for a while, then kill it; it may have ended by itself."""
    for _ in range(events):
        process.stdout.readline()
    try:
        process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
    process.communicate()


def check_killed(run: Run) -> int:
    """Nothing is corrupt and at most one checkpoint interval is lost; the iteration that is kept."""
    lines = run.events_file.read_text().split("\n")
    seen = [strictly(line) for line in lines[:-1]]
    reached = max((int(event["iteration"]) for event in seen if event["event"] == "progress"), default=0)
    kept = load_checkpoint(run.checkpoint_file)["iteration"] if run.checkpoint_file.exists() else 0
    assert reached - kept <= CHECKPOINT_EVERY
    return kept


def finish(run: Run, kept: int) -> None:
    """Take the run up; it goes on at the right place, ends, and leaves all files in order."""
    events = Events()
    result = resume(run.folder, events)
    epochs = OPTIONS["epochs"]
    assert [event.iteration for event in events.of(Progress)] == list(range(kept + 1, epochs + 1))
    assert events.of(Checkpointed)[-1].iteration == epochs
    assert result.report is not None and result.report.training is not None
    assert result.report.training.epochs == epochs
    assert OnnxPolicy(run.policy_file).verify_golden() <= 1e-5
    told = [strictly(line) for line in run.events_file.read_text().splitlines()]
    assert {event["iteration"] for event in told if event["event"] == "progress"} == set(range(1, epochs + 1))
    assert told[-1]["event"] == "finished"
    assert not [path for path in run.folder.rglob("*") if path.name.startswith(".") or path.name == "trial.onnx"]


def kill_and_finish(out, events, seconds):
    kill_after(begin(out), events, seconds)
    run = Run.open(next(out.iterdir()))
    finish(run, check_killed(run))


@pytest.mark.slow
def test_a_training_killed_before_its_first_interval_is_over_begins_anew(tmp_path):
    kill_after(begin(tmp_path, checkpoint_every=100, evaluate_every=100), 3)
    run = Run.open(next(tmp_path.iterdir()))
    assert load_checkpoint(run.checkpoint_file)["iteration"] == 0
    events = Events()
    resume(run.folder, events)
    assert [event.iteration for event in events.of(Progress)] == list(range(1, 13))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_a_training_killed_at_any_instant_is_taken_up(tmp_path, seed):
    draw = random.Random(seed)
    kill_and_finish(tmp_path, draw.randint(1, 25), draw.uniform(0, 0.3))


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(20))
def test_a_training_killed_at_twenty_instants_is_taken_up(tmp_path, seed):
    draw = random.Random(100 + seed)
    kill_and_finish(tmp_path, 1, draw.uniform(0, 3.0))


@pytest.mark.soak
def test_a_training_killed_again_and_again_finishes(tmp_path):
    draw = random.Random(7)
    kill_after(begin(tmp_path), 1, draw.uniform(0, 0.5))
    run = Run.open(next(tmp_path.iterdir()))
    program = "import sys; from webfoot.pipeline import resume; resume(sys.argv[1], lambda e: print(e, flush=True))"
    for _ in range(5):
        words = [sys.executable, "-c", program, str(run.folder)]
        kill_after(subprocess.Popen(words, stdout=subprocess.PIPE, text=True), 1, draw.uniform(0, 0.5))
        check_killed(run)
    finish(run, check_killed(run))


@pytest.mark.slow
def test_two_trainings_at_once_share_a_folder_and_nothing_else(tmp_path):
    both = [begin(tmp_path, seed=0, epochs=4) for _ in range(2)]
    for process in both:
        process.communicate()
        assert process.returncode == 0
    runs = [Run.open(folder) for folder in tmp_path.iterdir()]
    assert len(runs) == 2
    one, other = (load_checkpoint(run.checkpoint_file)["ppo"]["actor_state_dict"] for run in runs)
    assert all((value == other[name]).all() for name, value in one.items())
    assert all(run.report_file.is_file() and run.policy_file.is_file() for run in runs)
