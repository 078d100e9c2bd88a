"""The left-right mirror map of a robot: guessed from names, else from geometry, and proved by mirrored kinematics."""

import re
from collections.abc import Callable

import mujoco
import numpy as np
from numpy.typing import NDArray

from webfoot.robots.spec import Foot, Mirror

SAGITTAL = np.array([1.0, -1.0, 1.0])
"""Reflection of a position across the x-z plane."""
AXIAL = np.array([-1.0, 1.0, -1.0])
"""Reflection of a rotation axis, a pseudo-vector, across the x-z plane."""
TOLERANCE_M = 0.005
"""Largest distance between a mirrored foot and the foot on the other side, for robots up to half a metre high."""
TOLERANCE_SHARE = 0.01
"""The same for larger ones, as a share of how far the feet are from the base."""
POSES = 40
PAIRS = (("left", "right"), ("l", "r"), ("fl", "fr"), ("rl", "rr"), ("hl", "hr"), ("bl", "br"), ("lf", "rf"))
PAIRS += (("lh", "rh"), ("lr", "rr"), ("lb", "rb"))
"""Words that swap in the mirror, whatever their case."""
WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^A-Za-z0-9]+")
"""Parts of a name: `FL_hip`, `LeftKnee`, `hip_l`, `l-knee`."""


def derive_mirror(
    model: mujoco.MjModel, base_id: int, joint_names: tuple[str, ...], feet: tuple[Foot, ...]
) -> tuple[Mirror | None, str]:
    """Find the mirror map of a robot's joints.

    Partners come from names (`left_knee` and `right_knee`, `FL_hip` and `FR_hip`, `knee_l` and `knee_r`); where those
    say nothing, or nothing that holds, from where the joints are. A joint without partner is its own. The sign
    compares the joint's axis with the mirror image of its partner's: a rotation axis is a pseudo-vector, so reflection
    across the x-z plane sends (x, y, z) to (-x, y, -z). Forty random poses must then put every foot where its
    mirrored partner stands, each foot the same partner in all of them.

    Returns:
        The map and an empty string, or None and the reason why there is none.
    """
    data = mujoco.MjData(model)
    mujoco.mj_resetData(model, data)
    mujoco.mj_forward(model, data)
    ids = [model.joint(name).id for name in joint_names]
    into_base = data.xmat[base_id].reshape(3, 3)
    axes = data.xaxis[ids] @ into_base
    anchors = (data.xanchor[ids] - data.xpos[base_id]) @ into_base
    guesses: list[Callable[[], list[int]]] = [
        lambda: [_named_partner(name, joint_names) for name in joint_names],
        lambda: _near_partners(anchors, axes),
    ]
    errors = []
    for guess in guesses:
        mirror = _with_signs(guess(), axes)
        if mirror is None:
            continue
        error, tolerance = _mirror_error(model, base_id, joint_names, feet, mirror)
        if error <= tolerance:
            return mirror, ""
        errors.append(error)
    apart = f"{1000 * min(errors):.0f} mm apart" if errors else "to no place in particular"
    return None, f"no left-right mirror map: mirrored poses put the feet {apart}"


def mirrored_name(name: str, known: tuple[str, ...]) -> str | None:
    """The name on the other side, among those known; None where a name has none."""
    words = WORD.findall(name)
    for at, word in enumerate(words):
        for pair in PAIRS:
            for here, there in (pair, pair[::-1]):
                if word.lower() != here:
                    continue
                swapped = "".join((*words[:at], _in_case_of(word, there), *words[at + 1 :]))
                if swapped in known:
                    return swapped
    for here, there in (("left", "right"), ("Left", "Right"), ("LEFT", "RIGHT")):
        for old, new in ((here, there), (there, here)):
            if old in name and name.replace(old, new) in known:
                return name.replace(old, new)
    return None


def _in_case_of(word: str, other: str) -> str:
    return other.upper() if word.isupper() else other.capitalize() if word[0].isupper() else other


def _named_partner(name: str, joint_names: tuple[str, ...]) -> int:
    return joint_names.index(mirrored_name(name, joint_names) or name)


def _near_partners(anchors: NDArray[np.float64], axes: NDArray[np.float64]) -> list[int]:
    """For every joint the one whose place and axis are nearest to its mirror image."""
    apart = np.linalg.norm(anchors[:, None] * SAGITTAL - anchors[None], axis=-1)
    along = np.abs(np.einsum("ik,jk->ij", axes * AXIAL, axes))
    size = max(float(np.abs(anchors).max()), 1e-3)
    return [int(j) for j in np.argmin(apart / size + (1 - along), axis=1)]


def _with_signs(partner: list[int], axes: NDArray[np.float64]) -> Mirror | None:
    """The map with its signs; None where partners are not each other's."""
    if any(partner[other] != joint for joint, other in enumerate(partner)):
        return None
    sign = np.sign((axes * (axes[partner] * AXIAL)).sum(axis=1))
    sign[sign == 0] = 1.0
    return Mirror(np.array(partner, dtype=np.int64), sign)


def _mirror_error(
    model: mujoco.MjModel, base_id: int, joint_names: tuple[str, ...], feet: tuple[Foot, ...], mirror: Mirror
) -> tuple[float, float]:
    """Largest distance between mirrored soles and soles of the mirrored pose over random poses, and what is allowed."""
    ids = [model.joint(name).id for name in joint_names]
    limited = model.jnt_limited[ids].astype(bool)
    lower = np.where(limited, model.jnt_range[ids, 0], -1.0)
    upper = np.where(limited, model.jnt_range[ids, 1], 1.0)
    generator = np.random.default_rng(0)
    apart = np.empty((POSES, len(feet), len(feet)))
    reach = 0.0
    for pose in range(POSES):
        joints = generator.uniform(lower, upper)
        here = _foot_centres(model, base_id, ids, feet, joints) * SAGITTAL
        there = _foot_centres(model, base_id, ids, feet, mirror(joints))
        apart[pose] = np.linalg.norm(here[:, None] - there[None], axis=-1)
        reach = max(reach, float(np.linalg.norm(here, axis=1).max()))
    return float(apart.max(axis=0).min(axis=1).max()), max(TOLERANCE_M, TOLERANCE_SHARE * reach)


def _foot_centres(
    model: mujoco.MjModel, base_id: int, joint_ids: list[int], feet: tuple[Foot, ...], joints: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Centres of the soles in the base frame [m], shape (F, 3)."""
    data = mujoco.MjData(model)
    data.qpos[model.jnt_qposadr[joint_ids]] = joints
    mujoco.mj_kinematics(model, data)
    rotation, origin = data.xmat[base_id].reshape(3, 3), data.xpos[base_id]
    centres = []
    for foot in feet:
        body = model.body(foot.body).id
        world = foot.sole.mean(axis=0) @ data.xmat[body].reshape(3, 3).T + data.xpos[body]
        centres.append((world - origin) @ rotation)
    return np.array(centres)
