"""`Reference`: prepared clips as Fourier series in the phase, so that a batch of robots can ask for any phase.

A Fourier series closes its seam by construction, differentiates exactly, blends between clips coefficient by
coefficient, and can be evaluated inside an ONNX graph from cos and sin of the phase alone.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from webfoot.errors import MotionError
from webfoot.motion.carry import carrying_torque
from webfoot.motion.clip import Motion
from webfoot.motion.kinematics import sole_heights, soles_in_base
from webfoot.robots.spec import Mirror, Robot

HARMONICS_PER_S = 15.0
"""Harmonics kept per second of period: 8 for a gait cycle of 0.54 s, so that nothing above 15 Hz is asked."""
MOST_HARMONICS = 256
LEAD_TORQUE_SHARE = 1.5
"""Most that servo targets lead, as the torque it would take at rest in shares of the torque limit. Above 1, since a
joint in motion is damped; far above it a clip that is faster than the servos would drive them into their limits."""


@dataclass(frozen=True)
class Reference:
    """C clips of one robot, prepared by `webfoot.motion.prepare`, as series with K harmonics.

    Coefficients are ordered constant, cos 1..K, sin 1..K. Channels, in order: joint angles (nu), base height,
    roll and pitch (small-angle tilt), heading-frame velocity (vx, vy, wz), sole heights (F), servo targets (nu).
    The servo targets lead the joint angles by what the servos lag, see `servo_targets`.
    """

    coefficients: NDArray[np.float64]
    """Shape (C, 1 + 2K, D)."""
    commands: NDArray[np.float64]
    """(vx, vy [m/s], wz [rad/s]) of every clip, shape (C, 3)."""
    period_s: float
    """Duration of one cycle; of the median clip where they differ [s]."""
    names: tuple[str, ...]
    nu: int
    num_feet: int

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
    """Whether every clip is its own mirror image half a cycle later, within `tolerance` [rad]."""
    phase = np.linspace(0, 1, 64, endpoint=False)
    for clip in range(reference.num_clips):
        mirrored = mirror(reference.joint_pos(clip, (phase + 0.5) % 1.0))
        if np.abs(mirrored - reference.joint_pos(clip, phase)).max() > tolerance:
            return False
    return True


def fourier_basis(phase: NDArray[np.float64], harmonics: int) -> NDArray[np.float64]:
    """1, cos 2 pi k phase, sin 2 pi k phase for k = 1..harmonics, shape (len(phase), 1 + 2 harmonics)."""
    angle = 2 * np.pi * np.outer(phase, np.arange(1, harmonics + 1))
    return np.concatenate([np.ones((len(phase), 1)), np.cos(angle), np.sin(angle)], axis=1)


def build_reference(motions: list[Motion], robot: Robot) -> Reference:
    """Turn prepared motions into series.

    Args:
        motions: each in the robot's joint order, one closed cycle, with root and command.

    Raises:
        MotionError: nothing given, or a motion that was not prepared.
    """
    if not motions:
        raise MotionError("no motion to build a reference from")
    for motion in motions:
        if motion.joint_names != robot.joint_names or motion.root_pos is None or motion.command is None:
            raise MotionError(f"{motion.name}: not prepared for robot '{robot.name}'; call prepare() first")
    periods = [motion.duration_s for motion in motions]
    wanted = int(np.clip(np.ceil(HARMONICS_PER_S * max(periods)), 1, MOST_HARMONICS))
    harmonics = max(1, min(wanted, *((motion.num_frames - 1) // 2 for motion in motions)))
    return Reference(
        coefficients=np.stack([_with_servo_targets(motion, robot, harmonics) for motion in motions]),
        commands=np.array([motion.command for motion in motions], dtype=np.float64),
        period_s=float(np.median(periods)),
        names=tuple(motion.name for motion in motions),
        nu=robot.nu,
        num_feet=len(robot.feet),
    )


def _channels(motion: Motion, robot: Robot) -> NDArray[np.float64]:
    assert motion.root_pos is not None and motion.root_quat is not None and motion.command is not None
    rotation = Rotation.from_quat(motion.root_quat, scalar_first=True)
    forward = rotation.as_matrix()[:, :, 0]
    heading = np.unwrap(np.arctan2(forward[:, 1], forward[:, 0]))
    tilt = (Rotation.from_euler("z", -heading[:, None]) * rotation).as_rotvec()[:, :2]
    vx, vy, wz = motion.command
    velocity = np.diff(motion.root_pos[:, :2], axis=0) * motion.fps
    middle = 0.5 * (heading[1:] + heading[:-1])
    vel_h = np.stack(
        [
            np.cos(middle) * velocity[:, 0] + np.sin(middle) * velocity[:, 1],
            np.cos(middle) * velocity[:, 1] - np.sin(middle) * velocity[:, 0],
            np.diff(heading) * motion.fps,
        ],
        axis=1,
    )
    vel_h = np.concatenate([vel_h, vel_h[-1:]])
    vel_h += np.array([vx, vy, wz]) - vel_h.mean(axis=0)
    heights = sole_heights(soles_in_base(robot, motion.joint_pos), motion.root_quat) + motion.root_pos[:, 2:3]
    channels = [motion.joint_pos, motion.root_pos[:, 2:3], tilt, vel_h, heights]
    return np.concatenate(channels, axis=1)


def _series(samples: NDArray[np.float64], harmonics: int) -> NDArray[np.float64]:
    """Fourier coefficients of one period of equally spaced samples, shape (1 + 2 harmonics, D)."""
    spectrum = np.fft.rfft(samples, axis=0) / len(samples)
    kept = spectrum[1 : harmonics + 1]
    return np.concatenate([spectrum[:1].real, 2 * kept.real, -2 * kept.imag])


def _with_servo_targets(motion: Motion, robot: Robot, harmonics: int) -> NDArray[np.float64]:
    """Series of all channels, with the targets that make servos follow the joint angles under load.

    A servo of stiffness kp turns a joint of damping d and armature J, and holds the torque tau that carries the robot:
    kp (target - q) = tau + d dq/dt + J d2q/dt2. It sags by tau / kp and lags by d / kp (42 ms on an STS3215 at
    kp 13.4); the targets are ahead by just that, but never by more than LEAD_TORQUE_SHARE of the torque limit at rest.
    """
    series = _series(_channels(motion, robot), harmonics)
    rate = _derivative(series[:, : robot.nu], motion.duration_s)
    damping, armature = robot.joint_damping + robot.kd, robot.joint_armature
    torque = damping * rate + armature * _derivative(rate, motion.duration_s)
    torque += _series(carrying_torque(motion, robot), harmonics)
    most = LEAD_TORQUE_SHARE * robot.torque_limit
    phase = np.arange(4 * harmonics + 1) / (4 * harmonics + 1)
    lead = np.clip(fourier_basis(phase, harmonics) @ torque, -most, most) / robot.kp
    return np.concatenate([series, series[:, : robot.nu] + _series(lead, harmonics)], axis=1)


def _derivative(series: NDArray[np.float64], period_s: float) -> NDArray[np.float64]:
    """Time derivative of a Fourier series: cos_k -> -k w sin_k, sin_k -> k w cos_k."""
    harmonics = (len(series) - 1) // 2
    speed = 2 * np.pi / period_s * np.arange(1, harmonics + 1)[:, None]
    cos, sin = series[1 : harmonics + 1], series[harmonics + 1 :]
    return np.concatenate([np.zeros_like(series[:1]), speed * sin, -speed * cos])
