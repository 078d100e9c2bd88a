"""`CompactGraph`: what a `PolicyGraph` computes, in a third of the operators; this is what is written.

A small network spends its time in the calls of the operators, not in their arithmetic: the default policy takes 45 us
as it was trained and 12 us like this. Nothing is left out; export compares both.
"""

import copy
import math

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import linear

from webfoot.export.graph import PolicyGraph
from webfoot.learn.actor import SymmetricActor
from webfoot.motion.reference import COMMAND_UNITS, fourier_basis
from webfoot.task.series import STANDING_WIDTH_SHARE, ReferenceSeries

MOST_ERROR = 2e-6
"""What the short form of the reference may cost [rad], a fifth of what export allows."""
PHASES_TRIED = 512


class CompactGraph(nn.Module):
    """Observations (B, n) to actions (B, nu) and joint position targets [rad] (B, nu), as `PolicyGraph` does."""

    def __init__(self, graph: PolicyGraph):
        super().__init__()
        self.network, self.actions = CompactNetwork(graph.actor), graph.actions
        self.series = None if graph.series is None else _compact_series(graph.series, graph.phase, graph.command)

    def forward(self, obs: Tensor) -> tuple[Tensor, Tensor]:
        """See the class."""
        limit = self.actions.limit
        actions = self.network(obs).clamp(-limit, limit)
        if self.series is None:
            return actions, self.actions.target(actions, self.actions.default)
        target = self.series(obs, actions, self.actions.scale)
        return actions, target.clamp(self.actions.lower, self.actions.upper)


class CompactNetwork(nn.Module):
    """The mean action of a `SymmetricActor`, with normaliser and mirror inside the weights of its layers.

    The first layer sees the observation and its mirror image at once: W1 M_o and b1 are stacked below W1 and b1. The
    last one adds both halves: mean = [W, M_a W] (h, h') / 2 + (b + M_a b) / 2.
    """

    def __init__(self, actor: SymmetricActor):
        super().__init__()
        layers = [module for module in actor.mlp if isinstance(module, nn.Linear)]
        self.activation = actor.mlp[1]
        self.sides = 2 if actor.mirrored else 1
        folded = [(layer.weight.detach().double(), layer.bias.detach().double()) for layer in layers]
        folded[0] = _with_normaliser(*folded[0], actor)
        if actor.mirrored:
            folded[0], folded[-1] = _seeing_both(*folded[0], actor), _adding_both(*folded[-1], actor)
        self.weights = nn.ParameterList([nn.Parameter(weight.float(), False) for weight, _ in folded])
        self.biases = nn.ParameterList([nn.Parameter(bias.float(), False) for _, bias in folded])

    def forward(self, obs: Tensor) -> Tensor:
        """Mean actions (B, nu) for raw observations (B, n)."""
        seen, last = obs, len(self.weights) - 1
        for number, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            if self.sides == 2 and number in (1, last):
                seen = seen.reshape(-1, weight.shape[1])  # both sides below each other; beside each other at the end
            seen = linear(seen, weight, bias)
            seen = seen if number == last else self.activation(seen)
        return seen


def _with_normaliser(weight: Tensor, bias: Tensor, actor: SymmetricActor) -> tuple[Tensor, Tensor]:
    """W (o - mean) / s + b as one layer on o."""
    normaliser, zeros = copy.deepcopy(actor.obs_normalizer).double(), weight.new_zeros(1, weight.shape[1])
    shift = normaliser(zeros)
    return weight * (normaliser(zeros + 1.0) - shift), bias + weight @ shift[0]


def _seeing_both(weight: Tensor, bias: Tensor, actor: SymmetricActor) -> tuple[Tensor, Tensor]:
    mirrored = torch.zeros_like(weight)
    mirrored[:, actor.obs_order] = weight * actor.obs_sign
    return torch.cat([weight, mirrored]), torch.cat([bias, bias])


def _adding_both(weight: Tensor, bias: Tensor, actor: SymmetricActor) -> tuple[Tensor, Tensor]:
    order, sign = actor.action_order, actor.action_sign.double()
    beside = torch.cat([weight, weight[order] * sign[:, None]], dim=1)
    return 0.5 * beside, 0.5 * (bias + bias[order] * sign)


