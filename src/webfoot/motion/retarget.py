"""Retarget: from a recorded skeleton to a biped robot, by scaled foot paths, locked stance feet and leg kinematics.

The pelvis and the feet are scaled by the ratio of leg lengths; every foot keeps its place relative to its hip, so
that a robot with wider hips steps wider. A foot in stance is held where it stands. The legs follow by inverse
kinematics within the joint limits; joints that are no legs stand in the default pose.
"""

from dataclasses import dataclass

import mujoco
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter
from scipy.spatial.transform import Rotation

from webfoot.errors import MotionError
from webfoot.motion.clip import Motion
from webfoot.motion.kinematics import robot_model, soles_in_base
from webfoot.motion.leg_ik import LegIk
from webfoot.motion.skeleton import SHORT_BONE, SkeletonMotion, Walker, find_walker
from webfoot.robots.spec import Robot

STANCE_HEIGHT = 0.08
"""A foot lower than this above its lowest height, in leg lengths, may stand."""
STANCE_SPEED = 0.6
"""A foot slower than this, in leg lengths per second, may stand."""
LARGEST_FOOT_YAW = 0.4
"""Feet turn at most so far from the heading [rad]."""
REACHED = 0.04
"""A sole further than this from its place, in shares of the base's height, was not reached."""
MOST_MISSED = 0.05
"""Share of frames that may miss their place, or be too fast for a servo, before the walk is made smaller."""
TRIAL_S = 3.0
"""Length of the part in the middle of a clip on which it is tried how large a walk the robot can follow [s]."""
MOST_FRAMES = 40_000
"""Longest clip that is retargeted; a minute of computing."""


@dataclass(frozen=True)
class _Plan:
    """Where base and soles are wanted, world frame."""

    base: NDArray[np.float64]
    """Horizontal position and height above the default's [m], shape (T, 3)."""
    heading: NDArray[np.float64]
    soles: NDArray[np.float64]
    """Shape (T, 2, 3); height 0 on the ground."""
    yaw: NDArray[np.float64]
    """World headings of the soles [rad], shape (T, 2)."""
    stance: NDArray[np.bool_]


@dataclass(frozen=True)
class _Body:
    """The robot as the plan sees it."""

    robot: Robot
    order: list[int]
    """Left and right foot among the robot's feet."""
    neutral: NDArray[np.float64]
    """Sole centres of the default pose, left then right, base frame [m], shape (2, 3)."""
    scale: float
    """Metres of the robot for a unit of the file."""


@dataclass(frozen=True)
class _Fit:
    """How large a walk is asked: shares of the base's height and of the steps."""

    height: float
    step: float


FITS = tuple(_Fit(height, step) for step in (1.0, 0.85, 0.7, 0.55, 0.4) for height in (1.0, 0.95, 0.9))
"""Tried in this order; the first that the legs reach and the servos follow is taken."""


def retarget(skeleton: SkeletonMotion, robot: Robot) -> Motion:
    """The skeleton's walk as a clip of the robot, with base and leg joints.

    Raises:
        MotionError: a skeleton without two legs, or a robot that is no biped.
    """
    sides = {foot.side: f for f, foot in enumerate(robot.feet)}
    if sorted(sides) != ["left", "right"] or len(robot.feet) != 2:
        raise MotionError(f"{skeleton.name}: a skeleton is retargeted to a biped; robot '{robot.name}' is none")
    if len(skeleton.positions) > MOST_FRAMES:
        raise MotionError(
            f"{skeleton.name}: {len(skeleton.positions)} frames; skeletons of at most {MOST_FRAMES} are "
            "retargeted, cut it"
        )
    walker = find_walker(skeleton)
    if skeleton.loop:
        walker = _unrolled(walker)
    order = [sides["left"], sides["right"]]
    neutral = soles_in_base(robot, robot.default_pos[None])[0].mean(axis=1)[order]  # (2, 3), base frame
    length, height = _legs_of(robot, order)
    scale = min(length / walker.leg_length, height / _standing(walker))
    body = _Body(robot, order, neutral, scale)
    fit, plan = _fit(walker, body, skeleton.fps)
    if skeleton.loop:
        plan = _middle(plan)
    base = plan.base + [0.0, 0.0, fit.height * robot.base_height]
    joint_pos, missed = _angles(LegIk(robot), base, plan, order)
    quat = Rotation.from_euler("z", plan.heading[:, None]).as_quat(scalar_first=True)
    notes = (
        walker.note,
        f"retargeted to robot '{robot.name}' by inverse kinematics: lengths times {scale:.4g}, feet locked in stance "
        f"({100 * plan.stance.mean():.0f} % of the time), base upright, soles level",
        *_shortfall(missed, fit, robot),
    )
    return Motion(
        name=skeleton.name,
        fps=skeleton.fps,
        joint_names=robot.joint_names,
        joint_pos=joint_pos,
        root_pos=base,
        root_quat=quat,
        loop=skeleton.loop,
        source=skeleton.source,
        notes=notes,
    )


