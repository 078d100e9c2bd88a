"""`prepare`: from a clip as it was read to one closed cycle that a robot can be asked to follow."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field
from scipy.spatial.transform import Rotation, Slerp

from webfoot.counted import counted
from webfoot.errors import MotionError
from webfoot.motion.clip import Motion
from webfoot.motion.cycle import LONGEST_PERIOD_S, Cycle, average_cycle, find_period
from webfoot.motion.kinematics import StanceMotion, motion_from_stance, soles_in_base
from webfoot.motion.mapping import check_numbers, map_joints
from webfoot.robots.spec import Robot

LONGEST_CLIP_S = 600.0
"""A clip without a period is kept whole up to this length [s]."""
STILL_MS = 0.01
"""A clip slower than this goes nowhere."""
LARGEST_ASYMMETRY_RAD = 0.2
"""Left and right further apart than this (RMS) are no limp to be mended but another motion."""
LEAST_KEPT = 0.5
"""Nor are those whose mean would move with less than this share of the clip's variance (half: unrelated)."""
SMALL_ASYMMETRY_RAD = 0.02
"""What lies as close as this (RMS) is noise, however little the clip moves."""


class PrepareConfig(BaseModel, frozen=True, extra="forbid"):
    """How a clip is made fit for training."""

    fps: float = Field(default=50.0, ge=10, le=400, description="Frames per second of the result [Hz].")
    harmonics: int = Field(default=8, ge=1, le=64, description="Harmonics of the gait cycle that are kept.")
    cutoff_hz: float = Field(default=15.0, ge=1, le=100, description="Low-pass of a clip without a gait period [Hz].")
    seam_s: float = Field(default=0.3, gt=0, le=5, description="Time over which an open seam is blended [s].")
    symmetrise: bool = Field(
        default=True, description="Mean of the cycle and its mirrored other half, where it goes straight."
    )
    straight_ms: float = Field(
        default=0.05,
        ge=0,
        le=1,
        description="Sideways speed up to which a clip goes straight, if it is less than its speed ahead [m/s].",
    )
    straight_rads: float = Field(
        default=0.1, ge=0, le=5, description="Turning rate up to which a clip goes straight [rad/s]."
    )
    limit_margin_rad: float = Field(default=0.01, ge=0, le=0.3, description="Distance kept from joint limits [rad].")
    clip_speed: bool = Field(
        default=False, description="Make the motion of joints smaller that turn faster than the servo."
    )


DEFAULT_CONFIG = PrepareConfig()


def prepare(motion: Motion, robot: Robot, config: PrepareConfig = DEFAULT_CONFIG) -> Motion:
    """One closed cycle in the robot's joint order that starts at the origin with heading 0.

    In this order: joints mapped by name; warm-up cut, whole periods averaged, low-passed and resampled (a clip
    without a period: seam blended, low-passed, resampled with slerp for rotations); left and right made equal where
    the clip goes straight; angles clipped to the limits; the base moved as the stance feet imply, which is the
    command too, and the lowest sole put on the ground. Every change stands in the result's notes.

    Returns:
        A clip with `loop`, `root_pos`, `root_quat` and `command` set.

    Raises:
        MotionError: NaN, no joint in common with the robot's legs, or too long.
    """
    check_numbers(motion)
    mapped = map_joints(motion, robot)
    return prepare_mapped(mapped, find_cycle(mapped, robot, config), robot, config)


def prepare_mapped(mapped: Motion, cycle: Cycle | None, robot: Robot, config: PrepareConfig = DEFAULT_CONFIG) -> Motion:
    """What `prepare` does with a clip in the robot's joint order whose gait cycle is known."""
    if cycle is None:
        result, symmetric = _keep_whole(mapped, config), False
    else:
        result, symmetric = _symmetrised(_sampled(mapped, cycle, config), cycle, robot, config)
    result = _within_limits(result, robot, config)
    result = _within_speed(result, robot, config)
    return stand_on_ground(result, robot, symmetric)


