"""The one place that decides how many threads physics and learning take."""

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Threads:
    """How the cores are shared between physics and torch, which run in turn, never together."""

    physics: int
    torch: int


def share_cores(cores: int | None = None) -> Threads:
    """Physics gets every core, torch one.

    Torch's OpenMP workers keep spinning after each small operation and so take the cores that physics needs next:
    with two threads each, training ran at 15,300 steps/s on two cores, with one torch thread at 16,500.
    Networks of a few hundred units gain nothing from more; a thread for every eight cores covers large batches.

    Args:
        cores: cores to share; by default those this process may use.
    """
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    available = cores or allowed
    return Threads(physics=max(1, available), torch=max(1, available // 8))


def apply_threads(threads: Threads) -> None:
    """Limit torch to its share; the physics share is given to `CpuSim`."""
    import torch

    torch.set_num_threads(threads.torch)
