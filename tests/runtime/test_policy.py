import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch

import webfoot_runtime
from tiny_policy import TinyPolicy, contract_dict
from webfoot.export.contract import Contract
from webfoot.export.write import export_policy
from webfoot_runtime.errors import PolicyError
from webfoot_runtime.policy import OnnxPolicy

GYRO, GRAVITY = [1.0, 2.0, 3.0], [0.0, 0.6, -0.8]
JOINT_POS, JOINT_VEL = [0.3, -0.1], [1.0, -1.0]  # default is 0.1, -0.2


def step(policy, command=(0.1, 0.0, 0.0), num_envs=1):
    sensors = (np.tile(values, (num_envs, 1)) for values in (GYRO, GRAVITY, JOINT_POS, JOINT_VEL, command))
    return policy.step(*sensors)


def test_importing_it_loads_no_torch_mujoco_pydantic_or_onnx():
    heavy = "{'torch', 'mujoco', 'pydantic', 'onnx', 'scipy', 'webfoot'}"
    program = f"import sys, webfoot_runtime.policy; print(sorted({heavy} & set(sys.modules)))"
    source = str(Path(webfoot_runtime.__file__).parents[1])
    answer = subprocess.run(
        [sys.executable, "-c", program], env={"PYTHONPATH": source}, capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "[]"


def test_the_first_observation_is_the_one_worked_out_by_hand(policy_path):
    policy = OnnxPolicy(policy_path)
    step(policy)
    expected = [
        *(0.5, 1.0, 1.5),  # gyro x 0.5
        *(0.0, 0.6, -0.8),  # projected gravity
        *(0.4, 0.2),  # (joint_pos - default) x 2, now
        *(1.4, 1.6),  # its initial 0.7, 0.8, x 2
        *(0.1, -0.1),  # joint_vel x 0.1
        *(0.0, 0.5, 0.0, 0.5),  # last_action: its initial, twice
        *(0.0, 1.0),  # phase 0.25
        *(0.1, 0.0, 0.0),  # command
    ]
    np.testing.assert_allclose(policy.observation, [expected], atol=1e-6)
    assert policy.observation.dtype == np.float32


def test_histories_are_newest_first(policy_path):
    policy = OnnxPolicy(policy_path)
    step(policy)
    first_action = policy.action[0].copy()
    policy.step([GYRO], [GRAVITY], [[0.1, -0.2]], [JOINT_VEL], [[0, 0, 0]])
    np.testing.assert_allclose(policy.observation[0, 6:10], [0.0, 0.0, 0.4, 0.2], atol=1e-6)
    np.testing.assert_allclose(policy.observation[0, 12:16], [*first_action, 0.0, 0.5])
    second_action = policy.action[0].copy()
    step(policy)
    np.testing.assert_allclose(policy.observation[0, 12:16], [*second_action, *first_action])


def test_the_phase_advances_after_each_step_and_wraps(policy_path):
    policy = OnnxPolicy(policy_path)
    phases = [policy.phase[0]]
    for _ in range(3):
        step(policy)
        phases.append(policy.phase[0])
    np.testing.assert_allclose(phases, [0.25, 0.65, 0.05, 0.45])  # 0.02 s / 0.05 s = 0.4
    angle = 2 * np.pi * 0.05
    np.testing.assert_allclose(policy.observation[0, 16:18], [np.cos(angle), np.sin(angle)], rtol=1e-5)


def test_the_command_is_clipped_to_what_the_policy_knows(policy_path):
    policy = OnnxPolicy(policy_path)
    step(policy, command=(5.0, 0.3, -7.0))
    np.testing.assert_allclose(policy.observation[0, 18:21], [0.2, 0.0, -1.0], rtol=1e-6)
    assert policy.clamped.tolist() == [True]
    step(policy, command=(0.1, 0.0, 0.5))
    assert policy.clamped.tolist() == [False]


def test_a_command_is_followed_no_faster_than_its_rate(tmp_path):
    values = contract_dict()
    values["command"]["rate"] = [1.0, 0.0, 10.0]  # 0.02 m/s and 0.2 rad/s a control step
    path = tmp_path / "policy.onnx"
    export_policy(TinyPolicy(), Contract.model_validate(values), path, torch.zeros(10, 21).numpy())
    policy = OnnxPolicy(path)
    followed = []
    for _ in range(6):
        step(policy, command=(9.0, 0.0, -0.3))
        followed.append(policy.observation[0, 18:21].tolist())
    expected = [[0.12, 0, -0.2], [0.14, 0, -0.3], [0.16, 0, -0.3], [0.18, 0, -0.3], [0.2, 0, -0.3], [0.2, 0, -0.3]]
    np.testing.assert_allclose(followed, expected, atol=1e-6)
    policy.reset()
    np.testing.assert_allclose(policy.command, [[0.1, 0.0, 0.0]])


def test_targets_and_actions_are_those_of_torch(policy_path):
    policy = OnnxPolicy(policy_path)
    target = step(policy)
    action, expected = TinyPolicy()(torch.from_numpy(policy.observation))
    np.testing.assert_allclose(policy.action, action.detach(), atol=1e-6)
    np.testing.assert_allclose(target, expected.detach(), atol=1e-6)


def test_many_robots_at_once_get_what_each_gets_alone(policy_path):
    rng = np.random.default_rng(1)
    together, alone = OnnxPolicy(policy_path), OnnxPolicy(policy_path)
    together.reset(64)
    for _ in range(3):
        sensors = [rng.normal(size=(64, width)) for width in (3, 3, 2, 2, 3)]
        target = together.step(*sensors)
        one = alone.step(*(values[5:6] for values in sensors))
        np.testing.assert_allclose(target[5], one[0], atol=1e-6)
    assert target.shape == (64, 2) and together.phase.shape == (64,)


def test_reset_forgets(policy_path):
    policy = OnnxPolicy(policy_path)
    first = step(policy)
    step(policy)
    policy.reset()
    np.testing.assert_array_equal(step(policy), first)


def test_a_policy_without_phase_or_last_action_runs(tmp_path, observations):
    tree = contract_dict()
    tree["phase"] = None
    tree["observation"]["terms"] = [
        {**tree["observation"]["terms"][3], "history": 9, "start": 0, "stop": 18},
        tree["observation"]["terms"][6],
    ]
    path = export_policy(TinyPolicy(), Contract.model_validate(tree), tmp_path / "p.onnx", observations).path
    policy = OnnxPolicy(path)
    step(policy)
    np.testing.assert_allclose(policy.observation[0, :4], [0.1, -0.1, 0.0, 0.0], atol=1e-7)
    assert policy.phase.tolist() == [0.0]


def test_sound_golden_vectors_agree(policy_path):
    assert OnnxPolicy(policy_path).verify_golden() <= 1e-6


def test_the_contract_is_there_as_it_was_written(policy_path):
    policy = OnnxPolicy(policy_path)
    assert policy.contract["joints"]["names"] == ["hip", "knee"]
    assert policy.contract["joints"]["kd"][1] == 1 / 3


@pytest.mark.parametrize(
    ("sensors", "sentence"),
    [
        (([GYRO], [GRAVITY], [[0.0]], [JOINT_VEL], [[0, 0, 0]]), r"joint_pos has the shape \(1, 1\), but \(1, 2\)"),
        ((GYRO, [GRAVITY], [JOINT_POS], [JOINT_VEL], [[0, 0, 0]]), r"gyro has the shape \(3,\), but \(1, 3\)"),
        (([[0, np.nan, 0]], [GRAVITY], [JOINT_POS], [JOINT_VEL], [[0, 0, 0]]), "gyro of robot 0 holds NaN"),
        (([GYRO], [GRAVITY], [JOINT_POS], [JOINT_VEL], [[np.inf, 0, 0]]), "command of robot 0 holds NaN or infinity"),
    ],
)
def test_a_sensor_that_cannot_be_right_stops_the_robot(policy_path, sensors, sentence):
    with pytest.raises(PolicyError, match=sentence):
        OnnxPolicy(policy_path).step(*sensors)


def test_a_refused_step_changes_nothing(policy_path):
    policy = OnnxPolicy(policy_path)
    with pytest.raises(PolicyError, match="NaN"):
        step(policy, command=(np.nan, 0, 0))
    assert policy.phase[0] == 0.25 and not policy.observation.any()
    assert step(policy).tolist() == step(OnnxPolicy(policy_path)).tolist()


def test_a_changed_weight_shows_in_the_golden_vectors(policy_path):
    model = onnx.load(policy_path)
    tensor = next(tensor for tensor in model.graph.initializer if len(tensor.dims) == 2)
    tensor.CopyFrom(onnx.numpy_helper.from_array(1.01 * onnx.numpy_helper.to_array(tensor), tensor.name))
    onnx.save(model, policy_path)
    assert OnnxPolicy(policy_path).verify_golden() > 1e-3
