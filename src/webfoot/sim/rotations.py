"""Rotations in torch: quaternions are wxyz, world from base; the heading frame is the world turned by the yaw."""

import torch
from torch import Tensor


def rotate_inverse(quat: Tensor, vector: Tensor) -> Tensor:
    """Bring a world vector into the base frame.

    Args:
        quat: orientation (wxyz), shape (N, 4).
        vector: in the world frame, shape (N, 3).

    Returns:
        The vector in the base frame, shape (N, 3).
    """
    w, xyz = quat[:, :1], quat[:, 1:]
    cross = 2.0 * torch.linalg.cross(vector, xyz)
    return vector + w * cross + torch.linalg.cross(cross, xyz)


def projected_gravity(quat: Tensor) -> Tensor:
    """Unit vector of gravity in the base frame, (0, 0, -1) upright, shape (N, 3)."""
    w, x, y, z = quat.unbind(-1)
    return torch.stack([2 * (w * y - x * z), -2 * (w * x + y * z), 2 * (x * x + y * y) - 1], dim=-1)


def heading(quat: Tensor) -> Tensor:
    """Yaw of the base's forward axis [rad], shape (N,)."""
    w, x, y, z = quat.unbind(-1)
    return torch.atan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z))


def into_heading(quat: Tensor, vector_xy: Tensor) -> Tensor:
    """Bring a horizontal world vector into the heading frame, shape (N, 2)."""
    w, x, y, z = quat.unbind(-1)
    forward = torch.stack([1 - 2 * (y * y + z * z), 2 * (w * z + x * y)], dim=-1)
    cos, sin = (forward / forward.norm(dim=-1, keepdim=True).clamp_min(1e-6)).unbind(-1)
    vx, vy = vector_xy.unbind(-1)
    return torch.stack([cos * vx + sin * vy, cos * vy - sin * vx], dim=-1)


def wrap_angle(angle: Tensor) -> Tensor:
    """The same angle in [-pi, pi)."""
    return (angle + torch.pi) % (2 * torch.pi) - torch.pi
