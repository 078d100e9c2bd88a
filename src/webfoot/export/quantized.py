"""A policy with weights of eight bits (dynamic int8), and what that costs in accuracy."""

import logging
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from webfoot_runtime.policy import ControlLoop, OnnxPolicy
from webfoot_runtime.session import Inference, open_session, read_policy_bytes

QUANTIZED = ("Gemm", "MatMul")


@dataclass(frozen=True)
class Accuracy:
    """How far joint position targets are off those of float32 [rad]."""

    max_rad: float
    rms_rad: float
    observations: int
    """How many were compared."""


class QuantizedPolicy(ControlLoop):
    """A policy whose matrices are int8, with the memory and the contract of the original."""

    def __init__(self, path: Path | str):
        """Quantize a policy file; nothing is written beside it.

        Raises:
            PolicyError: the file is not a policy that can be run.
        """
        data, name = read_policy_bytes(path), Path(path).name
        super().__init__(OnnxPolicy(path, data=data).layout, f"{name} in int8")
        self.data = quantize(data)
        session = open_session(self.data, self._where)
        self._inference = Inference(session, self.layout.obs_size, self.layout.nu, self._where)

    def run(self, obs: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """See `ControlLoop.run`."""
        return self._inference(obs)


def quantize(data: bytes) -> bytes:
    """The model with int8 weights; activations are quantized as they come.

    Args:
        data: a model that `OnnxPolicy` accepts.
    """
    from onnxruntime.quantization import quantize_dynamic  # takes a second to import

    with tempfile.TemporaryDirectory() as folder:
        given, made = Path(folder) / "float32.onnx", Path(folder) / "int8.onnx"
        given.write_bytes(data)
        logging.disable(logging.WARNING)  # it advises a preparation of the model that changes nothing here
        try:
            quantize_dynamic(given, made, op_types_to_quantize=list(QUANTIZED))
        finally:
            logging.disable(logging.NOTSET)
        return made.read_bytes()


def accuracy(policy: OnnxPolicy, quantized: QuantizedPolicy, observations: NDArray[np.float32]) -> Accuracy:
    """Differences between the targets of both.

    One robot at a time, as deployed: activations are quantized by the largest of all robots that run together.

    Args:
        policy: the original.
        quantized: the same with int8 weights.
        observations: what the policy meets in use, (M, n).
    """
    rows = [observations[i : i + 1] for i in range(len(observations))]
    off = np.concatenate([quantized.run(row)[1] - policy.run(row)[1] for row in rows]).astype(float)
    return Accuracy(float(np.abs(off).max()), float(np.sqrt(np.mean(off**2))), len(rows))
