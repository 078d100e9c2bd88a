import math

import numpy as np
import onnx
import pytest
import torch

from tiny_policy import NU, OBS_SIZE, TinyPolicy
from webfoot.errors import PolicyError, WebfootError
from webfoot.export.contract import Limit, read_contract
from webfoot.export.extremes import extremes, huge
from webfoot.export.write import export_policy, write_limits
from webfoot_runtime.policy import OnnxPolicy


class Unlike(TinyPolicy):
    """Answers differently when it is traced."""

    def forward(self, obs):
        actions, target = super().forward(obs)
        return actions + (1e-4 if torch.onnx.is_in_onnx_export() else 0.0), target


class Forever(TinyPolicy):
    """Answers infinity to a command of zero."""

    def forward(self, obs):
        actions, target = super().forward(obs)
        return actions / obs[:, -1:].abs(), target


class OneTooMany(TinyPolicy):
    def forward(self, obs):
        actions, target = super().forward(obs)
        return torch.cat([actions, actions[:, :1]], dim=1), target


class Noisy(TinyPolicy):
    def forward(self, obs):
        actions, target = super().forward(obs)
        return actions + 1e-9 * torch.randn(actions.shape), target


class FixedBatch(TinyPolicy):
    def forward(self, obs):
        return super().forward(obs[:2].reshape(2, OBS_SIZE))


def test_the_file_is_one_model_with_a_free_batch(policy_path):
    model = onnx.load(policy_path, load_external_data=False)
    assert [entry.version for entry in model.opset_import] == [18]
    tensors = {node.name: node.type.tensor_type.shape.dim for node in (*model.graph.input, *model.graph.output)}
    assert {name: shape[1].dim_value for name, shape in tensors.items()} == {
        "obs": OBS_SIZE,
        "actions": NU,
        "joint_pos_target": NU,
    }
    assert all(shape[0].dim_param == "batch" for shape in tensors.values())
    assert [path.name for path in policy_path.parent.iterdir()] == ["policy.onnx"]


def test_the_golden_vectors_are_what_torch_answers(tmp_path, contract, observations):
    result = export_policy(TinyPolicy(), contract, tmp_path / "policy.onnx", observations)
    assert len(result.contract.golden) == 10
    np.testing.assert_array_equal(result.contract.golden[0].obs, observations[0])
    np.testing.assert_array_equal(result.contract.golden[9].obs, observations[-1])
    for pair in result.contract.golden:
        actions, target = TinyPolicy()(torch.tensor([pair.obs]))
        np.testing.assert_allclose(pair.actions, actions[0].detach(), atol=1e-6)
        np.testing.assert_allclose(pair.joint_pos_target, target[0].detach(), atol=1e-6)
    assert read_contract(result.path) == result.contract
    assert result.parity <= 1e-5 and result.size_bytes == result.path.stat().st_size


def test_the_metadata_holds_the_contract_and_the_keys_of_mjlab(policy_path):
    metadata = {entry.key: entry.value for entry in onnx.load(policy_path).metadata_props}
    assert metadata["joint_names"] == "hip,knee"
    assert len(metadata) == 15 and metadata["webfoot_contract"].startswith('{"schema":"webfoot-contract/1"')


def test_another_module_is_written_only_where_it_computes_the_same(tmp_path, contract, observations):
    same, other = TinyPolicy(), TinyPolicy(seed=1)
    result = export_policy(TinyPolicy(), contract, tmp_path / "policy.onnx", observations, written=same)
    assert result.parity <= 1e-6
    with pytest.raises(PolicyError, match="differ by"):
        export_policy(TinyPolicy(), contract, tmp_path / "policy.onnx", observations, written=other)


def test_the_module_stays_as_it_was(tmp_path, contract, observations):
    module = TinyPolicy().train()
    export_policy(module, contract, tmp_path / "policy.onnx", observations)
    assert module.training


