"""`Reference`: prepared clips as Fourier series in the phase, so that a batch of robots can ask for any phase.

A Fourier series closes its seam by construction, differentiates exactly, blends between clips coefficient by
coefficient, and can be evaluated inside an ONNX graph from cos and sin of the phase alone.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from webfoot.robots.spec import Mirror

COMMAND_UNITS = (0.02, 0.02, 0.15)
"""Changes of command (m/s, m/s, rad/s) that count as equally large."""


@dataclass(frozen=True)
class Reference:
    """C clips of one robot, prepared by `webfoot.motion.prepare`, as series with K harmonics.

    Coefficients are ordered constant, cos 1..K, sin 1..K. Channels, in order: joint angles (nu), base height,
    roll and pitch (small-angle tilt), heading-frame velocity (vx, vy, wz), sole heights (F), servo targets (nu).
    The servo targets lead the joint angles by what the servos lag, see `webfoot.motion.channels`.
    """

    coefficients: NDArray[np.float64]
    """Shape (C, 1 + 2K, D)."""
    commands: NDArray[np.float64]
    """(vx, vy [m/s], wz [rad/s]) of every clip, shape (C, 3)."""
    period_s: float
    """Duration of one cycle, the same for all clips [s]."""
    names: tuple[str, ...]
    nu: int
    num_feet: int
    blend_width: NDArray[np.float64] = field(default_factory=lambda: np.array(COMMAND_UNITS))
    """Distance in command space over which neighbouring clips are blended, shape (3,)."""
    standing: NDArray[np.float64] | None = None
    """Channels of standing still, which a zero command asks for, shape (D,); None: it asks for the nearest clip."""
    left_out: tuple[str, ...] = ()
    """Clips of the library that contradict their neighbours."""

    @property
    def num_clips(self) -> int:
        """C."""
        return len(self.coefficients)

    @property
    def num_harmonics(self) -> int:
        """K."""
        return (self.coefficients.shape[1] - 1) // 2

    def at(self, clip: int, phase: NDArray[np.float64]) -> NDArray[np.float64]:
        """All channels of one clip at the given phases, shape (len(phase), D)."""
        return fourier_basis(phase, self.num_harmonics) @ self.coefficients[clip]

    def joint_pos(self, clip: int, phase: NDArray[np.float64]) -> NDArray[np.float64]:
        """Joint angles [rad], shape (len(phase), nu)."""
        return self.at(clip, phase)[:, : self.nu]


def is_symmetric(reference: Reference, mirror: Mirror, tolerance: float = 0.02) -> bool:
    """Whether every clip's mirror image, half a cycle later, is the clip of the mirrored command, within `tolerance`.

    The tolerance is in rad for joints and in `COMMAND_UNITS` for commands. A single clip is its own partner.
    """
    phase = np.linspace(0, 1, 64, endpoint=False)
    for clip in range(reference.num_clips):
        apart = (reference.commands - reference.commands[clip] * [1.0, -1.0, -1.0]) / COMMAND_UNITS
        partner = int(np.linalg.norm(apart, axis=1).argmin()) if reference.num_clips > 1 else clip
        mirrored = mirror(reference.joint_pos(clip, (phase + 0.5) % 1.0))
        if np.abs(mirrored - reference.joint_pos(partner, phase)).max() > tolerance:
            return False
        if reference.num_clips > 1 and np.abs(apart[partner]).max() > tolerance:
            return False
    return True


def fourier_basis(phase: NDArray[np.float64], harmonics: int) -> NDArray[np.float64]:
    """1, cos 2 pi k phase, sin 2 pi k phase for k = 1..harmonics, shape (len(phase), 1 + 2 harmonics)."""
    angle = 2 * np.pi * np.outer(phase, np.arange(1, harmonics + 1))
    return np.concatenate([np.ones((len(phase), 1)), np.cos(angle), np.sin(angle)], axis=1)
