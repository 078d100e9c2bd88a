"""One inference on one thread: onnxruntime as the runtime calls it, int8, and plain numpy with the same weights.

numpy computes the network alone, into buffers that are there already; onnxruntime the reference and the limits too.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper
from parts.cases import Case, folder_for_runs, hardest, parser
from parts.table import print_machine, print_table

from webfoot.config import parse_config
from webfoot.export.compact import CompactGraph
from webfoot.export.describe import Provenance, describe
from webfoot.export.graph import PolicyGraph, example_observations, freeze
from webfoot.export.latency import measure_step, time_calls, time_inference
from webfoot.export.quantized import QuantizedPolicy
from webfoot.export.write import export_policy
from webfoot.learn.ppo import Ppo
from webfoot.sim.cpu import CpuSim
from webfoot.task.walk import WalkTask
from webfoot.training import mirror_maps
from webfoot_runtime.policy import OnnxPolicy

HIDDEN = (128, 256, 512)
"""Units of the first hidden layer, the default first; the second has half."""


def main() -> None:
    made = parser(__doc__)
    made.add_argument("--rounds", type=int, default=5, help="of 2,000 inferences each; medians are shown")
    options = made.parse_args()
    print_machine()
    case, out = hardest(options), folder_for_runs(options)
    header = ("network", "onnxruntime p50", "p99", "int8 p50", "p99", "numpy p50", "p99", "whole step p50", "p99")
    rows = []
    paths = [untrained_policy(case, hidden, out) for hidden in HIDDEN]
    measured(paths[0], OnnxPolicy(paths[0]), 1)  # thrown away: a core that was idle is slow at first
    for hidden, path in zip(HIDDEN, paths, strict=True):
        policy = OnnxPolicy(path)
        name = f"{policy.layout.obs_size}-{hidden}-{hidden // 2}-{policy.layout.nu}, left and right"
        rows.append((name, *measured(path, policy, options.rounds)))
    print(f"{case.name}; CPU time of the thread [us], less what reading the clock costs\n")
    print_table(header, rows)


def untrained_policy(case: Case, hidden: int, out: Path) -> Path:
    """A policy file as a training would write it at its beginning."""
    torch.manual_seed(0)
    config = parse_config({"hidden_size": hidden})
    robot, reference = case.load(config)
    task = WalkTask(robot, reference, CpuSim(robot, config.sim, 8, num_threads=1), config.task, 0)
    ppo = Ppo(task.observe(), robot.nu, config.ppo, mirror_maps(robot, reference, config.task))
    seen = [task.observe().actor]
    for _ in range(8):
        seen.append(task.step(0.3 * torch.randn(8, robot.nu)).observation.actor)
    graph = freeze(PolicyGraph(ppo.frozen_actor(), task))
    contract = describe(robot, reference, config.task, config.sim, Provenance("latency", "tracking", ("0" * 64,), "{}"))
    observations = example_observations(torch.cat(seen), 64).numpy()
    path = out / f"policy-{hidden}.onnx"
    return export_policy(graph, contract, path, observations, written=CompactGraph(graph)).path


def measured(path: Path, policy: OnnxPolicy, rounds: int) -> list[float]:
    """p50 and p99 of each way [us], medians over rounds in which they take turns."""
    obs = policy.layout.golden_obs[:1]
    plain, quantized = NumpyNetwork(path), QuantizedPolicy(path)
    actions, _ = policy.run(obs)
    np.testing.assert_allclose(plain(obs[0]), actions[0], atol=1e-5)
    taken = []
    for _ in range(rounds):
        samples = (
            time_inference(policy),
            time_inference(quantized),
            time_calls(lambda: plain(obs[0]), 2000, 200),
            np.array(measure_step(path).samples_us),
        )
        taken.append([np.percentile(values, share) for values in samples for share in (50, 99)])
    return [float(value) for value in np.median(taken, axis=0)]


@dataclass
class _Layer:
    weight: NDArray[np.float32]
    bias: NDArray[np.float32]
    out: NDArray[np.float32]
    below_zero: NDArray[np.float32]


class NumpyNetwork:
    """The network of a policy file, read from it: two layers with ELU for both sides, and one that adds them."""

    def __init__(self, path: Path):
        tensors = {t.name: numpy_helper.to_array(t) for t in onnx.load(path).graph.initializer}
        self.layers = []
        for number in range(3):
            weight, bias = tensors[f"network.weights.{number}"], tensors[f"network.biases.{number}"]
            rows = 2 if number == 1 else 1
            out = np.empty((rows, len(bias)), dtype=np.float32)
            self.layers.append(_Layer(np.ascontiguousarray(weight.T), bias, out, np.empty_like(out)))
        self.limit = 3.0

    def __call__(self, obs: NDArray[np.float32]) -> NDArray[np.float32]:
        """Actions (nu,) for one observation (n,)."""
        first, second, last = self.layers
        seen = self._activated(first, obs[None]).reshape(2, -1)
        both = self._activated(second, seen).reshape(1, -1)
        np.matmul(both, last.weight, out=last.out)
        last.out += last.bias
        return np.clip(last.out[0], -self.limit, self.limit, out=last.out[0])

    @staticmethod
    def _activated(layer: _Layer, seen: NDArray[np.float32]) -> NDArray[np.float32]:
        out, below = layer.out, layer.below_zero
        np.matmul(seen, layer.weight, out=out)
        out += layer.bias
        np.minimum(out, 0.0, out=below)
        np.expm1(below, out=below)
        np.maximum(out, 0.0, out=out)
        out += below
        return out


if __name__ == "__main__":
    main()
