"""One prepared clip as Fourier series: what the robot does in a cycle, and what its servos must be told for it."""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from webfoot.motion.carry import carrying_torque
from webfoot.motion.clip import Motion
from webfoot.motion.kinematics import sole_heights, soles_in_base
from webfoot.motion.reference import fourier_basis
from webfoot.robots.spec import Robot

LEAD_TORQUE_SHARE = 1.5
"""Most that servo targets lead, as the torque it would take at rest in shares of the torque limit. Above 1, since a
joint in motion is damped; far above it a clip that is faster than the servos would drive them into their limits."""


def clip_series(motion: Motion, robot: Robot, harmonics: int) -> NDArray[np.float64]:
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


def _derivative(series: NDArray[np.float64], period_s: float) -> NDArray[np.float64]:
    """Time derivative of a Fourier series: cos_k -> -k w sin_k, sin_k -> k w cos_k."""
    harmonics = (len(series) - 1) // 2
    speed = 2 * np.pi / period_s * np.arange(1, harmonics + 1)[:, None]
    cos, sin = series[1 : harmonics + 1], series[harmonics + 1 :]
    return np.concatenate([np.zeros_like(series[:1]), speed * sin, -speed * cos])
