"""`JUMP_CHECKS`: single frames that are wrong, angles wrapped at pi, and places where a clip was cut."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter

from webfoot.counted import counted
from webfoot.motion.clip import Motion
from webfoot.motion.cycle import Cycle
from webfoot.motion.finding import Finding
from webfoot.motion.subject import Check, Subject
from webfoot.motion.time_checks import interpolation_error, jitter_rad

JUMP_RAD = 0.3
JUMP_RATIO = 6.0
JUMP_WINDOW = 7
"""A step larger than `JUMP_RAD` and `JUMP_RATIO` times the median of the steps around it is a jump."""
WRAP_RAD = 5.5
"""A jump beyond this is a turn of 2 pi, not a movement."""
SPIKE_RAD, SPIKE_RATIO = 0.08, 8.0
"""A frame so far beside its neighbours, and so many times the shaking of its joint, is wrong."""
SPIKE_PATTERN = np.array([1.0, -4.0, 6.0, -4.0, 1.0]) / 6.0
SPIKE_UNLIKE = 0.1
"""Share of the errors around a spike that may differ from the pattern; seams and quick turns come down to 0.13."""
CUT_RAD, CUT_RATIO, CUT_JOINTS = 0.15, 2.0, 3
"""A step of the whole legs so long [rad, norm], so many times its neighbours, and of so many joints, is a cut."""


def beside_the_cycle(mapped: Motion, cycle: Cycle | None) -> NDArray[np.float64]:
    """Angles less those of the gait cycle, so that a step which returns in every cycle is no jump, shape (T, nu)."""
    if cycle is None or cycle.periods < 2:
        return mapped.joint_pos
    phase = (np.arange(mapped.num_frames, dtype=np.float64) - cycle.start) / cycle.period_frames
    return mapped.joint_pos - cycle.at(phase)[:, : len(mapped.joint_names)]


def jump_steps(mapped: Motion, cycle: Cycle | None) -> NDArray[np.bool_]:
    """Steps far larger than those around them, shape (T - 1, nu)."""
    size = np.abs(np.diff(beside_the_cycle(mapped, cycle), axis=0))
    return size > np.maximum(JUMP_RAD, JUMP_RATIO * median_filter(size, size=(JUMP_WINDOW, 1), mode="nearest"))


def spikes(mapped: Motion) -> NDArray[np.bool_]:
    """Single wrong frames, shape (T, nu).

    A frame that is off by h leaves the errors (1, -4, 6, -4, 1) h / 6 of `interpolation_error` around it, which no
    movement does; frames whose errors are h times that pattern are spikes.
    """
    if mapped.num_frames < 7:
        return np.zeros(mapped.joint_pos.shape, dtype=np.bool_)
    error = np.pad(interpolation_error(mapped.joint_pos, mapped.loop), ((2, 2), (0, 0)), mode="wrap")
    around = np.stack([error[k : k + mapped.num_frames] for k in range(5)])  # (5, T, nu)
    height = np.tensordot(SPIKE_PATTERN, around, 1) / (SPIKE_PATTERN @ SPIKE_PATTERN)
    left_over = np.linalg.norm(around - SPIKE_PATTERN[:, None, None] * height, axis=0)
    whole = np.maximum(np.linalg.norm(around, axis=0), 1e-12)
    shaking = jitter_rad(mapped)
    unlike = SPIKE_UNLIKE + 1.5 * shaking / np.maximum(np.abs(height), 1e-12)
    return (np.abs(height) > np.maximum(SPIKE_RAD, SPIKE_RATIO * shaking)) & (left_over < unlike * whole)


def jumps(subject: Subject) -> list[Finding]:
    """Single steps far larger than a joint's others, named by what they look like."""
    mapped = subject.mapped
    if mapped is None:
        return []
    outliers = spikes(mapped)
    jump = jump_steps(mapped, subject.cycle)
    jump[outliers[1:] | outliers[:-1]] = False
    wrap = np.abs(np.diff(mapped.joint_pos, axis=0)) > WRAP_RAD
    outliers[1:] &= ~wrap
    return [*_spiked(subject, outliers), *_wrapped(subject, wrap), *_jumped(subject, jump & ~wrap)]


