"""Retarget: from a recorded skeleton to a biped robot, by scaled foot paths, locked stance feet and leg kinematics.

The pelvis and the feet are scaled by the ratio of leg lengths; every foot keeps its place relative to its hip, so
that a robot with wider hips steps wider. A foot in stance is held where it stands. The legs follow by inverse
kinematics within the joint limits; joints that are no legs stand in the default pose.
"""

from dataclasses import dataclass

import mujoco
import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from webfoot.errors import MotionError
from webfoot.motion.clip import Motion
from webfoot.motion.foot_plan import FootPlan, middle, plan_feet, standing, unrolled
from webfoot.motion.kinematics import robot_model, soles_in_base
from webfoot.motion.leg_ik import LegIk
from webfoot.motion.skeleton import SHORT_BONE, SkeletonMotion, Walker, find_walker
from webfoot.robots.spec import Robot

REACHED = 0.04
"""A sole further than this from its place, in shares of the base's height, was not reached."""
MOST_MISSED = 0.05
"""Share of frames that may miss their place, or be too fast for a servo, before the walk is made smaller."""
TRIAL_S = 3.0
"""Length of the part in the middle of a clip on which it is tried how large a walk the robot can follow [s]."""
MOST_FRAMES = 40_000
"""Longest clip that is retargeted; a minute of computing."""


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
        walker = unrolled(walker)
    order = [sides["left"], sides["right"]]
    neutral = soles_in_base(robot, robot.default_pos[None])[0].mean(axis=1)[order]  # (2, 3), base frame
    length, height = _legs_of(robot, order)
    scale = min(length / walker.leg_length, height / standing(walker))
    body = _Body(robot, order, neutral, scale)
    fit, plan = _fit(walker, body, skeleton.fps)
    if skeleton.loop:
        plan = middle(plan)
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


def _fit(walker: Walker, body: _Body, fps: float) -> tuple[_Fit, FootPlan]:
    """The largest walk of `FITS` that the robot can follow in the middle of the clip; the smallest if none."""
    ik, robot = LegIk(body.robot), body.robot
    first = max(0, (len(walker.heading) - round(TRIAL_S * fps)) // 2)
    part = slice(first, first + round(TRIAL_S * fps))
    fit, plan = FITS[0], plan_feet(walker, body.neutral, FITS[0].step * body.scale, fps)
    for fit in FITS:
        plan = plan_feet(walker, body.neutral, fit.step * body.scale, fps)
        base = plan.base + [0.0, 0.0, fit.height * robot.base_height]
        joint_pos, missed = _angles(ik, base, plan, body.order, part)
        speed = np.abs(np.diff(joint_pos, axis=0)) * fps  # (S, nu)
        bad = missed[1:] > REACHED * robot.base_height
        if (bad | (speed > robot.velocity_limit).any(axis=1)).mean() <= MOST_MISSED:
            break
    return fit, plan


def _angles(
    ik: LegIk, base: NDArray[np.float64], plan: FootPlan, order: list[int], part: slice = slice(None)
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
