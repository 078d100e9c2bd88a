"""Gait generator: a parametric walk for any biped with a mirror map, by footholds, a pendulum and leg kinematics."""

from dataclasses import replace

import mujoco
import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field
from scipy.spatial.transform import Rotation

from webfoot.errors import MotionError
from webfoot.motion.clip import Motion
from webfoot.motion.gait_plan import GRAVITY, GaitPlan, Stance, plan_gait
from webfoot.motion.leg_ik import LegIk
from webfoot.robots.derive import compile_mjcf
from webfoot.robots.spec import Mirror, Robot

PERIOD_PER_PENDULUM = 3.8
"""Natural period of a walk over sqrt(h / g): the Open Duck Mini's 0.54 s at a centre of mass 0.2 m high."""
REACHED_M = 1e-3
"""A sole that stays farther than this from its place is out of reach."""
LEG_JOINTS_FOR_ANKLE_ROLL = 6
"""A leg with fewer joints cannot keep its sole flat while the base shifts sideways: such a robot waddles instead."""


class GaitConfig(BaseModel, frozen=True, extra="forbid"):
    """Shape of a generated walk."""

    fps: int = Field(50, ge=20, le=500, description="Frames per second [Hz].")
    period_s: float | None = Field(
        None, ge=0.1, le=3.0, description="Gait cycle [s], rounded to an even number of frames; unset: natural."
    )
    double_support_ratio: float = Field(
        0.15, ge=0.0, le=1.0, description="Time with both feet down over time with one foot down."
    )
    step_height: float = Field(
        0.12, ge=0.01, le=0.6, description="Foot clearance over the height of the base [1]; 0.2 of 0.16 m is 3.2 cm."
    )
    sway: float = Field(0.6, ge=0.0, le=1.5, description="Sideways sway over that of an inverted pendulum [1].")
    crouch: float = Field(0.04, ge=-0.3, le=0.3, description="Base lowered by this part of its standing height [1].")
    pitch_rad: float = Field(0.0, ge=-0.3, le=0.3, description="Forward lean of the base [rad].")

    @property
    def swing_share(self) -> float:
        """Part of the cycle for which one foot is in the air."""
        return 0.5 / (1.0 + self.double_support_ratio)


DEFAULT = GaitConfig()  # pyright: ignore[reportCallIssue]


