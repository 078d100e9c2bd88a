"""Write a policy: torch module to one ONNX file that carries its contract and was compared with torch first."""

import copy
import io
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray

from webfoot.errors import PolicyError
from webfoot.export.atomic import write_atomically
from webfoot.export.contract import Contract, Golden, Limit, parse_contract
from webfoot.export.extremes import extremes
from webfoot.export.mjlab import mjlab_metadata
from webfoot_runtime.policy import GOLDEN_COUNT, METADATA_KEY, OnnxPolicy
from webfoot_runtime.session import OUTPUTS, open_session, read_policy_bytes, run_session, shape_problems
from webfoot_runtime.wire import file_facts

OPSET = 18
PARITY_LIMIT = 1e-5


@dataclass(frozen=True)
class ExportResult:
    """What was written, and how well it agrees with torch."""

    path: Path
    contract: Contract
    """As written: with its golden vectors."""
    parity: float
    """Largest difference between onnxruntime and torch over all outputs and observations."""
    size_bytes: int


def export_policy(
    module: torch.nn.Module,
    contract: Contract,
    path: Path | str,
    observations: NDArray[np.float32],
    written: torch.nn.Module | None = None,
) -> ExportResult:
    """Write `module` as an ONNX policy, if onnxruntime and torch agree on it.

    Nothing is left behind, and a file that stood at `path` stays, unless all went well.

    Args:
        module: forward(obs (B, n)) -> (actions (B, nu), joint_pos_target (B, nu)); it is copied, not changed.
        contract: without golden vectors, or with ones to replace.
        path: the file to write; its folder must exist.
        observations: what the policy meets in use, (M, n), M >= 10; ten of them become the golden vectors.
        written: a module that computes the same in another way, to be written instead; it is held against `module`.

    Raises:
        PolicyError: the outputs differ by more than 1e-5, are not finite, have the wrong shape, or come from operators
                or observation terms that the runtime refuses.
    """
    path = Path(path)
    if not path.parent.is_dir():
        raise PolicyError(f"{path.parent}: is not a folder; give a path in a folder that exists")
    observations = np.ascontiguousarray(observations, dtype=np.float32)
    wanted = contract.observation.size
    if observations.ndim != 2 or observations.shape[1] != wanted or len(observations) < GOLDEN_COUNT:
        raise PolicyError(
            f"observations have the shape {observations.shape}; (at least {GOLDEN_COUNT}, {wanted}) is needed"
        )
    module = copy.deepcopy(module).cpu().eval()
    data = _exported(module if written is None else written.cpu().eval(), observations[:2])
    parity = _parity(module, data, contract, np.concatenate([observations, extremes(contract)]), path.name)
    contract = contract.model_copy(update={"golden": _golden(data, observations, path.name)})
    finished = _with_metadata(data, contract)
    OnnxPolicy(path, data=finished)  # a file that the runtime refuses is not written
    write_atomically(path, finished)
    return ExportResult(path, contract, parity, len(finished))


def write_limits(path: Path | str, limits: dict[str, Limit]) -> Contract:
    """Put what a policy was validated against, and what it reached, into its contract; the graph stays as it is.

    Raises:
        PolicyError: the file is no policy with a contract.
    """
    path = Path(path)
    data = read_policy_bytes(path)
    facts = file_facts(data, path.name)
    if METADATA_KEY not in facts.metadata:
        raise PolicyError(f"{path.name}: holds no {METADATA_KEY}; export it with 'webfoot export'")
    contract = parse_contract(facts.metadata[METADATA_KEY], path.name).model_copy(update={"limits": limits})
    write_atomically(path, _with_metadata(data, contract))
    return contract


def _exported(module: torch.nn.Module, example: NDArray[np.float32]) -> bytes:
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        # torch deprecates this exporter; the new one puts the weights into a second file and takes 2 s
        warnings.simplefilter("ignore")
        torch.onnx.export(
            module,
            (torch.from_numpy(example),),
            buffer,  # pyright: ignore[reportArgumentType]  (the old exporter takes buffers, its type does not say so)
            input_names=["obs"],
            output_names=list(OUTPUTS),
            dynamic_axes={name: {0: "batch"} for name in ("obs", *OUTPUTS)},
            opset_version=OPSET,
            dynamo=False,
        )
    return buffer.getvalue()


def _parity(
    module: torch.nn.Module, data: bytes, contract: Contract, observations: NDArray[np.float32], where: str
) -> float:
    """Largest difference between onnxruntime and torch; raises when it is more than PARITY_LIMIT."""
    session = open_session(data, where)
    problems = shape_problems(session, contract.observation.size, len(contract.joints.names))
    if problems:
        raise PolicyError(f"{where}: not written, because the graph contradicts its contract: {problems[0]}")
    with torch.no_grad():
        expected = [output.numpy() for output in module(torch.from_numpy(observations))]
    worst = 0.0
    for name, said, meant in zip(OUTPUTS, run_session(session, observations, where), expected, strict=True):
        wanted = (len(observations), len(contract.joints.names))
        if said.shape != wanted or meant.shape != wanted:
            raise PolicyError(f"{where}: not written, because {name} has the shape {said.shape} instead of {wanted}")
        if not (np.isfinite(said).all() and np.isfinite(meant).all()):
            raise PolicyError(f"{where}: not written, because {name} holds NaN or infinity; train the policy again")
        worst = max(worst, float(np.abs(said - meant).max()))
    if worst > PARITY_LIMIT:
        raise PolicyError(
            f"{where}: not written, because onnxruntime and torch differ by {worst:.2g}, more than {PARITY_LIMIT:g}"
        )
    return worst


def _golden_pair(*rows: NDArray[np.float32]) -> Golden:
    obs, actions, target = (tuple(row.tolist()) for row in rows)
    return Golden(obs=obs, actions=actions, joint_pos_target=target)


def _golden(data: bytes, observations: NDArray[np.float32], where: str) -> tuple[Golden, ...]:
    session = open_session(data, where)
    rows = np.linspace(0, len(observations) - 1, GOLDEN_COUNT).round().astype(int)
    pairs = []
    for row in rows:
        actions, target = run_session(session, observations[row : row + 1], where)  # one robot, as deployed
        pairs.append(_golden_pair(observations[row], actions[0], target[0]))
    return tuple(pairs)


def _with_metadata(data: bytes, contract: Contract) -> bytes:
    model = onnx.load_model_from_string(data)
    onnx.helper.set_model_props(model, {**mjlab_metadata(contract), METADATA_KEY: contract.to_json()})
    onnx.checker.check_model(model, full_check=True)
    return model.SerializeToString()
