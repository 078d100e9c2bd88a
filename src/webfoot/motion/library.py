"""From prepared clips to one `Reference`: a single clip as it is, several as a library that commands can be asked of.

The clips of a library share one gait clock, so they are played at one period and their phases are aligned: at any
phase the same foot swings in all of them, and a blend of neighbours is a gait. On a robot with a mirror map every clip
gets its mirror image beside it, so that the library asks the same of left and right; and a zero command stands still.
A clip that moves quite unlike those of neighbouring commands is left out: robots fell wherever it was asked for.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from webfoot.errors import MotionError
from webfoot.motion.channels import clip_series
from webfoot.motion.clip import Motion
from webfoot.motion.reference import COMMAND_UNITS, Reference
from webfoot.robots.spec import Robot

HARMONICS_PER_S = 15.0
"""Harmonics kept per second of period: 8 for a gait cycle of 0.54 s, so that nothing above 15 Hz is asked."""
MOST_HARMONICS = 256
STILL_RAD, STILL = 0.005, 0.01
"""A clip whose joints move less than this [rad] and that goes slower than this [m/s, rad/s] stands."""
MISFIT = 4.0
"""A clip is left out where it differs from its neighbours by so many times what is usual in its library.

Of the 240 clips of Open Duck Mini v2 two differ by 10 and 25 times, all others by less than 2.1.
"""
NEIGHBOURS, LEAST_APART = 6, 0.25
"""Neighbours that a clip is held against, and the distance of commands that counts at least, in `COMMAND_UNITS`."""
LEAST_USUAL = 0.005
"""So much difference counts as usual in any library [rad RMS per unit]."""
FEWEST_CLIPS = 12
"""In a smaller library nothing is usual."""


def build_reference(motions: list[Motion], robot: Robot, mirrored: bool = True) -> Reference:
    """Turn prepared motions into series, several of them into a library.

    Args:
        motions: each in the robot's joint order, one closed cycle, with root and command.
        mirrored: whether a library is made symmetric where the robot has a mirror map.

    Raises:
        MotionError: nothing given, or a motion that was not prepared.
    """
    if not motions:
        raise MotionError("no motion to build a reference from")
    for motion in motions:
        if motion.joint_names != robot.joint_names or motion.root_pos is None or motion.command is None:
            raise MotionError(f"{motion.name}: not prepared for robot '{robot.name}'; call prepare() first")
    motions = [motion for motion in motions if len(motions) == 1 or not _stands(motion, robot)] or motions[:1]
    period_s = float(np.median([motion.duration_s for motion in motions]))
    motions = [_at_period(motion, period_s) for motion in motions]
    wanted = int(np.clip(np.ceil(HARMONICS_PER_S * period_s), 1, MOST_HARMONICS))
    harmonics = max(1, min(wanted, *((motion.num_frames - 1) // 2 for motion in motions)))
    reference = Reference(
        coefficients=np.stack([clip_series(motion, robot, harmonics) for motion in motions]),
        commands=np.array([motion.command for motion in motions], dtype=np.float64),
        period_s=period_s,
        names=tuple(motion.name for motion in motions),
        nu=robot.nu,
        num_feet=len(robot.feet),
    )
    return reference if reference.num_clips == 1 else _as_library(reference, robot, mirrored)


def _stands(motion: Motion, robot: Robot) -> bool:
    """Whether a clip neither goes anywhere nor moves: a library stands still by itself."""
    goes = motion.command is None or max(map(abs, motion.command)) > STILL
    return not goes and float(np.ptp(motion.joint_pos, axis=0).max()) < STILL_RAD


def _at_period(motion: Motion, period_s: float) -> Motion:
    """The same poses in `period_s`, and as much faster or slower as that makes it."""
    assert motion.command is not None
    factor = motion.duration_s / period_s
    vx, vy, wz = motion.command
    return replace(motion, fps=motion.fps * factor, command=(vx * factor, vy * factor, wz * factor))


def _as_library(reference: Reference, robot: Robot, mirrored: bool) -> Reference:
    width = blend_width(reference.commands)
    library = _aligned(reference, robot)
    if mirrored and robot.mirror is not None:
        library = _with_mirror_images(library, robot)
    return replace(_without_misfits(library), blend_width=width, standing=_standing(reference, robot))


def blend_width(commands: NDArray[np.float64]) -> NDArray[np.float64]:
    """Distance in command space over which neighbours are blended: half of what lies between them, shape (3,).

    Distances are taken in `COMMAND_UNITS`, in which a change of command of one unit is as large on every axis.
    """
    apart = np.linalg.norm((commands[:, None] - commands) / COMMAND_UNITS, axis=-1)
    np.fill_diagonal(apart, np.inf)
    return 0.5 * float(np.median(apart.min(axis=1)).clip(0.1, 1e3)) * np.array(COMMAND_UNITS)


def _aligned(reference: Reference, robot: Robot) -> Reference:
    """All clips shifted in phase so that their feet swing together, by as little as that takes on average."""
    harmonics, first = reference.num_harmonics, reference.nu + 6
    swing = reference.coefficients[:, :, first] - reference.coefficients[:, :, first + _opposite(robot)]
    wave = swing[:, 1] - 1j * swing[:, 1 + harmonics]  # cos w phi + sin ... of the first harmonic, as a phasor
    if (np.abs(wave) < 1e-6).any():
        return reference
    common = np.angle((wave / np.abs(wave)).mean())
    shift = (np.angle(wave) - common + np.pi) % (2 * np.pi) - np.pi
    return replace(reference, coefficients=_shifted(reference.coefficients, -shift / (2 * np.pi)))


def _without_misfits(library: Reference) -> Reference:
    """The library less the clips that contradict their neighbours."""
    if library.num_clips < FEWEST_CLIPS:
        return library
    differs = unlike_neighbours(library)
    fits = differs <= MISFIT * max(float(np.median(differs)), LEAST_USUAL)
    return replace(
        library,
        coefficients=library.coefficients[fits],
        commands=library.commands[fits],
        names=tuple(name for name, kept in zip(library.names, fits, strict=True) if kept),
        left_out=tuple(name for name, kept in zip(library.names, fits, strict=True) if not kept),
    )


def unlike_neighbours(library: Reference) -> NDArray[np.float64]:
    """How much every clip's joint angles differ from its neighbours' for what lies between their commands, shape (C,).

    In rad RMS per unit of command: the median over the nearest `NEIGHBOURS`.
    """
    scaled = library.commands / COMMAND_UNITS
    apart = np.linalg.norm(scaled[:, None] - scaled, axis=-1)
    np.fill_diagonal(apart, np.inf)
    nearest = np.argsort(apart, axis=1)[:, :NEIGHBOURS]
    power = np.full(library.coefficients.shape[1], 0.5)  # of cos and sin, averaged over a cycle (Parseval)
    power[0] = 1.0
    joints = library.coefficients[:, :, : library.nu]
    square = np.square(joints[:, None] - joints[nearest]).mean(axis=-1) @ power  # (C, NEIGHBOURS)
    distance = np.maximum(np.take_along_axis(apart, nearest, axis=1), LEAST_APART)
    return np.median(np.sqrt(square) / distance, axis=1)


def _opposite(robot: Robot) -> int:
    """Index of the foot that swings when foot 0 stands: its mirror image, or the last one."""
    return robot.mirrored_feet[0] or len(robot.feet) - 1


def _with_mirror_images(reference: Reference, robot: Robot) -> Reference:
    """The clips and their mirror images half a cycle later: there the other foot swings."""
    order, sign = channel_mirror(robot)
    later = _shifted(reference.coefficients, np.full(reference.num_clips, 0.5))
    return replace(
        reference,
        coefficients=np.concatenate([reference.coefficients, sign * later[:, :, order]]),
        commands=np.concatenate([reference.commands, reference.commands * [1.0, -1.0, -1.0]]),
        names=(*reference.names, *(f"{name}_mirrored" for name in reference.names)),
    )


def channel_mirror(robot: Robot) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Order and sign of the channels of a `Reference` in the mirror, each of shape (D,)."""
    assert robot.mirror is not None
    nu, feet = robot.nu, len(robot.feet)
    order, sign = robot.mirror.permutation, robot.mirror.sign
    base = [nu + i for i in range(6)]  # height, roll, pitch, vx, vy, wz
    soles = [nu + 6 + foot for foot in robot.mirrored_feet]
    return (
        np.concatenate([order, base, soles, nu + 6 + feet + order]).astype(np.int64),
        np.concatenate([sign, [1.0, -1.0, 1.0, 1.0, -1.0, -1.0], np.ones(feet), sign]),
    )


def _shifted(coefficients: NDArray[np.float64], shift: NDArray[np.float64]) -> NDArray[np.float64]:
    """Series of x(phase + shift), one shift a clip, shapes (C, 1 + 2K, D) and (C,)."""
    harmonics = (coefficients.shape[1] - 1) // 2
    angle = 2 * np.pi * shift[:, None, None] * np.arange(1, harmonics + 1)[:, None]
    cos, sin = coefficients[:, 1 : harmonics + 1], coefficients[:, harmonics + 1 :]
    turned = [cos * np.cos(angle) + sin * np.sin(angle), sin * np.cos(angle) - cos * np.sin(angle)]
    return np.concatenate([coefficients[:, :1], *turned], axis=1)


def _standing(reference: Reference, robot: Robot) -> NDArray[np.float64]:
    """Channels of standing still in the default pose, shape (D,)."""
    standing = np.zeros(reference.coefficients.shape[-1])
    standing[: robot.nu] = standing[-robot.nu :] = robot.default_pos
    standing[robot.nu] = robot.base_height
    return standing
