"""Whether one seed gives identical weights, bit for bit, in two processes."""

import hashlib
import subprocess
import sys
from pathlib import Path

import torch
from parts.cases import folder_for_runs, hardest, parser
from parts.table import print_machine, print_table

from webfoot.learn.checkpoint import load_checkpoint


def main() -> None:
    made = parser(__doc__)
    made.add_argument("--seeds", type=int, nargs="+", default=[0, 1])
    made.add_argument("--epochs", type=int, default=60)
    made.add_argument("--train-only", type=int, help="train once with this seed, print the digest of the weights")
    options = made.parse_args()
    if options.train_only is not None:
        result = hardest(options).train(folder_for_runs(options), seed=options.train_only, epochs=options.epochs)
        print(digest(result.run.checkpoint_file))
        return
    print_machine()
    rows = []
    for seed in options.seeds:
        digests = [in_a_process_of_its_own(seed) for _ in range(2)]
        rows.append((hardest(options).name, seed, options.epochs, *digests, digests[0] == digests[1]))
    print_table(("case", "seed", "iterations at most", "weights, first run", "second run", "identical"), rows)


def in_a_process_of_its_own(seed: int) -> str:
    words = [sys.executable, str(Path(__file__)), *sys.argv[1:], "--train-only", str(seed)]
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout.split()[-1]


def digest(checkpoint: Path) -> str:
    """SHA-256 of every weight, moment and normaliser in a checkpoint, the first 16 digits."""
    found = hashlib.sha256()
    for name, tensor in tensors("", load_checkpoint(checkpoint)["ppo"]):
        found.update(name.encode() + tensor.contiguous().numpy().tobytes())
    return found.hexdigest()[:16]


def tensors(name: str, value: object) -> list[tuple[str, torch.Tensor]]:
    if isinstance(value, torch.Tensor):
        return [(name, value)]
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list | tuple) else ()
    return [pair for key, inner in pairs for pair in tensors(f"{name}/{key}", inner)]


if __name__ == "__main__":
    main()
