"""Bytes of a policy file and the onnxruntime session over them; nothing here knows the contract."""

import importlib
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from webfoot.errors import PolicyError

MAX_FILE_BYTES = 256 * 2**20
OUTPUTS = ("actions", "joint_pos_target")

_STATE = importlib.import_module("onnxruntime.capi.onnxruntime_pybind11_state")
_SESSION_ERRORS = (
    RuntimeError,
    ValueError,
    *(kind for kind in vars(_STATE).values() if isinstance(kind, type) and issubclass(kind, Exception)),
)  # onnxruntime's own exceptions have no common base


def read_policy_bytes(path: Path | str) -> bytes:
    """Content of a policy file.

    Raises:
        PolicyError: no regular file, unreadable, empty, or larger than MAX_FILE_BYTES.
    """
    path = Path(path)
    if not path.is_file():
        raise PolicyError(f"{path}: is not a file; give the path of a policy.onnx")
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise PolicyError(f"{path.name}: is larger than {MAX_FILE_BYTES >> 20} MiB, more than any policy needs")
        data = path.read_bytes()
    except OSError as error:
        raise PolicyError(f"{path}: cannot be read ({error.strerror}); give a readable policy.onnx") from None
    if not data:
        raise PolicyError(f"{path.name}: is empty; export the policy again")
    return data


def open_session(data: bytes, where: str, threads: int = 1) -> onnxruntime.InferenceSession:
    """Inference session on the CPU over the bytes of a model.

    Raises:
        PolicyError: onnxruntime refuses the model.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    try:
        return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    except _SESSION_ERRORS as error:
        raise PolicyError(
            f"{where}: onnxruntime refuses the model ({_short(error)}); export the policy again"
        ) from None


def run_session(
    session: onnxruntime.InferenceSession, obs: NDArray[np.float32], where: str
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """`actions` and `joint_pos_target` [rad], both (N, nu), for observations (N, n).

    Raises:
        PolicyError: the graph fails on them.
    """
    try:
        actions, target = session.run(OUTPUTS, {"obs": obs})
    except _SESSION_ERRORS as error:
        raise PolicyError(f"{where}: the graph cannot be run ({_short(error)}); export the policy again") from None
    return np.asarray(actions), np.asarray(target)


def shape_problems(session: onnxruntime.InferenceSession, obs_size: int, nu: int) -> list[str]:
    """What differs between the graph's inputs and outputs and those of the contract, one sentence part each."""
    wanted = {"obs": obs_size, **dict.fromkeys(OUTPUTS, nu)}
    nodes = {node.name: node for node in [*session.get_inputs(), *session.get_outputs()]}
    names_right = [node.name for node in session.get_inputs()] == ["obs"] and nodes.keys() == wanted.keys()
    if not names_right:
        return [f"its tensors are {', '.join(nodes)[:200]} instead of input obs and outputs {' and '.join(OUTPUTS)}"]
    problems = []
    for name, size in wanted.items():
        shape, kind = list(nodes[name].shape), nodes[name].type
        free_batch = len(shape) == 2 and not isinstance(shape[0], int)
        # an output's width may be left open by the exporter; the first run shows it
        sized = free_batch and (shape[1] == size or (name != "obs" and not isinstance(shape[1], int)))
        if kind != "tensor(float)" or not sized:
            problems.append(f"{name} is {kind} {shape} instead of tensor(float) ['batch', {size}]")
    return problems


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