def find_cycle(mapped: Motion, robot: Robot, config: PrepareConfig = DEFAULT_CONFIG) -> Cycle | None:
    """The averaged gait cycle of a clip in the robot's joint order (joints, then tilt); None if it has none."""
    period = _period(mapped, robot)
    if period is None:
        return None
    loop = mapped.loop or period == mapped.num_frames
    return average_cycle(_channels(mapped), mapped.joint_pos[:, robot.leg_ids], period, config.harmonics, loop)


def _period(motion: Motion, robot: Robot) -> float | None:
    """Gait period of a mapped clip [frames]; of a loop, a whole fraction of its length."""
    legs = motion.joint_pos[:, robot.leg_ids]
    if motion.loop:
        return _period_of_loop(legs, motion.fps)
    period = find_period(legs[len(legs) // 5 :], motion.fps)
    if period is None and motion.duration_s <= LONGEST_PERIOD_S and _closes(legs):
        return float(len(legs))
    return period


def _period_of_loop(legs: NDArray[np.float64], fps: float) -> float | None:
    """Gait period of a closed clip [frames]: its length, or an n-th of it where the gait repeats n times within.

    The clip itself is asked too: repeated, a coarse one comes back exactly after its length, and nearly after a
    period that is no whole number of frames.
    """
    repeated = find_period(np.tile(legs, (3, 1)), fps)
    for period in (repeated, find_period(legs, fps)):
        count = round(len(legs) / period) if period else 0
        if period and count > 1 and abs(len(legs) / count - period) < 0.05 * period:
            return len(legs) / count
    return float(len(legs)) if repeated or len(legs) / fps <= LONGEST_PERIOD_S else None


def _closes(values: NDArray[np.float64]) -> bool:
    """Whether the step from the last frame to the first is no larger than the steps within."""
    steps = np.abs(np.diff(values, axis=0)).max(axis=0)
    return bool((np.abs(values[0] - values[-1]) <= 1.5 * steps + 1e-3).all()) and len(values) >= 8


def _channels(motion: Motion) -> NDArray[np.float64]:
    """Joint angles and, where the clip has one, the tilt of the base as a rotation vector, shape (T, nu [+ 3])."""
    if motion.root_quat is None:
        return motion.joint_pos
    rotation = Rotation.from_quat(motion.root_quat, scalar_first=True)
    forward = rotation.as_matrix()[:, :, 0]
    heading = np.arctan2(forward[:, 1], forward[:, 0])
    tilt = Rotation.from_rotvec(-heading[:, None] * [0.0, 0.0, 1.0]) * rotation
    return np.column_stack([motion.joint_pos, tilt.as_rotvec()])


def _with_channels(motion: Motion, channels: NDArray[np.float64], fps: float, note: str) -> Motion:
    """The clip with new poses; its root position and stored velocities no longer fit and are dropped."""
    joints = len(motion.joint_names)
    tilt = None
    if motion.root_quat is not None:
        tilt = Rotation.from_rotvec(channels[:, joints:]).as_quat(scalar_first=True)
    poses = {"joint_pos": channels[:, :joints], "root_quat": tilt, "root_pos": None, "stored_velocity": None}
    return motion.noted(note, fps=fps, loop=True, **poses)


def _sampled(motion: Motion, cycle: Cycle, config: PrepareConfig) -> Motion:
    """One cycle at whole frames; the rate gives way so that the period keeps its length."""
    period_s = cycle.period_frames / motion.fps
    frames = max(8, round(period_s * config.fps))
    kept = (len(cycle.coefficients) - 1) // 2
    note = (
        f"one cycle of {period_s:.3f} s ({frames} frames) averaged from {counted(cycle.periods, 'period')} with {kept} "
        f"harmonics; the clip strays {cycle.spread:.3f} rad RMS from it"
    )
    if cycle.start >= 1:
        note += f"; cut {cycle.start / motion.fps:.2f} s before its first whole period"
    return _with_channels(motion, cycle.at(np.arange(frames) / frames), frames / period_s, note)


def _keep_whole(motion: Motion, config: PrepareConfig) -> Motion:
    """A clip without a period: seam blended, low-passed, resampled."""
    if motion.duration_s > LONGEST_CLIP_S:
        raise MotionError(
            f"{motion.name}: {motion.duration_s:.0f} s without a gait period; "
            f"clips without one are at most {LONGEST_CLIP_S:.0f} s, cut it into parts"
        )
    channels, notes = _channels(motion), list(motion.notes)
    if not motion.loop:
        gap = float(np.abs(channels[0] - channels[-1]).max())
        channels = _blend_seam(channels, max(2, round(config.seam_s * motion.fps)))
        notes.append(f"no gait period found: kept whole, its seam of {gap:.3f} rad blended over {config.seam_s:g} s")
    duration_s = len(channels) / motion.fps
    channels = _low_pass(channels, duration_s, config.cutoff_hz)
    frames = max(8, round(duration_s * config.fps))
    channels = _resample(channels, frames, len(motion.joint_names))
    note = f"low-passed at {config.cutoff_hz:g} Hz and resampled to {frames} frames"
    return _with_channels(replace(motion, notes=tuple(notes)), channels, frames / duration_s, note)


def _blend_seam(channels: NDArray[np.float64], frames: int) -> NDArray[np.float64]:
    """Bend the last frames so that the last one runs into the first."""
    frames = min(frames, len(channels) - 1)
    share = (np.arange(frames) + 1) / (frames + 1)
    smooth = share**2 * (3 - 2 * share)
    bent = channels.copy()
    bent[-frames:] += smooth[:, None] * (channels[0] - channels[-1])
    return bent


def _low_pass(channels: NDArray[np.float64], duration_s: float, cutoff_hz: float) -> NDArray[np.float64]:
    spectrum = np.fft.rfft(channels, axis=0)
    spectrum[np.arange(len(spectrum)) > cutoff_hz * duration_s] = 0.0
    return np.fft.irfft(spectrum, n=len(channels), axis=0)


def _resample(channels: NDArray[np.float64], frames: int, joints: int) -> NDArray[np.float64]:
    """A closed loop at another number of frames: joints linearly, the tilt by slerp."""
    before = np.arange(len(channels) + 1)
    after = np.arange(frames) * len(channels) / frames
    closed = np.concatenate([channels, channels[:1]])
    result = np.column_stack([np.interp(after, before, closed[:, j]) for j in range(joints)])
    if channels.shape[1] == joints:
        return result
    tilt = Slerp(before, Rotation.from_rotvec(closed[:, joints:]))(after)
    return np.column_stack([result, tilt.as_rotvec()])


def _symmetrised(motion: Motion, cycle: Cycle, robot: Robot, config: PrepareConfig) -> tuple[Motion, bool]:
    """Mean of q(phi) and mirrored q(phi + 1/2), where the clip goes straight and the robot has a mirror map.

    Returns:
        The clip, and whether it was made symmetric.
    """
    if not config.symmetrise or robot.mirror is None:
        return motion, False
    vx, vy, wz = _stance(motion, robot).velocity.mean(axis=0)
    aside = abs(vy) > min(config.straight_ms, max(abs(vx), STILL_MS))
    if aside or abs(wz) > config.straight_rads:
        note = f"left and right kept as they are: the clip goes {vy:+.3f} m/s sideways, {wz:+.3f} rad/s"
        return motion.noted(note), False
    joints = robot.nu
    other = cycle.at(np.arange(motion.num_frames) / motion.num_frames + 0.5)
    here = _channels(motion)
    mirrored = np.column_stack(
        [robot.mirror(other[:, :joints]), other[:, joints:] * [-1, 1, -1][: other.shape[1] - joints]]
    )
    apart = float(np.sqrt(np.square(here - mirrored).mean()))
    kept = (0.5 * (here + mirrored)).var(axis=0).sum() / max(here.var(axis=0).sum(), 1e-6 * here.shape[1])
    if apart > LARGEST_ASYMMETRY_RAD or (kept < LEAST_KEPT and apart > SMALL_ASYMMETRY_RAD):
        note = f"left and right kept as they are: {apart:.3f} rad RMS apart, this is no symmetric gait"
        return motion.noted(note), False
    note = f"made symmetric: left and right differed by {apart:.3f} rad RMS"
    return _with_channels(motion, 0.5 * (here + mirrored), motion.fps, note), True


def _within_limits(motion: Motion, robot: Robot, config: PrepareConfig) -> Motion:
    margin = np.minimum(config.limit_margin_rad, 0.25 * (robot.upper - robot.lower))
    clipped = np.clip(motion.joint_pos, robot.lower + margin, robot.upper - margin)
    excess = np.abs(clipped - motion.joint_pos).max(axis=0)
    if excess.max() < 1e-9:
        return motion
    worst = ", ".join(f"{robot.joint_names[j]} by {excess[j]:.3f}" for j in np.flatnonzero(excess >= 1e-9))
    return motion.noted(
        f"clipped to the joint limits less {config.limit_margin_rad:g} rad: {worst} rad", joint_pos=clipped
    )


def _within_speed(motion: Motion, robot: Robot, config: PrepareConfig) -> Motion:
    speed = np.abs(np.roll(motion.joint_pos, -1, axis=0) - motion.joint_pos).max(axis=0) * motion.fps
    fast = np.flatnonzero(speed > robot.velocity_limit)
    if not len(fast):
        return motion
    listed = ", ".join(f"{robot.joint_names[j]} {speed[j]:.1f} of {robot.velocity_limit[j]:.1f}" for j in fast)
    if not config.clip_speed:
        return motion.noted(f"faster than the servos turn, left as it is: {listed} rad/s")
    mean = motion.joint_pos.mean(axis=0)
    share = np.minimum(1.0, robot.velocity_limit / np.maximum(speed, 1e-9))
    slower = mean + share * (motion.joint_pos - mean)
    return motion.noted(f"motion made smaller to the speed of the servos: {listed} rad/s", joint_pos=slower)


def _stance(motion: Motion, robot: Robot) -> StanceMotion:
    soles = soles_in_base(robot, motion.joint_pos)
    return motion_from_stance(soles, motion.fps, motion.root_quat, loop=True)


def stand_on_ground(motion: Motion, robot: Robot, symmetric: bool = False) -> Motion:
    """Base and command as the stance feet imply; the lowest sole of every frame at height 0.

    What a symmetric cycle drifts sideways or turns comes from sampling alone and is taken out.
    """
    stance = _stance(motion, robot)
    vx, vy, wz = (float(v) for v in stance.velocity.mean(axis=0))
    note = f"base and command from the stance feet: {vx:+.3f} m/s, {vy:+.3f} m/s, {wz:+.3f} rad/s; soles on the ground"
    if motion.root_quat is None:
        note += "; the clip has no base rotation, the base is tilted so that standing soles lie flat"
    position, rotation = stance.root_pos, Rotation.from_quat(stance.root_quat, scalar_first=True)
    if symmetric:
        drift = np.column_stack([np.zeros((motion.num_frames, 2)), -wz * np.arange(motion.num_frames) / motion.fps])
        steps = Rotation.from_rotvec(drift).apply(np.diff(position, axis=0, append=position[-1:]))[:-1]
        steps[:, 1] -= vy / motion.fps
        position = np.concatenate([position[:1], position[0] + np.cumsum(steps, axis=0)])
        rotation, vy, wz = Rotation.from_rotvec(drift) * rotation, 0.0, 0.0
    position = position - position[0] * [1.0, 1.0, 0.0]
    quat = rotation.as_quat(scalar_first=True)
    return motion.noted(note, root_pos=position, root_quat=quat, command=(vx, vy, wz))
