"""`JOINT_CHECKS`: columns with a wrong sign, zero, side, unit or order; joints that stick, are cut off or limp."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from webfoot.counted import counted
from webfoot.motion.finding import Finding
from webfoot.motion.misread import best_explanation
from webfoot.motion.subject import Check, Subject

DEGREES_RATIO = 4.0
"""Angles so many times beyond their limits that fit when divided by 57.3 are degrees."""
FROZEN_SHARE, FROZEN_FRAMES = 0.15, 6
"""A joint that keeps one value this long, in frames and in share of the clip, while its leg moves is stuck."""
STILL_RAD = 1e-6
MOVES_RAD = 0.05
"""A joint that moves less than this in all may stand still for good reasons."""
CLIPPED_SHARE = 0.08
"""A joint that rests on its largest or smallest angle on this share of the frames was cut off."""
OUT_OF_STEP = 0.09
"""Part of a cycle by which the swings may be off half a cycle apart; real turns come up to 0.06."""
UNEVEN = 0.6
"""Amplitude of one leg over the other's; turns and sidesteps come down to 0.69."""
LEAST_RISE_M = 0.001
TOGETHER = 0.05
"""Feet that swing this close together hop on purpose [cycles]."""
PHASES = 64
"""At so many phases left is compared with right."""


def misread_columns(subject: Subject) -> list[Finding]:
    """A wrong sign, zero, side or order of columns, where one of them explains the clip."""
    if subject.mapped is None or subject.robot.mirror is None or _degrees(subject).any():
        return []
    best = best_explanation(subject.mapped, subject.robot)
    return [] if best is None else [Finding(best.code, "warning", best.what, best.cure, None, best.joint)]


