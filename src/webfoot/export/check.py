"""What can be said of a policy file without a robot: the checks of the file itself."""

from pathlib import Path

import numpy as np
import onnx

from webfoot.errors import PolicyError
from webfoot.export.answers import answer_checks
from webfoot.export.contract import parse_contract
from webfoot.export.measured import Check, at_least, at_most
from webfoot.export.mjlab import metadata_disagreement
from webfoot_runtime.diagnose import diagnose_answers
from webfoot_runtime.policy import GOLDEN_COUNT, GOLDEN_TOLERANCE, OnnxPolicy
from webfoot_runtime.session import MAX_FILE_BYTES, read_policy_bytes
from webfoot_runtime.wire import ALLOWED_OPERATORS

MIN_OPSET = 17


def check_policy(path: Path | str) -> list[Check]:
    """Every check of a policy file that needs no robot.

    Raises:
        PolicyError: the file cannot even be run (`OnnxPolicy` refuses it).
    """
    path = Path(path)
    data = read_policy_bytes(path)
    policy = OnnxPolicy(path, data=data)
    model = onnx.load_model_from_string(data)
    text = policy.contract_text
    return [
        onnx_checker(model),
        opset(model),
        external_data(model),
        nonfinite_weights(model),
        foreign_operators(model),
        contract_problems(text),
        metadata_disagreement(text, {entry.key: entry.value for entry in model.metadata_props}),
        golden_count(policy),
        golden_error(policy),
        *answer_checks(policy, model),
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


def golden_error(policy: OnnxPolicy) -> Check:
    """How far the graph is off its golden vectors, and what explains it."""
    error = policy.verify_golden()
    causes = [] if error <= GOLDEN_TOLERANCE else diagnose_answers(policy.run, policy.layout)
    return at_most("golden_error", error, GOLDEN_TOLERANCE, detail="; ".join(found.words for found in causes))


def _tensors(model: onnx.ModelProto) -> list[onnx.TensorProto]:
    constants = [attribute.t for node in model.graph.node for attribute in node.attribute if attribute.HasField("t")]
    return [*model.graph.initializer, *constants]