@pytest.mark.parametrize(
    ("module", "sentence"),
    [
        (Unlike(), "not written, because onnxruntime and torch differ by 0.0001"),
        (Forever(), "not written, because actions holds NaN or infinity"),
        (OneTooMany(), "contradicts its contract: actions is"),
        (Noisy(), "uses the operator RandomNormalLike|RandomNormal"),
        (FixedBatch(), "graph cannot be run|has the shape|contradicts"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, torch.nn.Module) else "",
)
def test_a_policy_that_is_not_what_it_says_is_not_written(tmp_path, contract, observations, module, sentence):
    with pytest.raises(PolicyError, match=sentence):
        export_policy(module, contract, tmp_path / "policy.onnx", observations)
    assert list(tmp_path.iterdir()) == []


def test_a_refused_export_leaves_the_file_that_stood_there(policy_path, contract, observations):
    before = policy_path.read_bytes()
    with pytest.raises(PolicyError, match="differ"):
        export_policy(Unlike(), contract, policy_path, observations)
    assert policy_path.read_bytes() == before


@pytest.mark.parametrize("shape", [(9, OBS_SIZE), (64, OBS_SIZE - 1), (OBS_SIZE,)])
def test_observations_of_another_shape_are_refused(tmp_path, contract, shape):
    with pytest.raises(PolicyError, match=r"observations have the shape .*\(at least 10, 21\) is needed"):
        export_policy(TinyPolicy(), contract, tmp_path / "policy.onnx", np.zeros(shape, dtype=np.float32))


def test_a_folder_that_is_not_there_is_named(tmp_path, contract, observations):
    with pytest.raises(PolicyError, match=r"nowhere: is not a folder"):
        export_policy(TinyPolicy(), contract, tmp_path / "nowhere" / "policy.onnx", observations)


def test_a_place_that_cannot_be_written_is_named_and_left_clean(tmp_path, contract, observations):
    (tmp_path / "policy.onnx").mkdir()
    with pytest.raises(WebfootError, match=r"policy.onnx: cannot be written \(Is a directory\)"):
        export_policy(TinyPolicy(), contract, tmp_path / "policy.onnx", observations)
    assert [path.name for path in tmp_path.iterdir()] == ["policy.onnx"]


def test_the_extremes_are_zeros_and_the_limits(contract):
    zeros, low, high = extremes(contract)
    assert not zeros[:16].any() and not zeros[18:].any()
    assert [row[16:18].tolist() for row in (zeros, low, high)] == [[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0]]  # the phase
    hip, knee = -2 * (1.0 + 0.1), -2 * (1.5 - 0.2)  # scale 2, history 2
    np.testing.assert_allclose(low[6:10], [hip, knee, hip, knee], rtol=1e-6)
    np.testing.assert_allclose(high[12:16], 1.0)
    np.testing.assert_allclose(high[18:21], [0.2, 0.0, 1.0], rtol=1e-6)


def test_the_huge_ones_are_what_broken_sensors_say(contract):
    rows = huge(contract)
    assert rows.shape == (4, OBS_SIZE)
    np.testing.assert_allclose(rows[0, :3], -10.0 * 0.5 * 1e3)  # the gyro, whose scale is 0.5
    np.testing.assert_allclose(rows[3, 10:12], 5.24 * 0.1 * 1e6, rtol=1e-6)
    np.testing.assert_allclose(rows[3, 12:16], 1.0)  # actions, phase and command come from the runtime
    np.testing.assert_allclose(rows[3, 18:21], [0.2, 0.0, 1.0], rtol=1e-6)


def test_limits_are_written_beside_the_same_graph(policy_path):
    before = OnnxPolicy(policy_path)
    written = write_limits(policy_path, {"survival": Limit(limit=0.95, reached=1.0)})
    after = OnnxPolicy(policy_path)
    assert read_contract(policy_path) == written
    assert after.contract["limits"] == {"survival": {"limit": 0.95, "reached": 1.0, "unit": ""}}
    assert after.contract["golden"] == before.contract["golden"] and after.verify_golden() == 0.0


def test_limits_that_are_not_numbers_are_refused():
    with pytest.raises(ValueError, match="finite number"):
        Limit(limit=math.nan, reached=None)
