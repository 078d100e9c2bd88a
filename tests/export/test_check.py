import math

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, helper, numpy_helper

from tiny_policy import TinyPolicy
from webfoot.export.check import (
    check_policy,
    contract_problems,
    external_data,
    foreign_operators,
    nonfinite_weights,
    onnx_checker,
    opset,
)
from webfoot.export.measured import at_least, at_most
from webfoot.export.write import export_policy

NAMES = """onnx_checker opset external_data nonfinite_weights foreign_operators contract_problems
metadata_disagreement golden_count golden_error determinism batch_agreement reference_agreement nonfinite_answers
targets_outside_limits action_map file_size"""


class Unlimited(TinyPolicy):
    """Forgets the joint limits: two radians too far."""

    def forward(self, obs):
        actions, target = super().forward(obs)
        return actions, target + 2.0


class MeanOfAll(TinyPolicy):
    """Lets robots that run together influence each other."""

    def forward(self, obs):
        return super().forward(obs - obs.mean(dim=0, keepdim=True))


class Shifted(TinyPolicy):
    """Adds a tenth of a radian to every target."""

    def forward(self, obs):
        actions, target = super().forward(obs)
        return actions, target + 0.1


class Overflowing(TinyPolicy):
    """Answers infinity to sensors that say far too much."""

    def forward(self, obs):
        actions, target = super().forward(obs)
        return actions + 0.0 * (obs * 1e35).sum(dim=1, keepdim=True), target


def failed(path):
    return {check.name: check for check in check_policy(path) if not check.passed}


@pytest.fixture
def model(policy_path):
    return onnx.load(policy_path)


def test_a_sound_policy_passes_every_check(policy_path):
    checks = check_policy(policy_path)
    assert [check.name for check in checks] == NAMES.split()
    assert all(check.passed for check in checks)


def test_nan_passes_nothing():
    assert not at_most("x", math.nan, 1.0).passed and not at_least("x", math.nan, 1.0).passed
    assert at_most("x", 1.0, 1.0).passed and at_least("x", 1.0, 1.0).passed


def test_a_target_beyond_the_joint_limits_is_measured(tmp_path, contract, observations):
    path = export_policy(Unlimited(), contract, tmp_path / "policy.onnx", observations).path
    check = failed(path)["targets_outside_limits"]
    assert 0.5 < check.value <= 2.0 and check.unit == "rad"


def test_a_target_that_is_not_what_the_contract_makes_of_the_action_is_measured(tmp_path, contract, observations):
    path = export_policy(Shifted(), contract, tmp_path / "policy.onnx", observations).path
    check = failed(path)["action_map"]
    assert check.value == pytest.approx(0.1, abs=1e-5)
    assert check.detail == "joint 'hip': the graph adds its action to 0.2 rad, which is not the contract's default_pos"


def test_broken_sensors_must_not_make_a_policy_answer_nan(tmp_path, contract, observations):
    path = export_policy(Overflowing(), contract, tmp_path / "policy.onnx", observations).path
    assert failed(path)["nonfinite_answers"].value >= 2


def test_metadata_that_contradicts_the_contract_is_named(policy_path, model):
    entry = next(entry for entry in model.metadata_props if entry.key == "joint_names")
    entry.value = "hip,ankle"
    onnx.save(model, policy_path)
    assert failed(policy_path)["metadata_disagreement"].detail == (
        "joint_names is 'ankle' at place 1, in the contract 'knee'"
    )


def test_robots_that_influence_each_other_are_noticed(tmp_path, contract, observations):
    path = export_policy(MeanOfAll(), contract, tmp_path / "policy.onnx", observations).path
    assert "batch_agreement" in failed(path)


def test_changed_weights_fail_the_golden_vectors(policy_path, model):
    tensor = next(tensor for tensor in model.graph.initializer if len(tensor.dims) == 2)
    tensor.CopyFrom(numpy_helper.from_array(1.01 * numpy_helper.to_array(tensor), tensor.name))
    onnx.save(model, policy_path)
    assert failed(policy_path).keys() == {"golden_error"}


def test_a_contract_that_only_the_full_schema_refuses_fails_its_check(policy_path, model):
    entry = next(entry for entry in model.metadata_props if entry.key == "webfoot_contract")
    entry.value = entry.value.replace('"mass_kg":1.5', '"mass_kg":-1')
    onnx.save(model, policy_path)
    check = failed(policy_path)["contract_problems"]
    assert "mass_kg" in check.detail and not contract_problems(entry.value).passed


def test_an_old_opset_fails(model):
    model.opset_import[0].version = 16
    assert opset(model).value == 16 and not opset(model).passed


def test_a_model_without_outputs_fails_the_checker(model):
    model.graph.node[0].op_type = "Gemmm"
    check = onnx_checker(model)
    assert not check.passed and "Gemmm" in check.detail


def test_infinite_weights_are_counted_in_initialisers_and_constants(model):
    model.graph.initializer.append(numpy_helper.from_array(np.array([1.0, np.inf, np.nan], dtype=np.float32), "w"))
    constant = helper.make_tensor("c", TensorProto.FLOAT, [1], [math.nan])
    model.graph.node.append(helper.make_node("Constant", [], ["c"], value=constant))
    assert nonfinite_weights(model).value == 3


def test_external_tensors_and_foreign_operators_are_named(model):
    model.graph.initializer[0].data_location = TensorProto.EXTERNAL
    model.graph.node.append(helper.make_node("Loop", [], []))
    model.graph.node.append(helper.make_node("Gemm", [], [], domain="com.example"))
    assert external_data(model).detail == model.graph.initializer[0].name and not external_data(model).passed
    assert foreign_operators(model).detail == "Loop, com.example.Gemm"


def test_every_usual_network_is_made_of_allowed_operators(tmp_path, contract, observations):
    class Deep(TinyPolicy):
        def __init__(self, activation):
            super().__init__()
            self.body = torch.nn.Sequential(torch.nn.Linear(21, 8), activation, torch.nn.LayerNorm(8))
            self.back = torch.nn.Linear(8, 21)

        def forward(self, obs):
            return super().forward(self.back(self.body((obs - 0.1) / (obs.std(dim=1, keepdim=True) + 1e-2))))

    for name in ("ELU", "ReLU", "SELU", "Tanh", "SiLU", "Mish", "GELU", "LeakyReLU", "Softplus"):
        torch.manual_seed(0)
        path = export_policy(Deep(getattr(torch.nn, name)()), contract, tmp_path / "policy.onnx", observations).path
        assert not failed(path), name
