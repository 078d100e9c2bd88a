"""`SkeletonMotion`: a recorded skeleton as joint positions over time, and its legs: where hips, knees and feet are."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from webfoot.errors import MotionError

FOOT_WORDS = ("foot", "ankle")
SIDES = {
    "left": re.compile(r"left|(?:^|[^a-z])l(?:[^a-z]|$)|^l(?=(?:foot|ankle))"),
    "right": re.compile(r"right|(?:^|[^a-z])r(?:[^a-z]|$)|^r(?=(?:foot|ankle))"),
}
"""How a joint's name says its side, in lower case: LeftFoot, lFoot, foot.l, L_Ankle, mixamorig:LeftFoot."""
SHORT_BONE = 0.12
"""Bones shorter than this share of the chain from pelvis to foot are no thigh and no shin."""
AXES = np.concatenate([np.eye(3), -np.eye(3)])


@dataclass(frozen=True)
class SkeletonMotion:
    """A recorded skeleton of B joints and T frames; axes and unit of length are whatever the file has."""

    name: str
    fps: float
    joint_names: tuple[str, ...]
    parents: tuple[int, ...]
    """Index of each joint's parent, always a smaller one; -1 for the root, which is joint 0."""
    positions: NDArray[np.float64]
    """World positions, shape (T, B, 3)."""
    loop: bool = False
    source: str = ""


def joint_positions(
    parents: tuple[int, ...], local: NDArray[np.float64], rotations: Sequence[Rotation]
) -> NDArray[np.float64]:
    """World positions of all joints, by walking down the tree.

    Args:
        parents: index of each joint's parent, always a smaller one; -1 for the root.
        local: place of each joint in its parent's frame (the root: in the world), shape (T, B, 3).
        rotations: of each joint relative to its parent, B of T rotations.

    Returns:
        Shape (T, B, 3).
    """
    positions = np.empty_like(local)
    world: list[Rotation] = []
    for j, parent in enumerate(parents):
        if parent < 0:
            positions[:, j] = local[:, j]
            world.append(rotations[j])
        else:
            with np.errstate(all="ignore"):  # what is no position is refused by `find_walker`
                positions[:, j] = positions[:, parent] + world[parent].apply(local[:, j])
            world.append(world[parent] * rotations[j])
    return positions


@dataclass(frozen=True)
class Leg:
    """Joints of one leg by index; `toe` is -1 where the skeleton ends at the ankle."""

    hip: int
    knee: int
    ankle: int
    toe: int


@dataclass(frozen=True)
class Walker:
    """What a retarget needs of a skeleton: two legs, up and forward known; z up, lengths as in the file."""

    hips: NDArray[np.float64]
    """Hip joints, left then right, shape (T, 2, 3)."""
    feet: NDArray[np.float64]
    """Middle between ankle and toe, left then right, shape (T, 2, 3)."""
    heading: NDArray[np.float64]
    """Heading of the pelvis, unwrapped [rad], shape (T,)."""
    foot_heading: NDArray[np.float64]
    """Heading of each foot relative to the pelvis [rad], shape (T, 2); 0 without toes, wild while they point down."""
    leg_length: float
    """Thigh and shin."""
    note: str


def find_walker(skeleton: SkeletonMotion) -> Walker:
    """Find the legs by name, else by the shape of the skeleton, and turn it upright.

    Raises:
        MotionError: numbers that are no positions, or no two legs.
    """
    positions = skeleton.positions
    if not (np.abs(positions) < 1e6).all():
        frame = int(np.argwhere(~(np.abs(positions) < 1e6))[0, 0])
        raise MotionError(f"{skeleton.name}: frame {frame} of {len(positions)} holds a position that is no number")
    legs, how = _legs(skeleton)
    bones = [_length(positions, leg.hip, leg.knee) + _length(positions, leg.knee, leg.ankle) for leg in legs]
    if min(bones) < 1e-6 or max(bones) > 1.5 * min(bones):
        raise MotionError(f"{skeleton.name}: legs of length {bones[0]:.3g} and {bones[1]:.3g}; expected two equal legs")
    hips = positions[:, [leg.hip for leg in legs]]
    ankles = positions[:, [leg.ankle for leg in legs]]
    up = _nearest_axis((hips - ankles).mean(axis=(0, 1)))
    turn = _z_up(up)
    toes = positions[:, [leg.toe if leg.toe >= 0 else leg.ankle for leg in legs]]
    hips, ankles, toes = (turn.apply(part.reshape(-1, 3)).reshape(-1, 2, 3) for part in (hips, ankles, toes))
    hips, ankles, toes, how = _sided(hips, ankles, toes, how, skeleton, legs)
    across = hips[:, 0] - hips[:, 1]  # to the left
    if (np.linalg.norm(across[:, :2], axis=1) < 1e-3 * bones[0]).any():
        raise MotionError(f"{skeleton.name}: the hips lie above one another; expected a skeleton that stands")
    heading = np.unwrap(np.arctan2(-across[:, 0], across[:, 1]))
    pointing = toes - ankles
    foot_heading = np.zeros((len(positions), 2))
    if min(leg.toe for leg in legs) >= 0:
        world = np.arctan2(pointing[..., 1], pointing[..., 0])
        foot_heading = np.angle(np.exp(1j * (world - heading[:, None])))
    axis = "-+"[int(up.sum() > 0)] + "xyz"[int(np.abs(up).argmax())]
    named = ", ".join(skeleton.joint_names[leg.ankle] for leg in legs)
    note = f"legs found by {how} (they end at {named}); up is {axis}"
    return Walker(hips, 0.5 * (ankles + toes), heading, foot_heading, float(np.mean(bones)), note)


