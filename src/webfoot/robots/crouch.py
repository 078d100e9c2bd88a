"""A standing pose for a model that has none: legs bent a little, soles flat, feet under the mass."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import mujoco
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from webfoot.robots.feet import to_world
from webfoot.robots.pose import put_in_pose
from webfoot.robots.spec import Foot

DEPTHS = {2: (0.12, 0.06, 0.2, 0.3), 4: (0.28, 0.2, 0.35, 0.12)}
"""How much shorter than stretched the legs are, tried in this order, by the number of feet.

Source: Unitree's G1 walks with its knees bent by 0.6 rad (cos 0.3: 4 %, ankles 12 %), Go1 and A1 by 1.5 to 1.8 (30 %).
"""
START_BENDS_RAD = (0.6, -0.6)
"""The search starts with joints bent to either side."""
FLAT_RAD = 0.05
"""A sole of a crouch that is tilted by more does not stand."""
REACH_M = 0.01


@dataclass(frozen=True)
class Leg:
    """A leg while its pose is searched."""

    foot: Foot
    ids: NDArray[np.int64]
    """Columns of its joints in the joint vector."""


def crouches(
    model: mujoco.MjModel,
    base_id: int,
    joint_names: tuple[str, ...],
    feet: tuple[Foot, ...],
    start: NDArray[np.float64],
    limits: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> Iterator[NDArray[np.float64]]:
    """Poses with bent legs, most natural first, shape (nu,) each; none where the legs cannot bend with flat soles.

    Every leg is searched by itself: its foot below its hip, at a depth that is a share of the stretched leg, its sole
    flat, its joints as near to `start` as that allows. The feet are then moved fore or aft, all alike, until the
    centre of mass is over their middle.

    Args:
        start: angles to stay near to [rad], shape (nu,).
        limits: lower and upper [rad].
    """
    search = _Search(model, base_id, joint_names, start, limits)
    legs = [Leg(foot, np.array([joint_names.index(j) for j in foot.joints])) for foot in feet]
    if not all(len(leg.ids) >= 2 for leg in legs):
        return
    lengths = [search.stretched(leg) for leg in legs]
    depths = DEPTHS[2] if len(feet) <= 2 else DEPTHS[4]
    for depth, sign in product(depths, START_BENDS_RAD):
        shift = 0.0
        pose = None
        for _ in range(3):
            pose = search.crouch(legs, [(1 - depth) * length for length in lengths], shift, sign)
            if pose is None:
                break
            shift += search.off_balance(pose, legs)
        if pose is not None:
            yield np.round(pose, 3) + 0.0


class _Search:
    """Inverse kinematics by bounded least squares, on one model."""

    def __init__(
        self,
        model: mujoco.MjModel,
        base_id: int,
        joint_names: tuple[str, ...],
        start: NDArray[np.float64],
        limits: tuple[NDArray[np.float64], NDArray[np.float64]],
    ):
        self.model, self.base_id, self.start = model, base_id, start
        self.lower, self.upper = limits
        self.data = mujoco.MjData(model)
        put_in_pose(model, self.data, dict(zip(joint_names, start.tolist(), strict=True)))
        self.address = model.jnt_qposadr[[model.joint(name).id for name in joint_names]]
        self.joint_ids = [model.joint(name).id for name in joint_names]

    def stretched(self, leg: Leg) -> float:
        """Length of the stretched leg: from its hip to its sole, along its links [m]."""
        body = self.model.body(leg.foot.body).id
        total = float(np.linalg.norm(leg.foot.sole.mean(axis=0)))
        hip = self._hip_body(leg)
        while body != hip:
            total += float(np.linalg.norm(self.model.body_pos[body]))
            body = int(self.model.body_parentid[body])
        return max(total, self._depth(leg))

    def crouch(self, legs: list[Leg], depths: list[float], shift: float, sign: float) -> NDArray[np.float64] | None:
        """Angles that put every foot `depth` below its hip and `shift` before it; None where one cannot get there."""
        pose = self.start.copy()
        for leg, depth in zip(legs, depths, strict=True):
            best = None
            for bend in (sign, 0.0):
                solved = self._solve(leg, depth, shift, bend, sign)
                if solved is not None and (best is None or solved[1] < best[1]):
                    best = solved
            if best is None:
                return None
            pose[leg.ids] = best[0]
        return pose

    def off_balance(self, pose: NDArray[np.float64], legs: list[Leg]) -> float:
        """How far the centre of mass is before the middle of the soles [m]."""
        self._place(pose)
        mujoco.mj_comPos(self.model, self.data)
        middle = np.mean([self._sole(leg).mean(axis=0)[0] for leg in legs])
        return float(self.data.subtree_com[self.base_id][0] - middle)

    def _solve(
        self, leg: Leg, depth: float, shift: float, bend: float, sign: float
    ) -> tuple[NDArray[np.float64], float] | None:
        lower, upper = self.lower[leg.ids], self.upper[leg.ids]
        rest = np.clip(self.start[leg.ids], lower, upper)
        first = rest.copy()
        pitch = self._pitch_joints(leg)
        for place, column in enumerate(pitch[:3]):
            first[column] += bend * (1.0, -2.0, 1.0)[place] * self._pitch_sign(leg, column)
        self._place(self.start)
        target = self._hip(leg) + [shift, 0.0, -depth]
        target[1] = self._sole(leg).mean(axis=0)[1]

        def error(angles: NDArray[np.float64]) -> NDArray[np.float64]:
            pose = self.start.copy()
            pose[leg.ids] = angles
            self._place(pose)
            sole = self._sole(leg)
            away = (sole.mean(axis=0) - target) / depth
            tilt = np.zeros(2) if leg.foot.is_point else _tilt(sole)
            return np.concatenate([10 * away, 10 * tilt, 0.02 * (angles - rest)])

        inside = np.clip(first, lower + 1e-6, np.maximum(upper - 1e-6, lower + 2e-6))
        solved = least_squares(error, inside, bounds=(lower - 1e-9, np.maximum(upper, lower + 1e-5)), max_nfev=60)
        residual = error(solved.x)
        if np.abs(residual[[0, 2]]).max() * depth / 10 > REACH_M or np.abs(residual[3:5]).max() / 10 > FLAT_RAD:
            return None
        bent = solved.x[pitch[0]] - rest[pitch[0]] if pitch else 0.0
        against = float(len(pitch) > 0 and bent * self._pitch_sign(leg, pitch[0]) * sign < 0)
        return solved.x, float(residual @ residual) + 10 * against

    def _pitch_joints(self, leg: Leg) -> list[int]:
        """Columns within the leg of the joints that turn about a nearly lateral axis."""
        return [c for c, j in enumerate(leg.ids) if abs(self.data.xaxis[self.joint_ids[j]][1]) > 0.8]

    def _pitch_sign(self, leg: Leg, column: int) -> float:
        return float(np.sign(self.data.xaxis[self.joint_ids[leg.ids[column]]][1]))

    def _place(self, pose: NDArray[np.float64]) -> None:
        self.data.qpos[self.address] = pose
        mujoco.mj_kinematics(self.model, self.data)

    def _sole(self, leg: Leg) -> NDArray[np.float64]:
        return to_world(self.data, self.model.body(leg.foot.body).id, leg.foot.sole)

    def _hip_body(self, leg: Leg) -> int:
        pitch = self._pitch_joints(leg)
        return int(self.model.jnt_bodyid[self.joint_ids[leg.ids[pitch[0] if pitch else 0]]])

    def _hip(self, leg: Leg) -> NDArray[np.float64]:
        pitch = self._pitch_joints(leg)
        return self.data.xanchor[self.joint_ids[leg.ids[pitch[0] if pitch else 0]]].copy()

    def _depth(self, leg: Leg) -> float:
        self._place(self.start)
        return float(self._hip(leg)[2] - self._sole(leg)[:, 2].min())


def _tilt(sole: NDArray[np.float64]) -> NDArray[np.float64]:
    """Roll and pitch of a sole [rad], from the heights of its corners."""
    centred = sole - sole.mean(axis=0)
    normal = np.linalg.svd(centred)[2][2]
    normal = normal * np.sign(normal[2] or 1.0)
    return normal[:2]
