"""The runtime in an environment of its own, in which there is numpy and onnxruntime and nothing else."""

import importlib.metadata
import json
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import numpy as np
import pytest

from webfoot.evaluate.store import load_episodes
from webfoot_runtime.policy import OnnxPolicy

RUNTIME = Path(__file__).parents[2] / "runtime"
HEAVY = ("torch", "mujoco", "flask", "onnx", "pydantic", "scipy", "webfoot", "pip")
HARDWARE = '''
import time
import numpy as np
from webfoot_runtime.hardware import Sensors


class Bench:
    """A robot on a bench, whose servos are where they were sent."""

    def __init__(self, policy):
        self.joint_pos = policy.layout.default_pos

    def read(self):
        zeros = np.zeros(len(self.joint_pos))
        return Sensors(time.monotonic(), np.zeros(3), np.array([0.0, 0.0, -1.0]), self.joint_pos, zeros)

    def write(self, targets):
        if targets is not None:
            self.joint_pos = targets
'''
WALK = """
import json, sys
import numpy as np
from webfoot_runtime.policy import OnnxPolicy

policy, recorded = OnnxPolicy(sys.argv[1]), np.load(sys.argv[2])
targets = [policy.step(*(recorded[name][t] for name in recorded.files)) for t in range(len(recorded["gyro"]))]
print(json.dumps({"modules": sorted(sys.modules), "targets": np.concatenate(targets).tolist()}))
"""


def files_of(name: str) -> set[str]:
    """Names that a distribution has beside others in its folder."""
    found = importlib.metadata.distribution(name).files or []
    return {file.parts[0] for file in found if file.parts[0] not in ("..", "__pycache__")}


@pytest.fixture(scope="module")
def python(tmp_path_factory) -> Path:
    """The interpreter of a new environment with numpy, onnxruntime and a wheel of the runtime."""
    folder = tmp_path_factory.mktemp("robot")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "venv"], check=True, timeout=120)
    site = next((folder / "venv" / "lib").glob("python3.*")) / "site-packages"
    for name in ("numpy", "onnxruntime"):
        for part in files_of(name):
            (site / part).symlink_to(Path(sysconfig.get_path("purelib")) / part)
    source = shutil.copytree(RUNTIME, folder / "source", ignore=shutil.ignore_patterns("*.egg-info", "build"))
    offline = ["--no-deps", "--no-build-isolation", "--no-index", "--disable-pip-version-check", "--quiet"]
    command = [sys.executable, "-m", "pip", "wheel", *offline, "--wheel-dir", folder, source]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        wheel.extractall(site)
    return folder / "venv" / "bin" / "python"


def call(python, *words, cwd=None, codes=(0,)):
    """What a program of that environment prints."""
    command = [str(python), "-I", "-W", "error", *map(str, words)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, cwd=cwd)
    assert ended.returncode in codes, ended.stdout + ended.stderr
    return ended.stdout


@pytest.mark.parametrize("name", HEAVY)
def test_what_a_robot_does_not_need_is_not_there(python, name):
    program = f"import importlib.util, sys; sys.exit(importlib.util.find_spec({name!r}) is not None)"
    call(python, "-c", program)


def test_every_module_of_the_runtime_can_be_imported(python):
    names = [path.stem for path in (RUNTIME / "src" / "webfoot_runtime").glob("*.py") if path.stem != "__main__"]
    call(python, "-c", "; ".join(f"import webfoot_runtime.{name}" for name in names if name != "__init__"))


def test_it_answers_what_the_validation_was_answered(python, trained, tmp_path):
    episodes = load_episodes(trained.run.rollout_file)
    policy = OnnxPolicy(trained.run.policy_file)
    rng = np.random.default_rng(0)
    steps, nu = 40, policy.layout.nu
    sensors = {
        "gyro": rng.normal(size=(steps, 1, 3)),
        "projected_gravity": np.tile([0.0, 0.0, -1.0], (steps, 1, 1)),
        "joint_pos": episodes.joint_pos[:steps, :1],
        "joint_vel": rng.normal(size=(steps, 1, nu)),
        "command": np.tile(policy.layout.command_default, (steps, 1, 1)),
    }
    np.savez(tmp_path / "sensors.npz", **sensors)
    told = json.loads(call(python, "-c", WALK, trained.run.policy_file, tmp_path / "sensors.npz"))
    here = [policy.step(*(values[t] for values in sensors.values())) for t in range(steps)]
    np.testing.assert_allclose(told["targets"], np.concatenate(here), atol=1e-6)
    assert not {name.split(".")[0] for name in told["modules"]} & set(HEAVY)


def test_a_robot_is_checked_led_and_replayed_there(python, trained, tmp_path):
    policy, log = trained.run.policy_file, tmp_path / "robot.log"
    (tmp_path / "bench.py").write_text(HARDWARE)
    assert "this machine computes what was validated" in call(python, "-m", "webfoot_runtime", "check", policy)
    quick = ["--ramp-s", "0.1", "--hold-s", "0.1", "--most-missed", "1000", "--max-age-s", "10"]
    words = ["run", policy, "--hardware", "bench:Bench", "--seconds", "0.2", "--log", log, *quick]
    told = call(python, "-m", "webfoot_runtime", *words, cwd=tmp_path)
    assert "stood down: walked for 0.2 s\nwalked 10 steps" in told and "timing: " in told
    told = call(python, "-m", "webfoot_runtime", "replay", policy, log, codes=(3,))
    assert "the policy led 10 of them" in told and "joint_vel never changes in '" in told