def _legs(skeleton: SkeletonMotion) -> tuple[tuple[Leg, Leg], str]:
    """Left and right leg, and how they were found; by shape alone the sides may still be swapped."""
    by_name = [_leg_by_name(skeleton, side) for side in SIDES]
    if by_name[0] is not None and by_name[1] is not None and by_name[0].hip != by_name[1].hip:
        return (by_name[0], by_name[1]), "name"
    legs = _legs_by_shape(skeleton)
    if len(legs) != 2:
        names = ", ".join(skeleton.joint_names[:12])
        raise MotionError(f"{skeleton.name}: no two legs among its joints ({names}, ...); expected a biped's skeleton")
    return (legs[0], legs[1]), "shape"


def _leg_by_name(skeleton: SkeletonMotion, side: str) -> Leg | None:
    for joint, name in enumerate(skeleton.joint_names):
        plain = name.lower().split(":")[-1]
        if SIDES[side].search(plain) and any(word in plain for word in FOOT_WORDS):
            chain = _chain(skeleton, joint)
            return _leg_of_chain(skeleton, chain, ends_at_ankle=True)
    return None


def _legs_by_shape(skeleton: SkeletonMotion) -> list[Leg]:
    """The two lowest limbs of the mean pose, which is taken to be tallest along its up axis."""
    pose = skeleton.positions.mean(axis=0)
    extent = np.ptp(pose, axis=0)
    axis = 1 if extent[1] > 0.7 * extent.max() else int(extent.argmax())  # y is up in most files
    leaves = [j for j in range(len(pose)) if j not in skeleton.parents]
    leaves.sort(key=lambda j: pose[j, axis])
    legs: list[Leg] = []
    for leaf in leaves:
        leg = _leg_of_chain(skeleton, _chain(skeleton, leaf), ends_at_ankle=False)
        if leg is not None and leg.hip not in {other.hip for other in legs}:
            legs.append(leg)
        if len(legs) == 2:
            break
    return legs


def _chain(skeleton: SkeletonMotion, joint: int) -> list[int]:
    """Joints from the root down to this one."""
    chain = [joint]
    while skeleton.parents[chain[-1]] >= 0:
        chain.append(skeleton.parents[chain[-1]])
    return chain[::-1]


def _leg_of_chain(skeleton: SkeletonMotion, chain: list[int], ends_at_ankle: bool) -> Leg | None:
    """Thigh and shin are the last two long bones before the ankle, or the two longest of a whole limb."""
    lengths = [_length(skeleton.positions, a, b) for a, b in zip(chain[:-1], chain[1:], strict=True)]
    long = [i for i, length in enumerate(lengths) if length > SHORT_BONE * max(sum(lengths), 1e-9)]
    if len(long) < 2:
        return None
    if ends_at_ankle:
        thigh, shin = long[-2], long[-1]
    else:
        pairs = zip(long[:-1], long[1:], strict=True)
        thigh, shin = max(pairs, key=lambda pair: lengths[pair[0]] + lengths[pair[1]])
    ankle = chain[shin + 1]
    children = [j for j, parent in enumerate(skeleton.parents) if parent == ankle]
    toe = max(children, key=lambda j: _length(skeleton.positions, ankle, j), default=-1)
    if toe >= 0 and _length(skeleton.positions, ankle, toe) < 0.02 * sum(lengths):
        toe = -1
    return Leg(chain[thigh], chain[shin], ankle, toe)


def _length(positions: NDArray[np.float64], a: int, b: int) -> float:
    return float(np.median(np.linalg.norm(positions[:, a] - positions[:, b], axis=1)))


def _nearest_axis(vector: NDArray[np.float64]) -> NDArray[np.float64]:
    return AXES[int((AXES @ vector).argmax())]


def _z_up(up: NDArray[np.float64]) -> Rotation:
    """The turn that brings `up`, one of the six axes, to z; right-handed, so nothing is mirrored."""
    if up[2] < 0:
        return Rotation.from_euler("x", 180, degrees=True)
    axis = np.cross(up, [0.0, 0.0, 1.0])
    return Rotation.from_rotvec(axis * np.pi / 2)


def _sided(
    hips: NDArray[np.float64],
    ankles: NDArray[np.float64],
    toes: NDArray[np.float64],
    how: str,
    skeleton: SkeletonMotion,
    legs: tuple[Leg, Leg],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], str]:
    """Left before right: with toes that point forward the left hip lies to the left."""
    across, pointing = (hips[:, 0] - hips[:, 1])[:, :2], (toes - ankles).mean(axis=1)[:, :2]
    forward = np.column_stack([across[:, 1], -across[:, 0]])  # left x up
    agreement = float((forward * pointing).sum(axis=1).mean())
    if agreement >= 0 or min(leg.toe for leg in legs) < 0:
        return hips, ankles, toes, how
    if how == "name":
        raise MotionError(
            f"{skeleton.name}: the toes point backward of what the names of left and right say; the file is mirrored "
            "or its axes are left-handed, export it right-handed"
        )
    return hips[:, ::-1], ankles[:, ::-1], toes[:, ::-1], how
