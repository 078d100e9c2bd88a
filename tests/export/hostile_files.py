"""More than 200 files that are no sound policy: cut, bloated, lying, reaching out. Each is one function of a sound one.

`write_all(folder, sound)` writes them; those that end in .json are contracts by themselves.
"""

import gzip
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

KEY = "webfoot_contract"
CANARY = "canary.bin"
"""Lies beside the folder of the files; nobody may open it."""
Content = Callable[[bytes], bytes]


def write_all(folder: Path, sound: bytes) -> list[Path]:
    """Write every hostile file, and give their paths."""
    paths = []
    for number, (name, content) in enumerate([*_files(), *_contracts()]):
        path = folder / f"{number:03d} {name}".replace("/", "_")
        path.write_bytes(content(sound))
        paths.append(path)
    return paths


def _files() -> Iterator[tuple[str, Content]]:
    for source in (_cut, _foreign, _wires, _models, _external, _tensors, _bombs, _operators, _metadata):
        for name, content in source():
            yield f"{name}.onnx", content
    for name, change in _edits():
        yield f"contract {name}.onnx", _with_contract(change)


def _contracts() -> Iterator[tuple[str, Content]]:
    for name, change in _edits():
        yield f"{name}.json", lambda sound, change=change: change(_contract(sound)).encode("utf-8", "surrogatepass")


