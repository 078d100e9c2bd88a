"""`best_explanation`: when legs make no sense, which single mistake in the joint columns would explain them?"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from webfoot.motion.clip import Motion
from webfoot.motion.traces import trace
from webfoot.robots.spec import Robot

LOOKED_AT = 16
"""Frames, evenly spread, on which an explanation is tried."""
TILT_DEG, ASYMMETRY_RAD, OUTSIDE_RAD = 10.0, 0.25, 0.1
"""What counts as one unit of nonsense: tilt of standing soles, mean angle left against right, distance from limits."""
DOUBTFUL = 1.0
"""Legs with less nonsense than this are not questioned."""
SHARE_LEFT = 0.6
"""An explanation must leave less than this share of the nonsense."""
OFFSET_RAD = 0.2
"""Smallest constant error of one joint that is told from a turn or a limp."""


@dataclass(frozen=True)
class Explanation:
    """One mistake that would explain a clip."""

    code: str
    what: str
    cure: str
    joint: str
    undo: Callable[[NDArray[np.float64]], NDArray[np.float64]]
    """From joint angles as they are to those that were meant, shape (T, nu)."""


def nonsense(joint_pos: NDArray[np.float64], robot: Robot, root_quat: NDArray[np.float64] | None = None) -> float:
    """How little the legs of some frames make sense for a robot: 0 for a sound gait.

    tilt of the standing soles / 10 deg + largest |mean left - mean mirrored right| / 0.25 rad + mean excess / 0.1 rad
    """
    motion = Motion("looked at", 50.0, robot.joint_names, joint_pos, root_quat=root_quat)
    return trace(motion, robot).sole_tilt_deg / TILT_DEG + _nonsense_of_angles(joint_pos, robot)


def _nonsense_of_angles(joint_pos: NDArray[np.float64], robot: Robot) -> float:
    """The part of it that needs no kinematics."""
    total, legs = 0.0, robot.leg_ids
    if robot.mirror is not None:
        middle = np.median(joint_pos, axis=0)
        total += float(np.abs(middle - robot.mirror(middle))[legs].max()) / ASYMMETRY_RAD
    outside = np.maximum(joint_pos - robot.upper, robot.lower - joint_pos)[:, legs].clip(min=0.0)
    return total + float(outside.max(axis=1).mean()) / OUTSIDE_RAD


def best_explanation(motion: Motion, robot: Robot) -> Explanation | None:
    """The single mistake that best explains a clip in the robot's joint order; None where it needs none.

    Looked at are joints with the wrong sign, two columns of a leg exchanged, left and right exchanged, and a constant
    error of one joint.
    """
    if len(robot.feet) < 2:
        return None
    frames = np.unique(np.linspace(0, motion.num_frames - 1, LOOKED_AT).astype(np.int64))
    looked, quat = motion.joint_pos[frames], None if motion.root_quat is None else motion.root_quat[frames]
    here = nonsense(looked, robot, quat)
    if here < DOUBTFUL:
        return None
    most = min(SHARE_LEFT * here, here - 0.5 * DOUBTFUL)
    likely = [e for e in explanations(looked, robot) if _nonsense_of_angles(e.undo(looked), robot) < most]
    left = [nonsense(e.undo(looked), robot, quat) for e in likely]
    if not left or min(left) >= most:
        return None
    return next(e for e, value in zip(likely, left, strict=True) if value <= min(left) + 0.1 * here)


def explanations(joint_pos: NDArray[np.float64], robot: Robot) -> Iterator[Explanation]:
    """Every mistake that is looked at, the likeliest first: the first that explains as much as any is believed."""
    yield from _signs(robot, pairs=False)
    yield from _sides(robot)
    yield from _columns(robot)
    yield from _signs(robot, pairs=True)
    yield from _offsets(joint_pos, robot)


def _signs(robot: Robot, pairs: bool) -> Iterator[Explanation]:
    for j in robot.leg_ids:
        other = int(j if robot.mirror is None else robot.mirror.permutation[j])
        if pairs and other <= j:
            continue
        group = [int(j), other] if pairs else [int(j)]
        names = " and ".join(f"'{robot.joint_names[i]}'" for i in group)
        what = f"joint {names} makes sense only with the opposite sign"
        cure = "turn the sign of that column (motion repair --fix-joints does)"
        sign = np.ones(robot.nu)
        sign[group] = -1.0
        yield Explanation("sign_flipped", what, cure, robot.joint_names[j], lambda q, sign=sign: q * sign)


def _exchanged(order: list[int]) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    return lambda q: q[:, order]


def _sides(robot: Robot) -> Iterator[Explanation]:
    if robot.mirror is None:
        return
    partner = [int(p) for p in robot.mirror.permutation]
    pairs = [(int(j), partner[j]) for j in robot.leg_ids if partner[j] > j]
    cure = "exchange these columns (motion repair --fix-joints does), or name them"
    every = [p if j in robot.leg_ids else j for j, p in enumerate(partner)]
    what = "the legs make sense only with the columns of left and right exchanged"
    yield Explanation("sides_swapped", what, cure, robot.leg_joint_names[0], _exchanged(every))
    for a, b in pairs:
        what = f"joints '{robot.joint_names[a]}' and '{robot.joint_names[b]}' make sense only exchanged: left for right"
        yield Explanation("sides_swapped", what, cure, robot.joint_names[a], _exchanged(_swap(robot.nu, [(a, b)])))


def _swap(size: int, pairs: list[tuple[int, int]]) -> list[int]:
    order = list(range(size))
    for a, b in pairs:
        order[a], order[b] = b, a
    return order


def _columns(robot: Robot) -> Iterator[Explanation]:
    names = robot.joint_names
    cure = "exchange these columns (motion repair --fix-joints does), or name them"
    for foot in robot.feet:
        for a, b in combinations([names.index(name) for name in foot.joints], 2):
            groups = [[(a, b)]]
            if robot.mirror is not None and foot is robot.feet[0]:
                groups.append([(a, b), (int(robot.mirror.permutation[a]), int(robot.mirror.permutation[b]))])
            for pairs in groups:
                listed = " and ".join(f"'{names[i]}' with '{names[j]}'" for i, j in pairs)
                what = f"the columns make sense only with {listed} exchanged"
                yield Explanation("columns_swapped", what, cure, names[a], _exchanged(_swap(robot.nu, pairs)))


def _offsets(joint_pos: NDArray[np.float64], robot: Robot) -> Iterator[Explanation]:
    if robot.mirror is None:
        return
    middle = np.median(joint_pos, axis=0)
    off = middle - robot.mirror(middle)
    for j in robot.leg_ids:
        if abs(off[j]) > OFFSET_RAD:
            name, shift = robot.joint_names[j], np.zeros(robot.nu)
            shift[j] = off[j]
            what = f"joint '{name}' is off by about {off[j]:+.2f} rad throughout"
            cure = "check its zero position (motion repair --fix-joints takes the error out)"
            yield Explanation("joint_offset", what, cure, name, lambda q, shift=shift: q - shift)
