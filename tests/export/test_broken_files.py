"""Files that are broken, lying or hostile: each is refused with one sentence."""

import json
import os

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from webfoot.errors import PolicyError
from webfoot.export.check import check_policy
from webfoot_runtime.policy import OnnxPolicy
from webfoot_runtime.session import MAX_FILE_BYTES


def edit_model(change):
    def edit(path):
        model = onnx.load(path)
        change(model)
        path.write_bytes(model.SerializeToString())

    return edit


def edit_contract_text(change):
    def edit(model):
        entry = next(entry for entry in model.metadata_props if entry.key == "webfoot_contract")
        entry.value = change(entry.value)

    return edit_model(edit)


def edit_contract(place, value):
    def edit(text):
        tree = json.loads(text)
        *parents, last = [int(key) if key.isdigit() else key for key in place.split(".")]
        part = tree
        for key in parents:
            part = part[key]
        if value is ...:
            del part[last]
        else:
            part[last] = value
        return json.dumps(tree)

    return edit_contract_text(edit)


def truncate(path):
    path.write_bytes(path.read_bytes()[:-700])


def flood(path):
    path.write_bytes(b"\x08\x0a" * 2_000_000)


def grow(path):
    with path.open("r+b") as file:
        file.truncate(MAX_FILE_BYTES + 1)


def become_a_pipe(path):
    path.unlink()
    os.mkfifo(path)


def become_a_folder(path):
    path.unlink()
    path.mkdir()


def drop_contract(model):
    kept = [entry for entry in model.metadata_props if entry.key != "webfoot_contract"]
    del model.metadata_props[:]
    model.metadata_props.extend(kept)


def double_contract(model):
    model.metadata_props.append(model.metadata_props[-1])


def edit_weights(change):
    def edit(model):
        tensor = next(tensor for tensor in model.graph.initializer if len(tensor.dims) == 2)
        weights = change(numpy_helper.to_array(tensor).copy())
        tensor.CopyFrom(numpy_helper.from_array(np.ascontiguousarray(weights), tensor.name))

    return edit_model(edit)


def external_weight(model):
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="../../etc/passwd")


def external_constant(model):
    tensor = helper.make_tensor("c", TensorProto.FLOAT, [1], [0.0])
    external = TensorProto.FromString(tensor.SerializeToString())
    external.ClearField("float_data")
    external.data_location = TensorProto.EXTERNAL
    external.external_data.add(key="location", value="weights.bin")
    model.graph.node.append(helper.make_node("Constant", [], ["unused"], value=external))


def random_node(model):
    model.graph.node.append(helper.make_node("RandomNormal", [], ["noise"], shape=[1]))


def foreign_domain(model):
    model.graph.node.append(helper.make_node("Evil", ["obs"], ["evil"], domain="com.example"))
    model.opset_import.add(domain="com.example", version=1)


def graph_in_graph(model):
    branch = helper.make_graph(
        [helper.make_node("Constant", [], ["y"], value_float=1.0)],
        "branch",
        [],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [])],
    )
    model.graph.node.append(helper.make_node("If", ["obs"], ["z"], then_branch=branch, else_branch=branch))


def own_function(model):
    model.functions.append(helper.make_function("f", "F", ["a"], ["b"], [helper.make_node("Abs", ["a"], ["b"])], []))


def cycle(model):
    model.graph.node[0].input[0] = "joint_pos_target"


def rename_input(model):
    model.graph.input[0].name = "state"
    model.graph.node[0].input[0] = "state"


def fixed_batch(model):
    model.graph.input[0].type.tensor_type.shape.dim[0].dim_value = 1


def drop_output(model):
    del model.graph.output[1]


def nested(text):
    return "[" * 100_000


