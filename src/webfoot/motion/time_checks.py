"""`TIME_CHECKS`: frames that are doubled or missing, shaking, rounding, and a rate that does not fit the gait."""

import math

import numpy as np
from numpy.typing import NDArray

from webfoot.counted import counted
from webfoot.motion.clip import Motion
from webfoot.motion.finding import Finding
from webfoot.motion.subject import Check, Subject

JITTER_RAD = 0.012
"""Shaking beyond this RMS hides the steps of a small robot's gait; servos resolve 0.0015 rad."""
NOISE_GAIN = math.sqrt(1.0 + 34.0 / 36.0)
"""By which `interpolation_error` amplifies white noise: 1 for the frame itself, (1 + 16 + 16 + 1) / 36 for the rest."""
CUTOFF_HZ = 8.0
"""Low-pass for clips that shake; the fourth harmonic of a gait of 0.5 s."""
LEAST_FRAMES_TO_CALM = 32
GRID_RAD = 0.01
"""A joint whose angles all lie on a grid as coarse as this was rounded."""
DROPPED_RATIO, LONGER_THAN_BOTH = 1.6, 1.4
"""A step so many times as long as its neighbours on average, and as the longer of them, holds a frame that is missing;
sound gaits stay below 1.41 and 1.29."""
STILL_STEP_RAD = 1e-7
QUICKEST, SLOWEST = 2.3, 8.0
"""Gait cycles in units of sqrt(h / g), h the height of the base: people 3.6, humanoid robots 3 to 4.5, ducks 3 to 4.2,
trotting quadrupeds 2.3 to 3.5."""


def interpolation_error(values: NDArray[np.float64], loop: bool) -> NDArray[np.float64]:
    """How far every frame lies from the cubic through the two frames before and the two after it, shape (T, D).

        e(t) = x(t) - (-x(t-2) + 4 x(t-1) + 4 x(t+1) - x(t+2)) / 6

    White noise of size s gives errors of size 1.39 s, a single wrong frame its own height.
    """
    if loop:
        padded = np.pad(values, ((2, 2), (0, 0)), mode="wrap")
    else:
        padded = np.pad(values, ((2, 2), (0, 0)), mode="reflect", reflect_type="odd")
    return padded[2:-2] - (-padded[:-4] + 4 * padded[1:-3] + 4 * padded[3:-1] - padded[4:]) / 6


def jitter_rad(motion: Motion) -> NDArray[np.float64]:
    """Size of the shaking of every joint, told from single outliers by the median [rad], shape (J,)."""
    error = np.abs(interpolation_error(motion.joint_pos, motion.loop))
    return 1.4826 * np.median(error, axis=0) / NOISE_GAIN


def can_be_calmed(motion: Motion) -> bool:
    """Whether a low-pass at `CUTOFF_HZ` would leave the gait: not where the frames are few or far apart."""
    return 0.45 * motion.fps > CUTOFF_HZ and motion.num_frames >= LEAST_FRAMES_TO_CALM


def jitter(subject: Subject) -> list[Finding]:
    """Joints that shake from frame to frame: the noise of a tracker."""
    if subject.mapped is None or subject.mapped.num_frames < 12:
        return []
    size = jitter_rad(subject.mapped)
    j = int(size.argmax())
    if size[j] <= JITTER_RAD:
        return []
    name, value = subject.robot.joint_names[j], float(size[j])
    count = int((size > JITTER_RAD).sum())
    shake = "shakes" if count == 1 else "shake"
    what = f"{counted(count, 'joint')} {shake} from frame to frame, most of all '{name}': {value:.3f} rad RMS"
    cure = "preparation averages whole cycles and keeps few harmonics"
    if can_be_calmed(subject.mapped):
        cure += "; motion repair low-passes it"
    else:
        cure += f"; a recording at more than {subject.mapped.fps:g} frames per second would tell shaking from steps"
    return [Finding("jitter", "warning", what, cure, None, name, value, JITTER_RAD, "rad")]


def leg_steps(subject: Subject) -> NDArray[np.float64]:
    """Length of the step of all leg joints from frame t to t + 1 [rad], shape (T - 1,)."""
    assert subject.mapped is not None
    return np.linalg.norm(np.diff(subject.mapped.joint_pos[:, subject.robot.leg_ids], axis=0), axis=1)


def duplicate_frames(subject: Subject) -> list[Finding]:
    """Frames that stand twice or more in a motion that goes on before and after them."""
    if subject.mapped is None or rounded(subject):
        return []
    repeats = repeated_frames(subject.mapped)
    if not len(repeats):
        return []
    frames = f"{counted(len(repeats), 'frame')} {'repeats' if len(repeats) == 1 else 'repeat'}"
    what = f"{frames} the one before while the clip moves, the first is frame {repeats[0]}"
    cure = "motion repair removes them; where the recorder filled gaps with them, it interpolates instead"
    value = float(len(repeats))
    return [Finding("duplicate_frames", "warning", what, cure, int(repeats[0]), None, value, 0.0, "frames")]


