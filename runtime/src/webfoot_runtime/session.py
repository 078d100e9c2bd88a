"""Bytes of a policy file and the onnxruntime session over them; nothing here knows the contract."""

import functools
import importlib
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from webfoot_runtime.errors import PolicyError

MAX_FILE_BYTES = 256 * 2**20
OUTPUTS = ("actions", "joint_pos_target")
MAX_MEMORY_BYTES = 512 * 2**20
"""What the inferences of a process may take beside the weights; a small file can ask for any amount."""

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
    if path.is_dir():
        raise PolicyError(f"{path}: is not a file but a folder; give the policy.onnx in it")
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

    The model is run once as it stands, within MAX_MEMORY_BYTES, before it is optimised: what is computed from constants
    alone is computed while optimising, in memory that onnxruntime does not limit.

    Raises:
        PolicyError: onnxruntime refuses the model, or the model cannot be run within its memory.
    """
    plain = _session(data, where, threads, onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL)
    inputs = plain.get_inputs()
    shape = inputs[0].shape if len(inputs) == 1 else []
    if len(shape) != 2 or not isinstance(shape[1], int) or inputs[0].type != "tensor(float)":
        return plain  # `shape_problems` tells what is wrong with it
    try:
        plain.run(None, {inputs[0].name: np.zeros((1, shape[1]), dtype=np.float32)})
    except _SESSION_ERRORS as error:
        raise _failed(error, where) from None
    return _session(data, where, threads, onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL)


def _session(
    data: bytes, where: str, threads: int, level: onnxruntime.GraphOptimizationLevel
) -> onnxruntime.InferenceSession:
    _limit_memory()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    options.graph_optimization_level = level
    options.add_session_config_entry("session.use_env_allocators", "1")
    try:
        return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    except _SESSION_ERRORS as error:
        raise PolicyError(
            f"{where}: onnxruntime refuses the model ({_short(error)}); export the policy again"
        ) from None


@functools.cache
def _limit_memory() -> None:
    """Let all sessions of this process that ask for it share one limited arena."""
    onnxruntime.set_default_logger_severity(4)  # what goes wrong is an exception already
    place = onnxruntime.OrtMemoryInfo(
        "Cpu", onnxruntime.OrtAllocatorType.ORT_ARENA_ALLOCATOR, 0, onnxruntime.OrtMemType.DEFAULT
    )
    as_requested = {"arena_extend_strategy": 1, "initial_chunk_size_bytes": 2**16, "max_dead_bytes_per_chunk": -1}
    onnxruntime.create_and_register_allocator(
        place, onnxruntime.OrtArenaCfg({"max_mem": MAX_MEMORY_BYTES, **as_requested})
    )


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
        raise _failed(error, where) from None
    return np.asarray(actions), np.asarray(target)


class Inference:
    """Runs a policy's session. One robot's observation goes through memory that is bound once: a third faster.

    The session is given what to read and write at each call otherwise, by name. The answers are arrays of their own
    either way; two threads need one of these each.
    """

    def __init__(self, session: onnxruntime.InferenceSession, obs_size: int, nu: int, where: str):
        """Bind the memory.

        Args:
            session: without `shape_problems`.
            obs_size: numbers in an observation.
            nu: number of actuated joints.
            where: what messages name as the policy.
        """
        self._session, self._nu, self._where = session, nu, where
        self._obs = np.zeros((1, obs_size), dtype=np.float32)
        self._actions, self._target = (np.zeros((1, nu), dtype=np.float32) for _ in OUTPUTS)
        self._binding = session.io_binding()
        self._binding.bind_input("obs", "cpu", 0, np.float32, self._obs.shape, self._obs.ctypes.data)
        for name, array in zip(OUTPUTS, (self._actions, self._target), strict=True):
            self._binding.bind_output(name, "cpu", 0, np.float32, array.shape, array.ctypes.data)

    def __call__(self, obs: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """`actions` and `joint_pos_target` [rad], both (N, nu), for observations (N, n).

        Raises:
            PolicyError: the graph fails on them, or answers with another shape.
        """
        if obs.shape != self._obs.shape:
            return self._many(obs)
        self._obs[...] = obs
        try:
            self._session.run_with_iobinding(self._binding)
        except _SESSION_ERRORS as error:
            raise _failed(error, self._where) from None
        return self._actions.copy(), self._target.copy()

    def _many(self, obs: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        actions, target = run_session(self._session, obs, self._where)
        wanted = (len(obs), self._nu)
        if actions.shape != wanted or target.shape != wanted:
            raise PolicyError(f"{self._where}: answers {actions.shape} and {target.shape}, but {wanted} would be right")
        return actions, target


def shape_problems(session: onnxruntime.InferenceSession, obs_size: int, nu: int) -> list[str]:
    """What differs between the graph's inputs and outputs and those of the contract, one sentence part each."""
    wanted = {"obs": obs_size, **dict.fromkeys(OUTPUTS, nu)}
    inputs, outputs = session.get_inputs(), session.get_outputs()
    nodes = {node.name: node for node in [*inputs, *outputs]}
    if [node.name for node in inputs] != ["obs"] or sorted(node.name for node in outputs) != sorted(OUTPUTS):
        named = ", ".join(node.name for node in [*inputs, *outputs])[:200]
        return [f"its tensors are {named} instead of input obs and outputs {' and '.join(OUTPUTS)}"]
    problems = []
    for name, size in wanted.items():
        shape, kind = list(nodes[name].shape), nodes[name].type
        free_batch = len(shape) == 2 and not isinstance(shape[0], int)
        # an output's width may be left open by the exporter; the first run shows it
        sized = free_batch and (shape[1] == size or (name != "obs" and not isinstance(shape[1], int)))
        if kind != "tensor(float)" or not sized:
            problems.append(f"{name} is {kind} {shape} instead of tensor(float) ['batch', {size}]")
    return problems


def _failed(error: Exception, where: str) -> PolicyError:
    if "arena" in str(error) or "allocate" in str(error):
        return PolicyError(f"{where}: needs more than {MAX_MEMORY_BYTES >> 20} MiB to be run; no policy needs so much")
    return PolicyError(f"{where}: the graph cannot be run ({_short(error)}); export the policy again")


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