def _cut() -> Iterator[tuple[str, Content]]:
    for share in range(2, 98, 5):
        yield f"cut at {share} percent", lambda sound, share=share: sound[: share * len(sound) // 100]
    for size in (1, 2, 3, 100):
        yield f"last {size} missing", lambda sound, size=size: sound[:-size]
        yield f"first {size} missing", lambda sound, size=size: sound[size:]


def _foreign() -> Iterator[tuple[str, Content]]:
    yield "empty", lambda sound: b""
    yield "zeros", lambda sound: bytes(5000)
    yield "noise", lambda sound: np.random.default_rng(0).bytes(5000)
    yield "text", lambda sound: b"hello\n" * 100
    yield "zip", lambda sound: b"PK\x03\x04" + sound
    yield "gzip", gzip.compress
    yield "gzip bomb", lambda sound: gzip.compress(bytes(10_000_000))
    yield "pickle", lambda sound: b"\x80\x04cos\nsystem\n(S'true'\ntR."
    yield "elf", lambda sound: b"\x7fELF" + sound
    yield "utf-16", lambda sound: b"\xff\xfe" + sound
    yield "twice", lambda sound: sound + sound
    yield "reversed", lambda sound: sound[::-1]
    yield "and more behind", lambda sound: sound + b"\x07"


def _field(number: int, content: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    said = b""
    while value > 0x7F:
        said, value = said + bytes([value & 0x7F | 0x80]), value >> 7
    return said + bytes([value])


def _nested(sound: bytes) -> bytes:
    inner = b""
    for _ in range(2000):
        inner = _field(7, inner)
    return inner


def _wires() -> Iterator[tuple[str, Content]]:
    yield "many fields", lambda sound: b"\x08\x0a" * 2_000_000
    yield "many nodes", lambda sound: sound + _field(7, _field(1, b"") * 200_000)
    yield "many metadata", lambda sound: sound + _field(14, _field(1, b"k")) * 200_000
    yield "nested fields", _nested
    yield "length of 2^62", lambda sound: sound + _varint(7 << 3 | 2) + _varint(2**62)
    yield "length of 4 GB", lambda sound: sound + _varint(14 << 3 | 2) + _varint(2**32) + b"x"
    yield "endless number", lambda sound: sound + b"\x08" + b"\xff" * 1000
    yield "group", lambda sound: sound + b"\x0b\x0c"
    yield "wire type 7", lambda sound: sound + b"\x0f"
    yield "metadata no text", lambda sound: sound + _field(14, _field(1, b"\xff\xfe") + _field(2, b"x"))


def _edited(change: Callable[[onnx.ModelProto], object]) -> Content:
    def edit(sound: bytes) -> bytes:
        model = onnx.load_model_from_string(sound)
        change(model)
        return model.SerializeToString()

    return edit


def _retype(name: str, kind: int, *dims: int | str) -> Content:
    def change(model: onnx.ModelProto) -> None:
        value = next(value for value in [*model.graph.input, *model.graph.output] if value.name == name)
        value.CopyFrom(helper.make_tensor_value_info(name, kind, dims))

    return _edited(change)


def _models() -> Iterator[tuple[str, Content]]:
    real = TensorProto.FLOAT
    for dims in ((20,), ("b", 20), ("b", 22), (1, 21), ("b", 21, 1), ("b",), (), ("b", -1), ("b", 2**40), (0, 21)):
        yield f"obs of {dims}", _retype("obs", real, *dims)
    for kind in (TensorProto.DOUBLE, TensorProto.INT64, TensorProto.STRING, TensorProto.FLOAT16, TensorProto.BOOL):
        yield f"obs of type {kind}", _retype("obs", kind, "b", 21)
    for dims in (("b", 3), (1, 2), ("b", 2, 1)):
        yield f"actions of {dims}", _retype("actions", real, *dims)
    yield "no inputs", _edited(lambda m: m.graph.ClearField("input"))
    yield "no outputs", _edited(lambda m: m.graph.ClearField("output"))
    yield "no nodes", _edited(lambda m: m.graph.ClearField("node"))
    yield "no graph", _edited(lambda m: m.ClearField("graph"))
    yield "no weights", _edited(lambda m: m.graph.ClearField("initializer"))
    yield "no opset", _edited(lambda m: m.ClearField("opset_import"))
    yield "opset 1", _edited(lambda m: setattr(m.opset_import[0], "version", 1))
    yield "opset 9999", _edited(lambda m: setattr(m.opset_import[0], "version", 9999))
    yield "ir 9999", _edited(lambda m: setattr(m, "ir_version", 9999))
    yield "second input", _edited(lambda m: m.graph.input.append(helper.make_tensor_value_info("x", real, [1])))
    yield "second obs", _edited(lambda m: m.graph.input.append(m.graph.input[0]))
    yield "third output", _edited(lambda m: m.graph.output.append(helper.make_tensor_value_info("obs", real, [1, 21])))
    yield "input named weights", _edited(lambda m: setattr(m.graph.input[0], "name", "weights"))
    yield "cycle", _edited(lambda m: m.graph.node[0].input.__setitem__(0, "joint_pos_target"))
    yield "node twice", _edited(lambda m: m.graph.node.append(m.graph.node[0]))


def _external() -> Iterator[tuple[str, Content]]:
    places = (
        "/etc/hostname",
        f"../{CANARY}",
        CANARY,
        f"./../{CANARY}",
        f"x/../../{CANARY}",
        "",
        ".",
        "C:\\x",
        "/dev/zero",
    )
    places += (f"file:///{CANARY}", "/proc/self/environ", "*", "\x00", f"..\\{CANARY}", "/dev/stdin")
    for place in places:
        yield f"weights at {place!r}", _edited(lambda m, place=place: _send_out(m.graph.initializer[0], place))
        yield f"constant at {place!r}", _edited(lambda m, place=place: _external_constant(m, place))
    yield "external by name only", _edited(lambda m: setattr(m.graph.initializer[0], "data_location", 1))
    yield (
        "external by place only",
        _edited(lambda m: m.graph.initializer[0].external_data.add(key="location", value="x")),
    )


def _send_out(tensor: TensorProto, place: str) -> None:
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    for key, value in (("location", place), ("offset", "0"), ("length", "8")):
        tensor.external_data.add(key=key, value=value)


def _external_constant(model: onnx.ModelProto, place: str) -> None:
    tensor = helper.make_tensor("c", TensorProto.FLOAT, [2], [0.0, 0.0])
    tensor.ClearField("float_data")
    _send_out(tensor, place)
    model.graph.node.append(helper.make_node("Constant", [], ["unused"], value=tensor))


def _matrix(model: onnx.ModelProto) -> TensorProto:
    return next(tensor for tensor in model.graph.initializer if len(tensor.dims) == 2)


def _dims(*dims: int) -> Content:
    def change(model: onnx.ModelProto) -> None:
        _matrix(model).dims[:] = dims

    return _edited(change)


def _weights(change: Callable[[np.ndarray], np.ndarray]) -> Content:
    def edit(model: onnx.ModelProto) -> None:
        tensor = _matrix(model)
        tensor.CopyFrom(
            numpy_helper.from_array(np.ascontiguousarray(change(numpy_helper.to_array(tensor))), tensor.name)
        )

    return _edited(edit)


def _tensors() -> Iterator[tuple[str, Content]]:
    for dims in (
        (10**9, 10**9),
        (2**62, 4),
        (2**31, 2**31),
        (-1, 21),
        (2, -21),
        (10**12,),
        (1,) * 2000,
        (2, 22),
        (0, 21),
    ):
        yield f"weights of {len(dims)} dims {dims[:2]}", _dims(*dims)
    for kind in (0, 7, 8, 10, 16, 22, 99, -1):
        yield f"weights of type {kind}", _edited(lambda m, kind=kind: setattr(_matrix(m), "data_type", kind))
    yield "weights NaN", _weights(lambda w: w * np.nan)
    yield "weights infinite", _weights(lambda w: w + np.inf)
    yield "weights 1e38", _weights(lambda w: np.full_like(w, 3e38))
    yield "weights float64", _weights(lambda w: w.astype(float))
    yield "weights one column less", _weights(lambda w: w[:, :-1])
    yield "weights empty", _edited(lambda m: _matrix(m).ClearField("raw_data"))
    yield "weights half", _edited(lambda m: setattr(_matrix(m), "raw_data", _matrix(m).raw_data[:-3]))
    yield "weights of another name", _edited(lambda m: setattr(_matrix(m), "name", "x"))
    yield "weights halved in value", _weights(lambda w: w / 2)


def _grown(*nodes: onnx.NodeProto, **constants: list[int]) -> Content:
    """Behind the nodes, which make a huge 'big', its sum is added to the actions."""

    def change(model: onnx.ModelProto) -> None:
        for node in model.graph.node:
            node.output[:] = ["said" if name == "actions" else name for name in node.output]
            node.input[:] = ["said" if name == "actions" else name for name in node.input]
        for name, values in constants.items():
            model.graph.initializer.append(numpy_helper.from_array(np.array(values, dtype=np.int64), name))
        model.graph.node.extend(nodes)
        model.graph.node.append(helper.make_node("ReduceSum", ["big"], ["sum"], keepdims=0))
        model.graph.node.append(helper.make_node("Add", ["said", "sum"], ["actions"]))

    return _edited(change)


def _bombs() -> Iterator[tuple[str, Content]]:
    one = helper.make_node("ReduceSum", ["obs"], ["one"], keepdims=0)
    for elements in (3 * 10**8, 10**10, 10**15, 2**62):
        yield f"constant of {elements}", _grown(helper.make_node("ConstantOfShape", ["n"], ["big"]), n=[elements])
        yield f"expanded to {elements}", _grown(one, helper.make_node("Expand", ["one", "n"], ["big"]), n=[elements])
    tile = helper.make_node("Tile", ["obs", "n"], ["big"])
    yield "tiled", _grown(tile, n=[100_000, 1000])
    yield "padded", _grown(helper.make_node("Pad", ["obs", "n"], ["big"]), n=[0, 0, 0, 10**10])
    doubled = [helper.make_node("Concat", [f"d{i}", f"d{i}"], [f"d{i + 1}"], axis=1) for i in range(40)]
    start, end = helper.make_node("Identity", ["obs"], ["d0"]), helper.make_node("Identity", ["d40"], ["big"])
    yield "doubled forty times", _grown(start, *doubled, end)
    vector = helper.make_node("ConstantOfShape", ["n"], ["v"])
    row, column = (helper.make_node("Reshape", ["v", name], [f"v{name}"]) for name in ("r", "c"))
    outer = helper.make_node("Mul", ["vr", "vc"], ["big"])
    yield "outer product", _grown(vector, row, column, outer, n=[100_000], r=[1, 100_000], c=[100_000, 1])
    negative = helper.make_node("ConstantOfShape", ["n"], ["big"])
    yield "constant of a negative size", _grown(negative, n=[-5])


def _operators() -> Iterator[tuple[str, Content]]:
    names = "Loop If Scan RandomNormal RandomUniformLike Bernoulli Multinomial StringConcat StringSplit SequenceEmpty"
    for name in f"{names} OptionalHasElement Unique NonZero TfIdfVectorizer ImageDecoder Lstm Conv".split():
        yield (
            f"operator {name}",
            _edited(lambda m, name=name: m.graph.node.append(helper.make_node(name, ["obs"], ["unused"]))),
        )
    for domain in ("com.microsoft", "ai.onnx.ml", "com.example", "ai.onnx.training"):
        yield f"domain {domain}", _edited(lambda m, domain=domain: _foreign_node(m, domain))
    yield "graph in a graph", _edited(_branch)
    yield (
        "own function",
        _edited(
            lambda m: m.functions.append(
                helper.make_function("f", "F", ["a"], ["b"], [helper.make_node("Abs", ["a"], ["b"])], [])
            )
        ),
    )
    yield "sparse weights", _edited(lambda m: m.graph.sparse_initializer.add())
    yield "training", _edited(lambda m: m.training_info.add())


def _foreign_node(model: onnx.ModelProto, domain: str) -> None:
    model.graph.node.append(helper.make_node("Gelu", ["obs"], ["unused"], domain=domain))
    model.opset_import.add(domain=domain, version=1)


def _branch(model: onnx.ModelProto) -> None:
    shape = helper.make_tensor_value_info("y", TensorProto.FLOAT, [])
    branch = helper.make_graph([helper.make_node("Constant", [], ["y"], value_float=1.0)], "branch", [], [shape])
    model.graph.node.append(helper.make_node("Identity", ["obs"], ["unused"], body=branch))


def _metadata() -> Iterator[tuple[str, Content]]:
    yield "no metadata", _edited(lambda m: m.ClearField("metadata_props"))
    yield "contract twice", _edited(lambda m: m.metadata_props.append(m.metadata_props[-1]))
    yield "contract under another name", _edited(lambda m: [setattr(e, "key", e.key.upper()) for e in m.metadata_props])
    for key, value in (
        ("joint_names", "knee,hip"),
        ("joint_stiffness", "1e9,1e9"),
        ("action_scale", "0.5"),
        ("observation_terms_scale", ""),
        ("default_joint_pos", "nan,nan"),
    ):
        yield f"lying {key}", _edited(lambda m, key=key, value=value: _say(m, key, value))
    yield "lying golden vector", _with_contract(_put("golden.3.actions", [9.0, 9.0]))


def _say(model: onnx.ModelProto, key: str, value: str) -> None:
    next(entry for entry in model.metadata_props if entry.key == key).value = value


def _contract(sound: bytes) -> str:
    model = onnx.load_model_from_string(sound)
    return next(entry.value for entry in model.metadata_props if entry.key == KEY)


def _with_contract(change: Callable[[str], str]) -> Content:
    def edit(sound: bytes) -> bytes:
        text = change(_contract(sound)).encode("utf-8", "surrogatepass")
        model = onnx.load_model_from_string(sound)
        kept = [entry for entry in model.metadata_props if entry.key != KEY]
        del model.metadata_props[:]
        model.metadata_props.extend(kept)
        return model.SerializeToString() + _field(14, _field(1, KEY.encode()) + _field(2, text))

    return edit


def _put(place: str, value: Any) -> Callable[[str], str]:
    def change(text: str) -> str:
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

    return change


def _literal(place: str, literal: str) -> Callable[[str], str]:
    """Put a number that json.dumps would not write."""
    return lambda text: _put(place, "@@")(text).replace('"@@"', literal)


def _edits() -> Iterator[tuple[str, Callable[[str], str]]]:
    yield "empty", lambda text: ""
    yield "cut", lambda text: text[: len(text) // 2]
    yield "null", lambda text: "null"
    yield "list", lambda text: "[]"
    yield "number", lambda text: "1"
    yield "twice", lambda text: text + text
    yield "nested lists", lambda text: "[" * 100_000 + "]" * 100_000
    yield "nested objects", lambda text: '{"a":' * 100_000 + "1" + "}" * 100_000
    yield "nested value", _literal("limits", "[" * 50_000 + "]" * 50_000)
    yield "huge", lambda text: text[:-1] + " " * 9_000_000 + "}"
    yield "other schema", _put("schema", "webfoot-contract/2")
    yield "long schema", _put("schema", "x" * 1_000_000)
    for part in ("joints", "observation", "command", "control", "phase", "golden", "action", "robot"):
        yield f"without {part}", _put(part, ...)
        yield f"{part} as text", _put(part, "x")
    for place in ("joints.upper.0", "control.control_dt", "phase.period_s", "observation.terms.0.scale"):
        for literal in ("NaN", "1e400", "-1e400", "1" * 5000, "1e-400x", "true", "null", '"1"', "[1]", "{}"):
            yield f"{place} is {literal[:8]}", _literal(place, literal)
    for place, value in (
        ("control.control_dt", 0),
        ("control.control_dt", -0.02),
        ("observation.size", 10**9),
        ("observation.size", -1),
        ("observation.terms.0.stop", 10**9),
        ("observation.terms.0.history", 10**9),
        ("observation.terms.0.history", 0),
        ("observation.terms.0.name", "lidar"),
        ("observation.terms.0.name", "x\ny" * 100_000),
        ("observation.terms.0.name", ["gyro"]),
        ("observation.terms", []),
        ("observation.terms", {}),
        ("joints.names", ["hip"]),
        ("joints.names", ["hip", "hip"]),
        ("joints.names", ["hip"] * 100_000),
        ("joints.names", ["\x00", "\x1b[2J"]),
        ("joints.lower", [5.0, 5.0]),
        ("joints.kp", [-1.0, -1.0]),
        ("joints.extra\nline", 1),
        ("golden", []),
        ("golden.0.obs", [0.0]),
        ("golden.0.joint_pos_target", ["a", "b"]),
        ("action.size", 3),
        ("action.clip", [1.0, -1.0]),
        ("robot.quaternion_order", "xyzw"),
        ("robot.mass_kg", -1),
        ("created", "yesterday"),
        ("limits", {"x" * 100_000: 1}),
    ):
        yield f"{place[:30]!r} is {str(value)[:12]!r}", _put(place, value)
