"""What can be said of a policy file without a robot: `Check`, and the checks of the file itself."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import onnx
from numpy.typing import NDArray

from webfoot.errors import PolicyError
from webfoot.export.contract import parse_contract
from webfoot.export.runtime import GOLDEN_COUNT, GOLDEN_TOLERANCE, OnnxPolicy
from webfoot.export.session import MAX_FILE_BYTES, read_policy_bytes
from webfoot.export.wire import ALLOWED_OPERATORS

MIN_OPSET = 17
BATCH_SIZE = 64
LIMIT_SLACK = 1e-6
"""Targets are float32, limits are not [rad]."""


@dataclass(frozen=True)
class Check:
    """A measured value, the limit it was held against, and whether it passed."""

    name: str
    value: float
    limit: float
    unit: str
    """Empty for a share or a ratio."""
    passed: bool
    comparison: Literal["<=", ">="]
    """How the value must stand to the limit."""
    detail: str = ""
    """What to know or to try, one sentence."""


def at_most(name: str, value: float, limit: float, unit: str = "", detail: str = "") -> Check:
    """Check that passes when value <= limit; NaN does not pass."""
    return Check(name, float(value), float(limit), unit, bool(value <= limit), "<=", detail)


def at_least(name: str, value: float, limit: float, unit: str = "", detail: str = "") -> Check:
    """Check that passes when value >= limit; NaN does not pass."""
    return Check(name, float(value), float(limit), unit, bool(value >= limit), ">=", detail)


def check_policy(path: Path | str) -> list[Check]:
    """Every check of a policy file that needs no robot.

    Raises:
        PolicyError: the file cannot even be run (`OnnxPolicy` refuses it).
    """
    path = Path(path)
    data = read_policy_bytes(path)
    policy = OnnxPolicy(path, data=data)
    model = onnx.load_model_from_string(data)
    return [
        onnx_checker(model),
        opset(model),
        external_data(model),
        nonfinite_weights(model),
        foreign_operators(model),
        contract_problems(policy.contract_text),
        golden_count(policy),
        at_most("golden_error", policy.verify_golden(), GOLDEN_TOLERANCE),
        determinism(policy),
        batch_agreement(policy),
        targets_outside_limits(policy),
        at_most("file_size", len(data) / 2**20, MAX_FILE_BYTES / 2**20, "MiB"),
    ]


def onnx_checker(model: onnx.ModelProto) -> Check:
    """0 when ONNX's own checker, shapes included, accepts the model."""
    try:
        onnx.checker.check_model(model, full_check=True)
    except (onnx.checker.ValidationError, onnx.shape_inference.InferenceError) as error:
        return at_most("onnx_checker", 1, 0, detail=" ".join(str(error).split())[:200])
    return at_most("onnx_checker", 0, 0)


def opset(model: onnx.ModelProto) -> Check:
    """Version of the default operator set."""
    versions = [entry.version for entry in model.opset_import if entry.domain in ("", "ai.onnx")]
    return at_least("opset", max(versions, default=0), MIN_OPSET)


def external_data(model: onnx.ModelProto) -> Check:
    """Tensors whose data lie outside the file."""
    outside = [tensor.name for tensor in _tensors(model) if tensor.data_location == onnx.TensorProto.EXTERNAL]
    return at_most("external_data", len(outside), 0, "tensors", ", ".join(outside)[:200])


def nonfinite_weights(model: onnx.ModelProto) -> Check:
    """Numbers inside the file that are NaN or infinite."""
    bad = 0
    for tensor in _tensors(model):
        if tensor.data_location != onnx.TensorProto.EXTERNAL:
            array = onnx.numpy_helper.to_array(tensor)
            if np.issubdtype(array.dtype, np.floating):
                bad += int((~np.isfinite(array)).sum())
    return at_most("nonfinite_weights", bad, 0)


def foreign_operators(model: onnx.ModelProto) -> Check:
    """Nodes whose operator no policy needs."""
    names = [
        node.op_type if node.domain in ("", "ai.onnx") else f"{node.domain}.{node.op_type}" for node in model.graph.node
    ]
    foreign = sorted(name for name in names if name not in ALLOWED_OPERATORS)
    return at_most("foreign_operators", len(foreign), 0, "nodes", ", ".join(dict.fromkeys(foreign))[:200])


def contract_problems(text: str) -> Check:
    """0 when the contract keeps its schema."""
    try:
        parse_contract(text, "policy")
    except PolicyError as error:
        return at_most("contract_problems", 1, 0, detail=str(error))
    return at_most("contract_problems", 0, 0)


def golden_count(policy: OnnxPolicy) -> Check:
    """Golden vectors in the contract."""
    return at_least("golden_count", len(policy.layout.golden_obs), GOLDEN_COUNT)


def determinism(policy: OnnxPolicy) -> Check:
    """Largest difference between two answers to the same observations."""
    obs = probe_observations(policy)
    return at_most("determinism", _difference(policy.run(obs), policy.run(obs)), 0)


def batch_agreement(policy: OnnxPolicy) -> Check:
    """Largest difference between robots run together and the same run one by one."""
    obs = probe_observations(policy)
    together, single = policy.run(obs), [policy.run(obs[i : i + 1]) for i in range(len(obs))]
    apart = tuple(np.concatenate([answers[k] for answers in single]) for k in range(2))
    return at_most("batch_agreement", _difference(together, apart), GOLDEN_TOLERANCE)


def targets_outside_limits(policy: OnnxPolicy) -> Check:
    """How far a target leaves the joint limits, over usual and extreme observations."""
    obs = probe_observations(policy)
    _, target = policy.run(np.concatenate([obs, 10 * obs]))
    beyond = np.maximum(policy.layout.lower - target, target - policy.layout.upper).max()
    return at_most("targets_outside_limits", max(0.0, float(beyond)), LIMIT_SLACK, "rad")


def probe_observations(policy: OnnxPolicy) -> NDArray[np.float32]:
    """The golden observations, and variations of them, (BATCH_SIZE, n)."""
    golden = policy.layout.golden_obs
    rows = golden[np.arange(BATCH_SIZE) % len(golden)]
    noise = np.random.default_rng(0).normal(scale=0.1, size=rows.shape)
    return (rows + noise).astype(np.float32)


def _difference(
    one: tuple[NDArray[np.float32], ...], other: tuple[NDArray[np.float32], ...]
) -> float:  # NaN stays NaN and fails
    return max(float(np.abs(a - b).max()) for a, b in zip(one, other, strict=True))


def _tensors(model: onnx.ModelProto) -> list[onnx.TensorProto]:
    constants = [attribute.t for node in model.graph.node for attribute in node.attribute if attribute.HasField("t")]
    return [*model.graph.initializer, *constants]
