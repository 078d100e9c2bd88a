"""What an ONNX file says of itself, read from its protobuf bytes by the standard library alone.

The runtime looks here before it hands a file to onnxruntime: data outside the file, operators that no policy needs
and graphs inside graphs are refused unseen. Field numbers are those of onnx.proto (ONNX 1.20, IR version 10 and up).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from webfoot_runtime.errors import PolicyError

ALLOWED_OPERATORS = frozenset(
    """Abs Acos Add And Asin Atan BatchNormalization Cast Ceil Celu Clip Concat Constant ConstantOfShape Cos Div Elu
    Equal Erf Exp Expand Flatten Floor Gather GatherElements GatherND Gelu Gemm Greater GreaterOrEqual HardSigmoid
    HardSwish Identity InstanceNormalization LayerNormalization LeakyRelu Less LessOrEqual Log LogSoftmax MatMul Max
    Mean Min Mish Mod Mul Neg Not Or PRelu Pad Pow Reciprocal ReduceL1 ReduceL2 ReduceMax ReduceMean ReduceMin
    ReduceProd ReduceSum ReduceSumSquare Relu Reshape Round ScatterElements ScatterND Selu Shape Sigmoid Sign Sin
    Slice Softmax Softplus Softsign Split Sqrt Squeeze Sub Sum Tan Tanh ThresholdedRelu Tile Transpose Unsqueeze Where
    Xor""".split()  # noqa: SIM905
)
"""What multilayer perceptrons, normalisers and Fourier references are made of; no loops, randomness or text."""

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_EXTERNAL = 1
_MAX_FIELDS = 100_000
"""Fields of one message; a policy has some hundreds, and a file made to keep us busy has millions."""


@dataclass(frozen=True)
class FileFacts:
    """What a model file contains, as far as trust in it goes."""

    opset: int
    """Version of the default operator set."""
    operators: tuple[str, ...]
    """Operator of every node, `domain.name` where the domain is not ONNX's own."""
    metadata: dict[str, str]
    external_tensors: tuple[str, ...]
    """Tensors whose data lie outside the file."""

    @property
    def foreign_operators(self) -> tuple[str, ...]:
        """Operators that no policy needs, each once, sorted."""
        return tuple(sorted(set(self.operators) - ALLOWED_OPERATORS))


class _BrokenError(Exception):
    """The bytes are not the protobuf message that was expected."""


def _varint(data: memoryview, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if at >= len(data):
            raise _BrokenError
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
    raise _BrokenError


def _fields(data: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """Field number and value (an int, or the bytes of a length-delimited field) of one message."""
    at = 0
    for _ in range(_MAX_FIELDS):
        if at == len(data):
            return
        key, at = _varint(data, at)
        number, kind = key >> 3, key & 7
        if kind == _VARINT:
            value, at = _varint(data, at)
            yield number, value
            continue
        if kind == _BYTES:
            size, at = _varint(data, at)
        elif kind in (_FIXED64, _FIXED32):
            size = 8 if kind == _FIXED64 else 4
        else:
            raise _BrokenError
        if at + size > len(data):
            raise _BrokenError
        yield number, data[at : at + size]
        at += size
    raise _BrokenError


def _messages(data: memoryview, number: int) -> list[memoryview]:
    return [value for field, value in _fields(data) if field == number and isinstance(value, memoryview)]


def _has(data: memoryview, *numbers: int) -> bool:
    return any(field in numbers for field, _ in _fields(data))


def _text(data: memoryview, number: int) -> str:
    found = _messages(data, number)
    try:
        return bytes(found[-1]).decode() if found else ""
    except UnicodeDecodeError:
        raise _BrokenError from None


def _number(data: memoryview, number: int) -> int:
    found = [value for field, value in _fields(data) if field == number and isinstance(value, int)]
    return found[-1] if found else 0


def _is_external(tensor: memoryview) -> bool:
    return _number(tensor, 14) == _EXTERNAL or bool(_messages(tensor, 13))


def _operator(node: memoryview) -> str:
    domain, name = _text(node, 7), _text(node, 4)
    return name if domain in ("", "ai.onnx") else f"{domain}.{name}"


def _metadata(model: memoryview) -> dict[str, str]:
    pairs = [(_text(entry, 1), _text(entry, 2)) for entry in _messages(model, 14)]
    if len(dict(pairs)) != len(pairs):
        raise _BrokenError
    return dict(pairs)


def _facts(model: memoryview) -> FileFacts:
    graphs = _messages(model, 7)
    if len(graphs) != 1 or _has(model, 20, 25) or _has(graphs[0], 15):  # training, functions, sparse tensors
        raise _BrokenError
    nodes = _messages(graphs[0], 1)
    attributes = [attribute for node in nodes for attribute in _messages(node, 5)]
    if any(_has(attribute, 6, 11, 22, 23) for attribute in attributes):  # graphs in a graph, sparse tensors
        raise _BrokenError
    tensors = _messages(graphs[0], 5) + [
        tensor for attribute in attributes for field in (5, 10) for tensor in _messages(attribute, field)
    ]
    opsets = [_number(entry, 2) for entry in _messages(model, 8) if _text(entry, 1) in ("", "ai.onnx")]
    return FileFacts(
        opset=max(opsets, default=0),
        operators=tuple(_operator(node) for node in nodes),
        metadata=_metadata(model),
        external_tensors=tuple(_text(tensor, 8) for tensor in tensors if _is_external(tensor)),
    )


def file_facts(data: bytes, where: str) -> FileFacts:
    """What the bytes of an ONNX file contain.

    Raises:
        PolicyError: they are not one whole ONNX model with one flat graph.
    """
    try:
        return _facts(memoryview(data))
    except _BrokenError:
        raise PolicyError(f"{where}: is not one whole ONNX model with a flat graph; export the policy again") from None