BROKEN = {
    "empty": (lambda path: path.write_bytes(b""), "is empty"),
    "truncated": (truncate, "not one whole ONNX model"),
    "text": (lambda path: path.write_text("hello\n" * 100), "not one whole ONNX model"),
    "noise": (lambda path: path.write_bytes(np.random.default_rng(0).bytes(5000)), "not one whole ONNX model"),
    "zip": (lambda path: path.write_bytes(b"PK\x03\x04" + bytes(500)), "not one whole ONNX model"),
    "flood of fields": (flood, "not one whole ONNX model"),
    "too large": (grow, "larger than 256 MiB"),
    "missing": (lambda path: path.unlink(), "is not a file"),
    "pipe": (become_a_pipe, "is not a file"),
    "folder": (become_a_folder, "is not a file"),
    "no contract": (edit_model(drop_contract), "holds no webfoot_contract; export it with 'webfoot export'"),
    "two contracts": (edit_model(double_contract), "not one whole ONNX model"),
    "NaN weights": (edit_weights(lambda weights: weights * np.nan), "answers its golden observations with NaN"),
    "external weight": (edit_model(external_weight), "lies outside; weights belong inside"),
    "external constant": (edit_model(external_constant), "tensor 'c' lies outside"),
    "random": (edit_model(random_node), "uses the operator RandomNormal"),
    "foreign domain": (edit_model(foreign_domain), "uses the operator com.example.Evil"),
    "graph in a graph": (edit_model(graph_in_graph), "with a flat graph"),
    "function": (edit_model(own_function), "with a flat graph"),
    "cycle": (edit_model(cycle), "onnxruntime refuses the model"),
    "other input": (edit_model(rename_input), "contradicts its contract: its tensors are state"),
    "fixed batch": (edit_model(fixed_batch), r"contradicts its contract: obs is tensor\(float\) \[1, 21\]"),
    "weights of another size": (edit_weights(lambda weights: weights[:, :-1]), "onnxruntime refuses|cannot be run"),
    "one output": (edit_model(drop_output), "its tensors are obs, actions instead of"),
    "contract is no JSON": (edit_contract_text(lambda text: text[:-5]), "not valid JSON"),
    "contract is nested": (edit_contract_text(nested), "not valid JSON"),
    "contract is a list": (edit_contract_text(lambda text: "[]"), "schema is missing"),
    "contract is huge": (edit_contract_text(lambda text: " " * 9_000_000), "more than 8388608"),
    "other schema": (edit_contract("schema", "webfoot-contract/9"), "only 'webfoot-contract/1' is understood"),
    "no joints": (edit_contract("joints", ...), "joints.names is missing"),
    "other size": (edit_contract("observation.size", 20), "cover 0..20 in order"),
    "bool for a number": (edit_contract("control.control_dt", True), "control_dt must be a finite number above 0"),
    "period of zero": (edit_contract("phase.period_s", 0), "period_s must be a finite number above 0"),
    "NaN in the contract": (edit_contract("joints.lower.0", float("nan")), "joints.lower must be a list of 2 finite"),
    "text for a list": (edit_contract("joints.upper", "12"), "joints.upper must be a list of 2 finite"),
    "gap": (edit_contract("observation.terms.1.start", 4), "spans 2 numbers, where 1 x 3 would be right"),
    "order": (edit_contract("observation.terms.0", {}), "name is missing"),
    "unknown term": (edit_contract("observation.terms.0.name", "lidar"), "'lidar', which this runtime cannot measure"),
    "no phase": (edit_contract("phase", None), "phase is null, but the observation holds the phase"),
    "huge history": (edit_contract("observation.terms.0.history", 10**9), "history must be a whole number"),
    "no golden": (edit_contract("golden", []), "golden must be a list of observations"),
    "golden of another size": (edit_contract("golden.0.obs", [1.0]), "obs must be a list of 21 finite"),
}


@pytest.mark.parametrize("kind", BROKEN)
@pytest.mark.parametrize("use", [OnnxPolicy, check_policy])
def test_a_broken_file_is_refused_in_one_sentence(policy_path, kind, use):
    break_it, sentence = BROKEN[kind]
    break_it(policy_path)
    with pytest.raises(PolicyError, match=sentence) as caught:
        use(policy_path)
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 500


@pytest.mark.parametrize("at", range(0, 1000, 37))
def test_a_flipped_byte_never_ends_in_a_crash(policy_path, at):
    data = bytearray(policy_path.read_bytes())
    data[at * len(data) // 1000] ^= 0xFF
    policy_path.write_bytes(data)
    try:
        assert np.isfinite(OnnxPolicy(policy_path).verify_golden())
    except PolicyError as error:
        assert "\n" not in str(error)