def _unrolled(walker: Walker) -> Walker:
    """A loop three times in a row, each time going on where it ended, so that its seam is no end of a stance."""
    pelvis, heading = walker.hips.mean(axis=1), walker.heading
    turn = 2 * heading[-1] - heading[-2] - heading[0]
    ends = (2 * pelvis[-1] - pelvis[-2]) * [1, 1, 0] + pelvis[0] * [0, 0, 1]
    forth = Rotation.from_euler("z", turn)
    back = forth.inv()

    def beside(points: NDArray[np.float64]) -> NDArray[np.float64]:
        before = np.stack([back.apply(points[:, f] - ends) + pelvis[0] for f in range(2)], axis=1)
        after = np.stack([forth.apply(points[:, f] - pelvis[0]) + ends for f in range(2)], axis=1)
        return np.concatenate([before, points, after])

    return Walker(
        hips=beside(walker.hips),
        feet=beside(walker.feet),
        heading=np.concatenate([heading - turn, heading, heading + turn]),
        foot_heading=np.tile(walker.foot_heading, (3, 1)),
        leg_length=walker.leg_length,
        note=walker.note,
    )


def _middle(plan: _Plan) -> _Plan:
    """The middle third of a plan, with its base starting where the world does."""
    part = slice(len(plan.heading) // 3, 2 * len(plan.heading) // 3)
    start = plan.base[part][0] * [1.0, 1.0, 0.0]
    return _Plan(
        plan.base[part] - start, plan.heading[part], plan.soles[part] - start, plan.yaw[part], plan.stance[part]
    )


def _legs_of(robot: Robot, order: list[int]) -> tuple[float, float]:
    """Length of thigh and shin, and height of the hip joint above the sole in the default pose [m]; of both legs."""
    model = robot_model(robot)
    data = mujoco.MjData(model)
    mujoco.mj_resetData(model, data)
    data.qpos[model.jnt_qposadr[[model.joint(name).id for name in robot.joint_names]]] = robot.default_pos
    mujoco.mj_kinematics(model, data)
    base = model.body(robot.base_body).id
    soles = soles_in_base(robot, robot.default_pos[None])[0].mean(axis=1)
    found = []
    for f in order:
        anchors = data.xanchor[[model.joint(name).id for name in robot.feet[f].joints]]
        points = np.concatenate([(anchors - data.xpos[base]) @ data.xmat[base].reshape(3, 3), soles[f, None]])
        bones = np.linalg.norm(np.diff(points, axis=0), axis=1)
        long = [i for i, length in enumerate(bones) if length > SHORT_BONE * bones.sum()]
        pairs = list(zip(long[:-1], long[1:], strict=True)) or [(0, len(bones) - 1)]
        thigh, shin = max(pairs, key=lambda pair: float(bones[pair[0]] + bones[pair[1]]))
        found.append((bones[thigh] + bones[shin], points[thigh, 2] - soles[f, 2]))
    length, height = np.mean(found, axis=0)
    return float(length), float(max(height, 0.3 * length))


def _standing(walker: Walker) -> float:
    """Usual height of the hips above the ground, in the file's unit."""
    height = float(np.median(walker.hips[..., 2].mean(axis=1)) - _ground(walker).mean())
    return max(height, 0.5 * walker.leg_length)


def _ground(walker: Walker) -> NDArray[np.float64]:
    """Height of each foot's point while it stands, shape (2,)."""
    return np.percentile(walker.feet[..., 2], 5, axis=0)


def _plan(walker: Walker, body: _Body, step: float, fps: float) -> _Plan:
    across = body.scale * step
    into_heading = Rotation.from_euler("z", -walker.heading[:, None])
    away = walker.feet - walker.hips
    away = np.stack([into_heading.apply(away[:, f]) for f in range(2)], axis=1)  # heading frame
    away[..., 0] -= np.median(away[..., 0].mean(axis=1))  # the middle of the feet under the hips on the whole
    away[..., 1] -= np.median(away[..., 1], axis=0)
    pelvis = walker.hips.mean(axis=1)
    rise = across * (pelvis[:, 2] - np.median(pelvis[:, 2]))
    base = np.column_stack([across * (pelvis[:, :2] - pelvis[0, :2]), rise])
    flat = across * away + body.neutral * [1.0, 1.0, 0.0]
    soles = np.stack([into_heading.inv().apply(flat[:, f]) for f in range(2)], axis=1)
    soles[..., :2] += base[:, None, :2]
    soles[..., 2] = np.maximum(0.0, across * (walker.feet[..., 2] - _ground(walker)))
    usual = np.median(walker.foot_heading, axis=0)
    turned = np.clip(walker.foot_heading - usual, -LARGEST_FOOT_YAW, LARGEST_FOOT_YAW)
    yaw = walker.heading[:, None] + turned
    stance = _stance(walker, fps)
    for f in range(2):
        soles[:, f] = _locked(soles[:, f], stance[:, f])
        yaw[:, f] = _yaw(yaw[:, f], walker.heading, stance[:, f])
    soles[..., 2] = np.maximum(soles[..., 2], 0.0)
    return _Plan(base, walker.heading, soles, yaw, stance)


def _stance(walker: Walker, fps: float) -> NDArray[np.bool_]:
    """Feet that are low and slow, shape (T, 2)."""
    speed = np.linalg.norm(np.gradient(walker.feet[..., :2], axis=0), axis=-1) * fps
    low = walker.feet[..., 2] < _ground(walker) + STANCE_HEIGHT * walker.leg_length
    raw = low & (speed < STANCE_SPEED * walker.leg_length)
    window = max(3, round(0.05 * fps) // 2 * 2 + 1)
    return median_filter(raw.astype(np.uint8), size=(window, 1), mode="nearest").astype(bool)


def _locked(path: NDArray[np.float64], stance: NDArray[np.bool_]) -> NDArray[np.float64]:
    """A foot's path (T, 3) that keeps its place on the ground in every stance; in swing the correction is blended."""
    if not stance.any():
        return path
    correction = np.zeros_like(path)
    for first, end in _stances(stance):
        margin = (end - first) // 4  # its middle, where heel and toe are both down
        place = path[first + margin : end - margin].mean(axis=0) * [1.0, 1.0, 0.0]
        correction[first:end] = place - path[first:end]
    return path + np.column_stack([_filled(correction[:, d], stance) for d in range(3)])


def _yaw(world: NDArray[np.float64], heading: NDArray[np.float64], stance: NDArray[np.bool_]) -> NDArray[np.float64]:
    """A foot's heading (T,) as it stands; in swing, where toes point down and have none, blended past the pelvis's."""
    if not stance.any():
        return heading
    still = heading.copy()
    for first, end in _stances(stance):
        still[first:end] = world[first:end].mean()
    return heading + _filled(still - heading, stance)


def _stances(stance: NDArray[np.bool_]) -> NDArray[np.int64]:
    """First and last + 1 frame of every stance, shape (S, 2)."""
    return np.flatnonzero(np.diff(np.concatenate([[False], stance, [False]]).astype(int))).reshape(-1, 2)


def _filled(values: NDArray[np.float64], known: NDArray[np.bool_]) -> NDArray[np.float64]:
    frames = np.arange(len(values))
    return np.interp(frames, frames[known], values[known])


def _fit(walker: Walker, body: _Body, fps: float) -> tuple[_Fit, _Plan]:
    """The largest walk of `FITS` that the robot can follow in the middle of the clip; the smallest if none."""
    ik, robot = LegIk(body.robot), body.robot
    first = max(0, (len(walker.heading) - round(TRIAL_S * fps)) // 2)
    part = slice(first, first + round(TRIAL_S * fps))
    fit, plan = FITS[0], _plan(walker, body, FITS[0].step, fps)
    for fit in FITS:
        plan = _plan(walker, body, fit.step, fps)
        base = plan.base + [0.0, 0.0, fit.height * robot.base_height]
        joint_pos, missed = _angles(ik, base, plan, body.order, part)
        speed = np.abs(np.diff(joint_pos, axis=0)) * fps  # (S, nu)
        bad = missed[1:] > REACHED * robot.base_height
        if (bad | (speed > robot.velocity_limit).any(axis=1)).mean() <= MOST_MISSED:
            break
    return fit, plan


def _angles(
    ik: LegIk, base: NDArray[np.float64], plan: _Plan, order: list[int], part: slice = slice(None)
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Joint angles (S, nu) of a part of the clip, and how far the worse sole stays from its place [m], (S,)."""
    ik.reset()
    quats = Rotation.from_euler("z", plan.heading[:, None]).as_quat(scalar_first=True)
    back = np.argsort(order)  # left and right into the robot's order of feet
    rows, missed = [], []
    for t in range(len(base))[part]:
        joints, distance = ik.solve(base[t], quats[t], plan.soles[t, back], plan.yaw[t, back])
        rows.append(joints)
        missed.append(distance)
    return np.array(rows), np.array(missed)


def _shortfall(missed: NDArray[np.float64], fit: _Fit, robot: Robot) -> tuple[str, ...]:
    """What was made smaller, and what could not be followed even so."""
    notes = []
    if fit.height < 1.0:
        notes.append(f"base lowered to {100 * fit.height:.0f} % of its height so that the legs reach")
    if fit.step < 1.0:
        notes.append(f"steps and bobbing made smaller, to {100 * fit.step:.0f} %: larger ones the robot cannot follow")
    share = float((missed > REACHED * robot.base_height).mean())
    if share > 0:
        notes.append(
            f"the legs do not reach on {100 * share:.0f} % of the frames: a sole stays up to {1000 * missed.max():.0f} "
            "mm from its place"
        )
    return tuple(notes)