def generate_gait(robot: Robot, command: tuple[float, float, float], config: GaitConfig = DEFAULT) -> Motion:
    """Give one periodic gait cycle that walks with a command.

    Soles stay flat and stance feet stay where they are in the world; joints outside the legs keep the standing pose.
    For straight walking the second half cycle is the exact mirror image of the first.

    Args:
        command: vx, vy [m/s], wz [rad/s] in the heading frame.

    Raises:
        MotionError: not a biped with a mirror map, or the walk asks for what joints or servos cannot do.
    """
    mirror = _biped_mirror(robot)
    stance = _stand(robot)
    frames = _num_frames(stance, config)
    height = config.step_height * robot.base_height
    plan = plan_gait(stance, command, frames / config.fps, frames, config.swing_share, height)
    root_pos, root_quat = _base_motion(robot, stance, plan, config)
    joint_pos = _solve(robot, plan, root_pos, root_quat)
    if command[1] == 0.0 and command[2] == 0.0:
        joint_pos[frames // 2 :] = mirror(joint_pos[: frames // 2])
    motion = Motion(
        name=f"{robot.name} walking at {command[0]:g}, {command[1]:g} m/s, {command[2]:g} rad/s",
        fps=float(config.fps),
        joint_names=robot.joint_names,
        joint_pos=joint_pos,
        root_pos=root_pos,
        root_quat=root_quat,
        loop=True,
        command=(float(command[0]), float(command[1]), float(command[2])),
        source="webfoot gait generator",
    )
    _check_speed(robot, motion)
    return _note_period(motion, config)


def _biped_mirror(robot: Robot) -> Mirror:
    if sorted(foot.side for foot in robot.feet) != ["left", "right"]:
        found = ", ".join(foot.body for foot in robot.feet)
        raise MotionError(
            f"robot '{robot.name}' has {len(robot.feet)} feet ({found}); the gait generator walks on exactly one left and "
            "one right foot"
        )
    if robot.mirror is None:
        raise MotionError(
            f"robot '{robot.name}' has no left-right mirror map; name its joints in pairs (left_knee, right_knee) with "
            "mirrored axes"
        )
    return robot.mirror


def _left_first(robot: Robot) -> list[int]:
    return sorted(range(2), key=lambda foot: robot.feet[foot].side)


def _stand(robot: Robot) -> Stance:
    """Feet and centre of mass of the standing pose, made symmetric."""
    model = compile_mjcf(robot.mjcf)
    data = mujoco.MjData(model)
    data.qpos[model.jnt_qposadr[[model.joint(name).id for name in robot.joint_names]]] = robot.default_pos
    base = model.body(robot.base_body).id
    free = int(model.jnt_qposadr[model.body_jntadr[base]])
    data.qpos[free : free + 7] = (0, 0, robot.base_height, 1, 0, 0, 0)
    mujoco.mj_kinematics(model, data)
    mujoco.mj_comPos(model, data)
    centres = []
    for foot in _left_first(robot):
        body = data.body(robot.feet[foot].body)
        centres.append(body.xmat.reshape(3, 3) @ robot.feet[foot].sole.mean(axis=0) + body.xpos)
    (left_x, left_y, _), (right_x, right_y, _) = centres
    x, y = 0.5 * (left_x + right_x), 0.5 * (left_y - right_y)
    return Stance(np.array([[x, y], [x, -y]]), robot.base_height, float(data.subtree_com[base][2]))


def _num_frames(stance: Stance, config: GaitConfig) -> int:
    """Even, so that the half cycle falls on a frame."""
    natural = PERIOD_PER_PENDULUM * np.sqrt(stance.com_height / GRAVITY)
    period = config.period_s if config.period_s is not None else natural
    return 2 * max(2, round(0.5 * period * config.fps))


def _base_motion(
    robot: Robot, stance: Stance, plan: GaitPlan, config: GaitConfig
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """World position (N, 3) and orientation (N, 4) of the base.

    With ankles that roll, the base shifts sideways and stays level. Without them a flat sole holds the hip above it
    in place, so the base leans over it by the angle under which the pendulum's shift is seen from the ground.
    """
    height = stance.base_height * (1.0 - config.crouch)
    sway = config.sway * plan.sway
    zero = np.zeros_like(sway)
    shifts = all(len(foot.joints) >= LEG_JOINTS_FOR_ANKLE_ROLL for foot in robot.feet)
    aside, roll = (sway, zero) if shifts else (zero, -sway / height)
    lateral = np.column_stack([-np.sin(plan.heading), np.cos(plan.heading)])
    position = np.column_stack([plan.base_xy + aside[:, None] * lateral, np.full_like(sway, height)])
    angles = np.column_stack([plan.heading, np.full_like(sway, config.pitch_rad), roll])
    return position, Rotation.from_euler("ZYX", angles).as_quat(scalar_first=True)


def _solve(
    robot: Robot, plan: GaitPlan, root_pos: NDArray[np.float64], root_quat: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Joint angles of every frame, (N, nu)."""
    ik = LegIk(robot)
    order = np.argsort(_left_first(robot))  # plan: left before right; tasks: the robot's order
    joint_pos = np.empty((len(root_pos), robot.nu))
    for t in range(len(root_pos)):
        joint_pos[t], distance = ik.solve(root_pos[t], root_quat[t], plan.foot_pos[t, order], plan.foot_yaw[t, order])
        if distance > REACHED_M:
            raise MotionError(_out_of_reach(robot, joint_pos[t], distance, t))
    return joint_pos


def _out_of_reach(robot: Robot, joints: NDArray[np.float64], distance: float, frame: int) -> str:
    room = np.minimum(joints - robot.lower, robot.upper - joints)[robot.leg_ids]
    joint = int(robot.leg_ids[room.argmin()])
    limit = robot.lower[joint] if joints[joint] - robot.lower[joint] < 1e-6 else robot.upper[joint]
    cause = (
        f"joint '{robot.joint_names[joint]}' ends at its limit of {limit:.2f} rad"
        if room.min() < 1e-6
        else "the leg is stretched"
    )
    return (
        f"frame {frame}: a sole stays {1000 * distance:.0f} mm from its place because {cause}; ask for a slower walk, "
        "a shorter period or a lower step_height"
    )


def _check_speed(robot: Robot, motion: Motion) -> None:
    speed = np.abs(np.roll(motion.joint_pos, -1, axis=0) - motion.joint_pos) * motion.fps  # (N, nu)
    frame, joint = np.unravel_index(int((speed / robot.velocity_limit).argmax()), speed.shape)
    if speed[frame, joint] > robot.velocity_limit[joint]:
        raise MotionError(
            f"frame {frame}: joint '{robot.joint_names[joint]}' would turn at {speed[frame, joint]:.1f} rad/s, its limit "
            f"is {robot.velocity_limit[joint]:.1f} rad/s; ask for a slower walk, a longer period or a lower step_height"
        )


def _note_period(motion: Motion, config: GaitConfig) -> Motion:
    if config.period_s is None or abs(config.period_s - motion.duration_s) < 1e-9:
        return motion
    note = f"period of {config.period_s:g} s rounded to {motion.duration_s:g} s, an even number of frames"
    return replace(motion, notes=(note,))
