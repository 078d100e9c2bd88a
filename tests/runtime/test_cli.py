"""`webfoot-robot` as it is called."""

import signal
import subprocess
import sys
import threading

import onnx
import pytest

from webfoot_runtime.cli import main
from webfoot_runtime.exercise import Exercise
from webfoot_runtime.log_read import read_log
from webfoot_runtime.policy import OnnxPolicy

BENCH = """
import os, signal, time
import numpy as np
from webfoot_runtime.hardware import Sensors


class Bench:
    def __init__(self, policy):
        self.joint_pos, self.steps = policy.layout.default_pos, 0

    def read(self):
        self.steps += 1
        return Sensors(time.monotonic(), np.zeros(3), np.array([0.0, 0, -1]), self.joint_pos, 0 * self.joint_pos)

    def write(self, targets):
        if targets is not None:
            self.joint_pos = targets


class Interrupted(Bench):
    def read(self):
        if self.steps == 5:
            os.kill(os.getpid(), signal.SIGINT)
        return super().read()
"""
QUICK = ["--ramp-s", "0.04", "--hold-s", "0.04", "--most-missed", "1000", "--max-age-s", "10"]


@pytest.fixture(autouse=True)
def bench(tmp_path, monkeypatch):
    """A module `bench` beside where the command is called."""
    (tmp_path / "bench.py").write_text(BENCH)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delitem(sys.modules, "bench", raising=False)


def test_check_prints_what_the_robot_has_to_be(policy_path, capsys):
    assert main(["check", str(policy_path)]) == 0
    text = capsys.readouterr().out
    assert "tiny: 2 joints, every 20 ms" in text
    assert "knee                         -0.2     -1.5      1.5    13.37   0.3333     3.23     5.24" in text
    assert "gyro 0..3, projected_gravity 3..6, joint_pos 6..10" in text


def test_check_refuses_a_machine_that_computes_something_else(policy_path, capsys):
    model = onnx.load(policy_path)
    tensor = next(tensor for tensor in model.graph.initializer if len(tensor.dims) == 2)
    tensor.CopyFrom(onnx.numpy_helper.from_array(1.01 * onnx.numpy_helper.to_array(tensor), tensor.name))
    onnx.save(model, policy_path)
    assert main(["check", str(policy_path)]) == 3
    assert "this machine computes something else" in capsys.readouterr().out


def test_an_interrupted_robot_stands_down_first(policy_path, capsys):
    words = ["run", str(policy_path), "--hardware", "bench:Interrupted", "--log", "robot.log", *QUICK]
    before = signal.getsignal(signal.SIGINT)
    assert threading.current_thread() is threading.main_thread()
    assert main(words) == 0
    assert "stood down: interrupted" in capsys.readouterr().out and signal.getsignal(signal.SIGINT) is before
    events = read_log("robot.log", OnnxPolicy(policy_path).layout).events
    assert [event["mode"] for event in events][-3:] == ["STANDING_DOWN", "HOLDING", "RELEASED"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["run", "POLICY", "--hardware", "bench:Nothing"], "--hardware bench:Nothing: cannot be imported"),
        (["run", "POLICY", "--hardware", "nowhere:Bench"], "--hardware nowhere:Bench: cannot be imported"),
        (["run", "POLICY", "--hardware", ":"], "--hardware :: cannot be imported"),
        (["run", "POLICY", "--hardware", "bench:Bench", "--ramp-s", "-1"], "safety limit ramp_s is -1.0"),
        (["run", "POLICY", "--hardware", "bench:Bench", "--command", "1"], "--command has 1 numbers, 3 are needed"),
        (["replay", "POLICY", "none.log"], "none.log: cannot be read"),
        (["check", "none.onnx"], "none.onnx: is not a file"),
    ],
)
def test_mistakes_are_told_in_one_sentence(policy_path, capsys, words, sentence):
    assert main([str(policy_path) if word == "POLICY" else word for word in words]) == 2
    told = capsys.readouterr().err
    assert told.startswith("webfoot-robot: ") and sentence in told and told.count("\n") == 1


def test_it_is_a_module_too():
    ended = subprocess.run(
        [sys.executable, "-m", "webfoot_runtime", "--version"], capture_output=True, text=True, timeout=60, check=True
    )
    assert ended.stdout.startswith("webfoot-robot ")


def test_the_exercise_moves_one_joint_at_a_time_within_its_limits(policy_path):
    layout = OnnxPolicy(policy_path).layout
    exercise, moved = Exercise(layout, amplitude=2.0, joint_s=0.4), []
    for _ in range(round(exercise.duration_s / layout.control_dt)):
        target = exercise.step([[0, 0, 0]], [[0, 0, -1]], [layout.default_pos], [[0, 0]], [[0, 0, 0]])[0]
        assert (target >= layout.lower - 1e-6).all() and (target <= layout.upper + 1e-6).all()
        moved.append([bool(abs(t - d) > 1e-6) for t, d in zip(target, layout.default_pos, strict=True)])
    assert [True, False] in moved[:20] and [False, True] in moved[20:] and [True, True] not in moved
