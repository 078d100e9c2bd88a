"""How far the policy's motion is from the demonstrations: a convergence signal for adversarial imitation.

The adversary's own accuracy says nothing (it is near 1 in good runs and bad ones alike), since it learns with the
policy. A two-sample distance does not learn: 1 means as alike as two halves of the demonstrations.
"""

import torch
from torch import Tensor


class Gap:
    """Distance of windows from demonstrations, in shares of the distance between two halves of the demonstrations."""

    def __init__(self, first: Tensor, second: Tensor, floor: float, count: int = 256):
        """Take two halves of the demonstrations, each (M, d), that share no robot.

        Args:
            floor: standard deviation below which a direction is not stretched.
            count: windows that a distance is taken over.
        """
        self._count = count
        whole = torch.cat([first, second])
        self._mean = whole.mean(dim=0)
        covariance = torch.cov((whole - self._mean).T)
        values, vectors = torch.linalg.eigh(covariance)
        self._whiten = vectors / (values.clamp_min(0.0) + floor**2).sqrt()
        self._demo = self._prepared(second)
        self._unit = float(energy_distance(self._prepared(first), self._demo).clamp_min(1e-9).sqrt())

    def __call__(self, windows: Tensor) -> float:
        """The distance of these windows, (M, d)."""
        return float(energy_distance(self._prepared(windows), self._demo).clamp_min(0.0).sqrt()) / self._unit

    def _prepared(self, windows: Tensor) -> Tensor:
        rows = torch.linspace(0, len(windows) - 1, min(self._count, len(windows)), device=windows.device).round().long()
        return (windows[rows] - self._mean) @ self._whiten


def energy_distance(first: Tensor, second: Tensor) -> Tensor:
    """Squared distance of two samples, zero only where their distributions are one.

        E^2 = 2 E|x - y| - E|x - x'| - E|y - y'|

    Source: Szekely and Rizzo, "Energy statistics", 2013.

    Args:
        first: shape (A, d).
        second: shape (B, d).
    """
    between = torch.cdist(first, second).mean()
    return 2 * between - torch.cdist(first, first).mean() - torch.cdist(second, second).mean()
