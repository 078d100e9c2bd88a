"""`ReferenceSeries`: the reference as a torch module, the same one in training and inside the ONNX graph."""

import math

import torch
from torch import Tensor, nn

from webfoot.motion.reference import COMMAND_UNITS, Reference
from webfoot.task.state import ReferenceState

STANDING_WIDTH_SHARE = 0.25
"""Width around the zero command within which a library stands still, in `COMMAND_UNITS`."""


class ReferenceSeries(nn.Module):
    """Fourier series of C clips; gives the reference at a phase and a command."""

    def __init__(self, reference: Reference):
        super().__init__()
        self.nu, self.num_feet, self.period_s = reference.nu, reference.num_feet, reference.period_s
        self.num_harmonics = reference.num_harmonics
        self.coefficients: Tensor
        self.commands: Tensor
        self.width: Tensor
        self.standing: Tensor
        self.register_buffer("coefficients", torch.tensor(reference.coefficients, dtype=torch.float32))
        self.register_buffer("commands", torch.tensor(reference.commands, dtype=torch.float32))
        self.register_buffer("width", torch.tensor(reference.blend_width, dtype=torch.float32))
        self.stands = reference.standing is not None
        still = torch.zeros(1, *self.coefficients.shape[1:])
        if reference.standing is not None:
            still[0, 0] = torch.tensor(reference.standing, dtype=torch.float32)
        self.register_buffer("standing", still)
        order = torch.arange(1, self.num_harmonics + 1, dtype=torch.float32) * (2 * math.pi)
        self._order: Tensor
        self.register_buffer("_order", order, persistent=False)

    def blend(self, command: Tensor) -> Tensor:
        """Coefficients of the clips around each command, and of standing still around zero where that is known.

            x = (1 - s) sum_c w_c x_c + s x_standing
            w_c = softmax_c(-|(command - command_c) / width|^2 / 2),  s = exp(-|command / standing width|^2 / 2)

        Args:
            command: vx, vy [m/s], wz [rad/s], shape (N, 3).

        Returns:
            Coefficients, shape (N, 1 + 2K, D).
        """
        distance = ((command[:, None] - self.commands) / self.width).square().sum(dim=-1)  # (N, C)
        weights = torch.softmax(-0.5 * distance, dim=-1)
        blended = (weights @ self.coefficients.flatten(1)).unflatten(1, self.coefficients.shape[1:])
        if self.stands:
            near = (command / (STANDING_WIDTH_SHARE * command.new_tensor(COMMAND_UNITS))).square().sum(dim=-1)
            blended = torch.lerp(blended, self.standing, torch.exp(-0.5 * near)[:, None, None])
        return blended

    def servo_target(self, command: Tensor, phase_vector: Tensor) -> Tensor:
        """Reference servo targets from what an observation holds; this is what the ONNX graph computes.

        Args:
            command: shape (N, 3).
            phase_vector: cos and sin of the phase angle, shape (N, 2).

        Returns:
            Servo targets [rad], shape (N, nu).
        """
        basis = _basis_from_vector(phase_vector, self.num_harmonics)
        return torch.bmm(basis[:, None], self.blend(command)[:, :, -self.nu :])[:, 0]

    def mean_target(self) -> Tensor:
        """Servo targets averaged over the cycle and the clips [rad], shape (nu,)."""
        return self.coefficients[:, 0, -self.nu :].mean(dim=0)

    def commanded(self, command: Tensor) -> Tensor:
        """`blend`, with a velocity that is on average exactly the command, shape (N, 1 + 2K, D)."""
        coefficients = self.blend(command)
        coefficients[:, 0, self.nu + 3 : self.nu + 6] = command
        return coefficients

    def state(self, coefficients: Tensor, phase: Tensor) -> ReferenceState:
        """Reference at every robot's phase.

        Args:
            coefficients: of each robot's command, from `blend`, shape (N, 1 + 2K, D).
            phase: in [0, 1), shape (N,).
        """
        angle = phase[:, None] * self._order
        cos, sin = angle.cos(), angle.sin()
        ones, zeros = phase.new_ones(len(phase), 1), phase.new_zeros(len(phase), 1)
        rate = self._order / self.period_s
        basis = torch.stack([torch.cat([ones, cos, sin], 1), torch.cat([zeros, -sin * rate, cos * rate], 1)], dim=1)
        values, rates = torch.bmm(basis, coefficients).unbind(dim=1)
        nu = self.nu
        return ReferenceState(
            joint_pos=values[:, :nu],
            joint_vel=rates[:, :nu],
            base_height=values[:, nu],
            tilt=values[:, nu + 1 : nu + 3],
            velocity=values[:, nu + 3 : nu + 6],
            foot_height=values[:, nu + 6 : -nu],
            servo_target=values[:, -nu:],
        )


def _basis_from_vector(phase_vector: Tensor, harmonics: int) -> Tensor:
    """Fourier basis from cos and sin alone, by doubling: (z..z^k) times z^k gives (z^(k+1)..z^2k).

    A vector clearly off the unit circle is put back on it first: its 256th power would overflow. Others stay as they
    are: a length rounded differently by torch and onnxruntime would grow with every power.
    """
    length = phase_vector.square().sum(dim=1, keepdim=True).sqrt().clamp_min(1e-6)
    length = torch.where((length - 1.0).abs() > 1e-3, length, 1.0)
    cos, sin = (phase_vector / length).split(1, dim=1)
    while cos.shape[1] < harmonics:
        c, s = cos[:, -1:], sin[:, -1:]
        cos, sin = torch.cat([cos, cos * c - sin * s], dim=1), torch.cat([sin, sin * c + cos * s], dim=1)
    return torch.cat([torch.ones_like(phase_vector[:, :1]), cos[:, :harmonics], sin[:, :harmonics]], dim=1)