def degree_joints(
    joint_pos: NDArray[np.float64], lower: NDArray[np.float64], upper: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Joints whose angles fit their limits only as degrees, shape (J,)."""
    reach = np.maximum(np.abs(upper), np.abs(lower))
    size = np.quantile(np.abs(joint_pos), 0.95, axis=0)
    return (size > DEGREES_RATIO * reach) & (size * np.pi / 180 < 1.2 * reach)


def _degrees(subject: Subject) -> NDArray[np.bool_]:
    """Of a clip in the robot's joint order, shape (nu,)."""
    assert subject.mapped is not None
    return degree_joints(subject.mapped.joint_pos, subject.robot.lower, subject.robot.upper)


def degrees(subject: Subject) -> list[Finding]:
    """Joint angles in degrees."""
    if subject.mapped is None:
        return []
    j = np.flatnonzero(_degrees(subject))
    if not len(j):
        return []
    name, value = subject.robot.joint_names[j[0]], float(np.abs(subject.mapped.joint_pos[:, j[0]]).max())
    reach = "reaches" if len(j) == 1 else "reach"
    what = f"{counted(len(j), 'joint')} {reach} angles that only degrees can be, '{name}' {value:.1f}"
    cure = "divide by 57.3 (motion repair does)"
    severity = "error" if 2 * len(j) > len(subject.robot.leg_joint_names) else "warning"  # few may be wild radians
    return [Finding("degrees", severity, what, cure, None, name, value, float(subject.robot.upper[j[0]]), "rad")]


def _runs(still: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Start and end + 1 of every run of True, shape (n, 2)."""
    return np.flatnonzero(np.diff(np.concatenate([[False], still, [False]]).astype(np.int8))).reshape(-1, 2)


def stuck(subject: Subject) -> list[Finding]:
    """Joints that keep one value while the leg moves: a lost servo, or a recording cut off at a limit."""
    motion, robot = subject.mapped, subject.robot
    if motion is None or motion.num_frames < 12:
        return []
    found = []
    step = np.abs(np.diff(motion.joint_pos, axis=0))
    moving = step[:, robot.leg_ids].max(axis=1) > 1e-4  # of the whole robot
    span = np.ptp(motion.joint_pos, axis=0)
    partner = np.arange(robot.nu) if robot.mirror is None else robot.mirror.permutation
    for j in robot.leg_ids:
        runs = [run for run in _runs((step[:, j] < STILL_RAD) & moving) if run[1] - run[0] >= 3]
        if not runs or max(span[j], span[partner[j]]) < MOVES_RAD:
            continue
        name = robot.joint_names[j]
        finding = _cut_off(motion.joint_pos[:, j], runs, name) or _frozen(runs, motion.num_frames, name)
        found += [] if finding is None else [finding]
    return found


def _cut_off(values: NDArray[np.float64], runs: list[NDArray[np.int64]], name: str) -> Finding | None:
    """All runs lie on the joint's largest, or all on its smallest, angle."""
    share = sum(b - a + 1 for a, b in runs) / len(values)
    if np.ptp(values) < MOVES_RAD or share < CLIPPED_SHARE:
        return None
    quick = 2.0 * np.quantile(np.abs(np.diff(values)), 0.9)
    for level, word in ((values.max(), "largest"), (values.min(), "smallest")):
        leaves_slowly = all(b + 1 >= len(values) or abs(values[b + 1] - level) < quick for _, b in runs)
        if leaves_slowly and all(abs(values[a] - level) < 1e-5 for a, _ in runs):
            what = f"joint '{name}' rests on its {word} angle, {level:.3f} rad, on {100 * share:.0f} % of the frames"
            cure = "it was cut off there: record it again with a wider range"
            return Finding("clipped", "warning", what, cure, int(runs[0][0]), name, float(share), CLIPPED_SHARE)
    return None


def _frozen(runs: list[NDArray[np.int64]], frames: int, name: str) -> Finding | None:
    first, last = max(runs, key=lambda run: run[1] - run[0])
    count = int(last - first + 1)
    if count < max(FROZEN_FRAMES, FROZEN_SHARE * frames):
        return None
    what = f"joint '{name}' keeps one value for {count} of {frames} frames while its leg moves, from frame {first} on"
    cure = "the recording lost this joint: record it again, or cut the clip"
    return Finding(
        "frozen_joint", "warning", what, cure, int(first), name, float(count), FROZEN_SHARE * frames, "frames"
    )


def symmetry(subject: Subject) -> list[Finding]:
    """Legs out of step, or one that moves much less than the other."""
    gait = gait_symmetry(subject)
    if gait is None:
        return []
    first = subject.robot.feet[0]
    if gait.out_of_step > OUT_OF_STEP:
        what = f"the legs are {0.5 - gait.out_of_step:.2f} of a cycle apart instead of half a one"
        cure = "one leg was recorded late or early: shift its columns, or generate the gait anew"
        return [
            Finding(
                "out_of_step", "warning", what, cure, None, first.joints[0], gait.out_of_step, OUT_OF_STEP, "cycles"
            )
        ]
    if gait.ratio < UNEVEN:
        what = f"one leg moves {gait.ratio:.2f} times as much as the other: the clip limps"
        cure = "record it again, or mirror the better side; straight walks become the mean of both sides in preparation"
        return [Finding("asymmetric", "warning", what, cure, None, None, gait.ratio, UNEVEN)]
    return []


@dataclass(frozen=True)
class GaitSymmetry:
    """Left against right over one gait cycle."""

    out_of_step: float
    """By how much the legs are not half a cycle apart [cycles]; 0 where that is not clear."""
    ratio: float
    """Amplitude of the leg that moves less over that of the other, in (0, 1]."""
    apart_rad: float
    """RMS distance of the legs from their mirror image half a cycle later."""


def gait_symmetry(subject: Subject) -> GaitSymmetry | None:
    """Left against right; None where there is no gait cycle, no mirror map, or not two legs."""
    cycle, robot = subject.cycle, subject.robot
    if cycle is None or robot.mirror is None or len(robot.feet) != 2:
        return None
    phase = np.arange(PHASES) / PHASES
    full = cycle.at(phase)[:, : robot.nu]
    leg = [robot.joint_names.index(name) for name in robot.feet[0].joints]
    one, other = full[:, leg], robot.mirror(full)[:, leg]
    apart = np.sqrt(np.square(full - np.roll(robot.mirror(full), PHASES // 2, axis=0))[:, robot.leg_ids].mean())
    one, other = one - one.mean(axis=0), other - other.mean(axis=0)
    sizes = sorted((float(np.square(one).mean()), float(np.square(other).mean())))
    if sizes[1] < 1e-6:
        return None
    return GaitSymmetry(_out_of_step(subject, cycle.period_frames), math.sqrt(sizes[0] / sizes[1]), float(apart))


def _out_of_step(subject: Subject, period_frames: float) -> float:
    """By how much the middles of the two swings are not half a cycle apart [cycles]; 0 where feet hardly rise.

    The middle of a swing is the phase of the first harmonic of the foot's height.
    """
    assert subject.traces is not None
    heights = subject.traces.heights - subject.traces.heights.mean(axis=0)
    phase = np.arange(len(heights)) / period_frames
    middle = (heights * np.exp(2j * np.pi * phase)[:, None]).mean(axis=0)  # (2,)
    if np.abs(middle).min() < LEAST_RISE_M:
        return 0.0
    apart = float(np.angle(middle[0] / middle[1])) / (2 * np.pi)
    return 0.5 - abs(apart) if abs(apart) > TOGETHER else 0.0


JOINT_CHECKS: dict[str, Check] = {check.__name__: check for check in (degrees, misread_columns, stuck, symmetry)}
"""Checks of joint columns by name."""