def repeated_frames(motion: Motion) -> NDArray[np.int64]:
    """Frames equal to the one before them in short runs (at most 5) between frames that move, shape (n,)."""
    still = np.abs(np.diff(motion.joint_pos, axis=0)).max(axis=1) < STILL_STEP_RAD  # (T - 1,)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], still, [False]]).astype(np.int8)))
    runs = [(a, b) for a, b in edges.reshape(-1, 2) if b - a <= 5 and a > 0 and b < len(still)]
    return np.array([t + 1 for a, b in runs for t in range(a, b)], dtype=np.int64)


def dropped_frames(subject: Subject) -> list[Finding]:
    """Steps twice as long as those before and after them, in all joints at once: a frame is missing there."""
    if subject.mapped is None or subject.mapped.num_frames < 12:
        return []
    gaps = missing_frames(subject.mapped, subject.robot.leg_ids)
    if not len(gaps):
        return []
    frames = f"{counted(len(gaps), 'frame')} {'is' if len(gaps) == 1 else 'are'} missing"
    what = f"{frames}, the first behind frame {gaps[0]}: all joints step twice as far there"
    cure = "motion repair fills them in between their neighbours; a recording without losses is safer"
    value = float(len(gaps))
    return [Finding("dropped_frames", "warning", what, cure, int(gaps[0]), None, value, 0.0, "frames")]


def missing_frames(motion: Motion, leg_ids: NDArray[np.int64]) -> NDArray[np.int64]:
    """Frames behind which one is missing, shape (n,).

    There the step is about as long as both neighbouring steps together, and points between them.
    """
    step = np.diff(motion.joint_pos[:, leg_ids], axis=0)
    size = np.linalg.norm(step, axis=1)
    before, here, after = step[:-2], step[1:-1], step[2:]
    around = 0.5 * (before + after)
    length = np.linalg.norm(around, axis=1)
    along = (here * around).sum(axis=1) / np.maximum(np.linalg.norm(here, axis=1) * length, 1e-12)
    longer = size[1:-1] / np.maximum(np.maximum(size[:-2], size[2:]), 1e-12)
    on_average = size[1:-1] / np.maximum(0.5 * (size[:-2] + size[2:]), 1e-12)
    off_half = np.linalg.norm(here - 2 * around, axis=1) / np.maximum(np.linalg.norm(here, axis=1), 1e-12)
    is_gap = (
        (longer > LONGER_THAN_BOTH)
        & (on_average > DROPPED_RATIO)
        & (along > 0.9)
        & (off_half < 0.35)
        & (size[1:-1] > 0.5 * np.median(size))
    )
    return np.flatnonzero(is_gap) + 1


def rounded(subject: Subject) -> list[Finding]:
    """Angles that lie on a coarse grid: stored with too few digits, or whole degrees."""
    if subject.mapped is None:
        return []
    for j, name in enumerate(subject.robot.joint_names):
        grid = grid_rad(subject.mapped.joint_pos[:, j])
        if grid:
            what = f"the angles of joint '{name}' are multiples of {grid:.3f} rad: they were rounded"
            cure = "store angles with five digits; preparation smooths the steps"
            return [Finding("rounded", "warning", what, cure, None, name, grid, GRID_RAD, "rad")]
    return []


def grid_rad(angles: NDArray[np.float64]) -> float:
    """Spacing of the coarse grid that all angles of one joint, shape (T,), lie on [rad]; 0 where they lie on none."""
    levels = np.unique(np.round(angles, 9))
    if len(levels) < 4:
        return 0.0
    gaps = np.diff(levels)
    grid = float(gaps.min())
    return grid if grid > GRID_RAD and (np.abs(gaps / grid - np.round(gaps / grid)) < 0.02).all() else 0.0


def cadence(subject: Subject) -> list[Finding]:
    """A gait cycle much quicker or slower than a body of this height steps: the frame rate is wrong.

    A leg swings like a pendulum, so that cycles scale with sqrt(height / gravity).
    """
    cycle, motion = subject.cycle, subject.motion
    if cycle is None:
        return []
    unit = math.sqrt(subject.robot.base_height / 9.81)
    period = cycle.period_frames / motion.fps
    if QUICKEST * unit <= period <= SLOWEST * unit:
        return []
    usual = cycle.period_frames / (4.0 * unit)
    how = "quicker" if period < QUICKEST * unit else "slower"
    what = f"a gait cycle takes {period:.2f} s at {motion.fps:g} frames per second, {how} than a robot whose base is "
    what += f"{subject.robot.base_height:.2f} m high steps; about {usual:.0f} frames per second would be usual"
    limit = (QUICKEST if period < QUICKEST * unit else SLOWEST) * unit
    cure = "check the rate the clip was recorded at"
    return [Finding("frame_rate", "warning", what, cure, None, None, period, limit, "s")]


TIME_CHECKS: dict[str, Check] = {
    check.__name__: check for check in (jitter, duplicate_frames, dropped_frames, rounded, cadence)
}
"""Checks of frames and rate by name."""
