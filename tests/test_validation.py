import json
import math
import shutil

import numpy as np
import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from webfoot.errors import MotionError, PolicyError, UnknownName
from webfoot.evaluate.metrics import METRICS
from webfoot.evaluate.store import load_episodes
from webfoot.export.contract import Contract
from webfoot.pipeline import validate
from webfoot_runtime.policy import OnnxPolicy

DIFFERING = {"latency_p99", "file_size", "parity"}
"""Checks of times, of the file (the verdict was written into it since) and of torch, which is not there any more."""


@pytest.fixture
def alone(trained, tmp_path):
    """The policy by itself, in no run folder."""
    return shutil.copy(trained.run.policy_file, tmp_path / "walk.onnx")


@pytest.fixture(scope="module")
def report(trained):
    return json.loads(trained.run.report_file.read_text(), parse_constant=lambda name: pytest.fail(f"holds {name}"))


def test_every_check_of_the_report_has_the_documented_shape(report):
    assert report["passed"] is all(check["passed"] for check in report["checks"])
    for check in report["checks"]:
        assert list(check) == ["name", "value", "limit", "unit", "passed"]
        assert isinstance(check["name"], str) and isinstance(check["unit"], str) and isinstance(check["passed"], bool)
    names = [check["name"] for check in report["checks"]]
    assert len(names) == len(set(names))
    wanted = {"survival", "speed_error", "joint_rmse", "yaw_drift", "tilt_p95", "lifted_cycles", "target_jitter"}
    assert wanted | {"torque_saturation", "speed_saturation", "parity", "latency_p99"} <= set(names)
    assert set(METRICS) <= set(report["metrics"])
    assert report["latency_us"].keys() == {"p50", "p95", "p99"}
    assert 0 <= report["parity"] <= 1e-5
    assert report["training"].keys() == {"wall_s", "env_steps", "steps_per_s", "epochs"}
    assert report["training"]["env_steps"] == 12 * 8 * 8
    assert report["seeds"] == [1000]


def test_the_policy_carries_what_it_was_held_against_and_what_it_reached(trained, report):
    contract = Contract.model_validate(OnnxPolicy(trained.run.policy_file).contract)
    assert list(contract.limits) == [check["name"] for check in report["checks"]]
    for check in report["checks"]:
        limit = contract.limits[check["name"]]
        assert (limit.limit, limit.reached, limit.unit) == (check["limit"], check["value"], check["unit"])


def test_the_page_is_one_file(trained):
    page = trained.run.report_page.read_text()
    assert "<html" in page and trained.run.name in page
    assert "http://" not in page.replace("http://www.w3.org", "") and "<script src" not in page


def test_the_episodes_on_disk_are_those_of_the_report(trained, report):
    episodes = load_episodes(trained.run.rollout_file)
    assert (episodes.num_steps, episodes.num_episodes) == (50, 4)
    assert float(episodes.alive[-1].mean()) == report["metrics"]["survival"]


def test_a_policy_judged_again_from_its_file_gets_the_same_verdict(trained):
    again = validate(trained.run.policy_file)
    assert again.passed == trained.report.passed
    first = {check.name: check for check in trained.report.checks}
    assert [check.name for check in again.checks] == list(first)
    for check in again.checks:
        if check.name not in DIFFERING:
            assert check.value == first[check.name].value or math.isnan(check.value), check.name
            assert check.passed == first[check.name].passed, check.name
    assert again.metrics == pytest.approx(trained.report.metrics, nan_ok=True)


def test_a_policy_alone_is_judged_with_the_motion_that_is_given(alone):
    report = validate(alone, motion="walk")
    assert report.training is None
    assert report.metrics["survival"] >= 0.0


def test_a_policy_alone_asks_for_its_motion(alone):
    with pytest.raises(MotionError, match=r"walk\.onnx: lies in no run folder.*--motion"):
        validate(alone)


def test_a_robot_that_is_not_the_policys_is_refused(alone, tmp_path):
    with pytest.raises(UnknownName, match="unknown robot 'swan'"):
        validate(alone, robot="swan", motion="walk")
    with pytest.raises(PolicyError, match="joints are not those of 'hopper'; give its own with --robot"):
        validate(alone, robot=hopper(tmp_path), motion="walk")


def hopper(folder):
    leg = '<body name="{0}_leg" pos="0 {1} 0"><joint name="{0}_hip" axis="0 1 0" range="-1 1"/>{2}</body>'
    shape = '<geom type="box" size="0.03 0.015 0.005" pos="0 0 -0.12" mass="0.1"/>'
    legs = "".join(leg.format(side, y, shape) for side, y in (("left", 0.04), ("right", -0.04)))
    servos = "".join(f'<position joint="{side}_hip" kp="5" forcerange="-2 2"/>' for side in ("left", "right"))
    path = folder / "hopper.xml"
    path.write_text(
        f'<mujoco model="hopper"><worldbody><body name="base" pos="0 0 0.16"><freejoint/>'
        f'<geom type="box" size="0.04 0.05 0.03" mass="1"/>{legs}</body></worldbody>'
        f"<actuator>{servos}</actuator></mujoco>"
    )
    return path


def test_what_is_no_policy_is_refused(tmp_path):
    (tmp_path / "walk.onnx").write_bytes(b"walk")
    with pytest.raises(PolicyError, match=r"walk\.onnx"):
        validate(tmp_path / "walk.onnx", motion="walk")


def test_tensorboard_shows_every_iteration_and_every_trial(trained):
    read = EventAccumulator(str(trained.run.tensorboard_dir))
    read.Reload()
    assert [event.step for event in read.Scalars("train/reward")] == list(range(1, 13))
    assert [event.step for event in read.Scalars("trial/survival")] == [6, 12]
    assert np.isfinite([event.value for event in read.Scalars("train/approx_kl")]).all()