def _spiked(subject: Subject, outliers: NDArray[np.bool_]) -> list[Finding]:
    found = []
    assert subject.mapped is not None
    error = np.abs(interpolation_error(subject.mapped.joint_pos, subject.mapped.loop))
    for j in np.flatnonzero(outliers.any(axis=0)):
        frame, name = int(np.argmax(outliers[:, j])), subject.robot.joint_names[j]
        value, count = float(error[frame, j]), int(outliers[:, j].sum())
        frames = counted(count, "such frame")
        what = f"frame {frame} of joint '{name}' lies {value:.3f} rad beside its neighbours ({frames})"
        cure = "motion repair replaces it by the curve through its neighbours"
        found.append(Finding("spike", "warning", what, cure, frame, name, value, SPIKE_RAD, "rad"))
    return found


def _wrapped(subject: Subject, jump: NDArray[np.bool_]) -> list[Finding]:
    found = []
    for j in np.flatnonzero(jump.any(axis=0)):
        frame, name = int(np.argmax(jump[:, j])), subject.robot.joint_names[j]
        what = (
            f"joint '{name}' jumps by a whole turn behind frame {frame} ({counted(int(jump[:, j].sum()), 'such jump')})"
        )
        cure = "unwrap the angles (motion repair does)"
        found.append(Finding("angle_wrapped", "warning", what, cure, frame, name, limit=WRAP_RAD, unit="rad"))
    return found


def _cuts(legs: NDArray[np.float64]) -> NDArray[np.int64]:
    """Frames behind which the legs as a whole jump, shape (n,)."""
    step = np.abs(np.diff(legs, axis=0))
    size = np.linalg.norm(step, axis=1)
    if len(size) < 5:
        return np.zeros(0, dtype=np.int64)
    around = np.maximum.reduce([size[:-4], size[1:-3], size[3:-1], size[4:]])
    usual = np.maximum(median_filter(step, size=(JUMP_WINDOW, 1), mode="nearest"), 0.01)
    joints = (step > CUT_RATIO * usual).sum(axis=1)[2:-2]
    return np.flatnonzero((size[2:-2] > np.maximum(CUT_RAD, CUT_RATIO * around)) & (joints >= CUT_JOINTS)) + 2


def _jumped(subject: Subject, jump: NDArray[np.bool_]) -> list[Finding]:
    assert subject.mapped is not None
    legs = subject.robot.leg_ids
    angles = subject.mapped.joint_pos
    cuts = _cuts(angles[:, legs])
    if len(cuts):
        value = float(np.abs(np.diff(angles, axis=0))[cuts[0]].max())
        what = (
            f"the whole pose jumps behind frame {cuts[0]} ({counted(len(cuts), 'such place')}): the clip was cut there"
        )
        cure = "use the part before or behind it, or a recording without gaps"
        return [Finding("cut", "warning", what, cure, int(cuts[0]), None, value, JUMP_RAD, "rad")]
    found = []
    for j in np.flatnonzero(jump.any(axis=0)):
        frame, name = int(np.argmax(jump[:, j])), subject.robot.joint_names[j]
        value, count = float(np.abs(angles[frame + 1, j] - angles[frame, j])), int(jump[:, j].sum())
        what = (
            f"joint '{name}' jumps by {value:.3f} rad from frame {frame} to {frame + 1} ({counted(count, 'such jump')})"
        )
        cure = "repair the frames around it, or use the part before or behind it"
        found.append(Finding("jump", "warning", what, cure, frame, name, value, JUMP_RAD, "rad"))
    return found


JUMP_CHECKS: dict[str, Check] = {jumps.__name__: jumps}
"""Checks of single frames by name."""