class CompactSeries(nn.Module):
    """Reference servo targets plus scaled actions, with few harmonics: monomials of cos and sin phi, and one matrix.

    With c^2 + s^2 = 1 every harmonic is a homogeneous polynomial of the highest even or odd degree,

        cos k phi + i sin k phi = (c + i s)^k (c^2 + s^2)^((D - k) / 2),

    whose terms stay small: they add up to 2^(k/2) at most, where powers of c alone would add up to 2.4^k.
    """

    error: float
    """How far it is off the series in float32, at worst [rad]."""

    def __init__(self, series: ReferenceSeries, phase: slice, command: slice):
        super().__init__()
        coefficients = series.coefficients[:, :, -series.nu :].double()  # (C, 1 + 2K, nu)
        degrees, matrix = _monomials(series.num_harmonics)
        self.command = command
        self.blend = _Blend(series) if len(coefficients) > 1 or series.stands else None
        self.of_cos: Tensor
        self.of_sin: Tensor
        self.matrix: Tensor
        self.place_of_cos: Tensor
        self.place_of_sin: Tensor
        self.register_buffer("of_cos", torch.tensor([cos for cos, _ in degrees], dtype=torch.float32))
        self.register_buffer("of_sin", torch.tensor([sin for _, sin in degrees], dtype=torch.float32))
        self.register_buffer("matrix", (torch.from_numpy(matrix).T @ coefficients).float())  # (C, 2K + 1, nu)
        self.register_buffer("place_of_cos", torch.tensor([phase.start]))
        self.register_buffer("place_of_sin", torch.tensor([phase.start + 1]))
        self.error = self._error(coefficients)

    def forward(self, obs: Tensor, actions: Tensor, scale: float) -> Tensor:
        """Unclipped targets [rad], (B, nu)."""
        basis = self._basis(obs.index_select(1, self.place_of_cos), obs.index_select(1, self.place_of_sin))
        if self.blend is None:
            return torch.addmm(actions, basis, self.matrix[0], beta=scale)
        command = obs[:, self.command]
        blended = self.blend.coefficients(command, self.matrix.flatten(1)).reshape(-1, *self.matrix.shape[1:])
        return self.blend.stand(command, torch.bmm(basis[:, None], blended)[:, 0]) + scale * actions

    def _basis(self, cos: Tensor, sin: Tensor) -> Tensor:
        return cos**self.of_cos * sin**self.of_sin

    def _error(self, coefficients: Tensor) -> float:
        phase = np.arange(PHASES_TRIED) / PHASES_TRIED
        exact = torch.from_numpy(fourier_basis(phase, (coefficients.shape[1] - 1) // 2)) @ coefficients
        angle = torch.from_numpy(2 * np.pi * phase)[:, None]
        said = self._basis(angle.cos().float(), angle.sin().float()) @ self.matrix
        return float((said - exact).abs().max())


class _Blend(nn.Module):
    """Weights of the clips around a command, as `ReferenceSeries.blend` has them.

    What all clips share of |command - command_c|^2 cancels in the softmax, so its argument is linear in the command.
    """

    def __init__(self, series: ReferenceSeries):
        super().__init__()
        commands, width = series.commands.double(), series.width.double()
        self.towards: Tensor
        self.offset: Tensor
        self.near: Tensor
        self.standing: Tensor
        self.register_buffer("towards", (commands / width.square()).float())
        self.register_buffer("offset", (-0.5 * (commands / width).square().sum(dim=1)).float())
        self.stands = series.stands
        units = math.sqrt(0.5) / (STANDING_WIDTH_SHARE * np.array(COMMAND_UNITS))
        self.register_buffer("near", torch.tensor(units, dtype=torch.float32))
        self.register_buffer("standing", series.standing[0, 0, -series.nu :].clone())

    def coefficients(self, command: Tensor, clips: Tensor) -> Tensor:
        """Coefficients of the clips (C, m) blended, (B, m)."""
        return torch.softmax(linear(command, self.towards, self.offset), dim=1) @ clips

    def stand(self, command: Tensor, target: Tensor) -> Tensor:
        """Targets that turn into the standing pose towards the zero command, where it is known."""
        if not self.stands:
            return target
        share = torch.exp(-(command * self.near).square().sum(dim=1, keepdim=True))
        return target + share * (self.standing - target)


class _PlainSeries(nn.Module):
    """The reference with many harmonics, computed as in training."""

    def __init__(self, series: ReferenceSeries, phase: slice, command: slice):
        super().__init__()
        self.series, self.phase, self.command = series, phase, command

    def forward(self, obs: Tensor, actions: Tensor, scale: float) -> Tensor:
        return self.series.servo_target(obs[:, self.command], obs[:, self.phase]) + scale * actions


def _compact_series(series: ReferenceSeries, phase: slice, command: slice) -> nn.Module:
    compact = CompactSeries(series, phase, command)
    return compact if compact.error <= MOST_ERROR else _PlainSeries(series, phase, command)


def _monomials(harmonics: int) -> tuple[list[tuple[int, int]], np.ndarray]:
    """Degrees in c and s of 2K + 1 monomials, and (1, cos k phi.., sin k phi..) out of them, (1 + 2K, 2K + 1)."""
    even, odd = harmonics - harmonics % 2, harmonics - 1 + harmonics % 2
    degrees = [(degree - sin, sin) for degree in (even, odd) for sin in range(degree + 1)]
    matrix = np.zeros((1 + 2 * harmonics, len(degrees)))
    for k in range(harmonics + 1):
        degree, columns = (odd, slice(even + 1, None)) if k % 2 else (even, slice(0, even + 1))
        power = np.array([math.comb(k, sin) * 1j**sin for sin in range(k + 1)])  # (c + i s)^k by powers of s
        for _ in range((degree - k) // 2):
            power = np.convolve(power, [1.0, 0.0, 1.0])  # times c^2 + s^2
        matrix[k, columns] = np.real(power)
        if k:
            matrix[harmonics + k, columns] = np.imag(power)
    return degrees, matrix
