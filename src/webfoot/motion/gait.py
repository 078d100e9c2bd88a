"""Gait generator: a parametric gait for any robot with pairs of feet, by footholds, a pendulum and leg kinematics."""

from itertools import product

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field
from scipy.spatial.transform import Rotation

from webfoot.errors import MotionError
from webfoot.motion.clip import Motion
from webfoot.motion.feet import foot_places
from webfoot.motion.gait_plan import GRAVITY, GaitPlan, Rhythm, Stance, plan_gait
from webfoot.motion.gait_stance import soles_turn, stand
from webfoot.motion.gait_table import GAITS, Gait, choose_gait
from webfoot.motion.leg_ik import LegIk
from webfoot.robots.spec import Mirror, Robot

PERIOD_PER_PENDULUM = 3.4
"""Natural period of a walk over sqrt(h / g): at it the duckling lifts its feet 22 mm with no policy at all."""
REACHED_M = 1e-3
"""A sole that stays farther than this from its place is out of reach."""
SPEED_RESERVE = 0.9
"""Part of a servo's speed limit that a walk may use if its height was left to us: at the limit no torque is left."""
STEP_HEIGHTS = (0.12, 0.11, 0.1, 0.09, 0.08, 0.07, 0.06, 0.05)
"""Tried in this order where the step height is left open."""
CROUCHES = (0.04, 0.0, -0.04, -0.08, 0.08)
"""Tried in this order where the crouch is left open: a pose that already folds the knees has to rise to step."""


class GaitConfig(BaseModel, frozen=True, extra="forbid"):
    """Shape of a generated gait."""

    gait: str | None = Field(
        default=None, description=f"{', '.join(GAITS)}; unset: walk on two feet, trot on four, tripod on six."
    )
    fps: int = Field(default=50, ge=20, le=500, description="Frames per second [Hz].")
    period_s: float | None = Field(
        default=None, ge=0.1, le=3.0, description="Gait cycle [s], rounded to an even number of frames; unset: natural."
    )
    double_support_ratio: float = Field(
        default=0.1, ge=0.0, le=1.0, description="Time with all feet down over time with a foot up [1]."
    )
    step_height: float | None = Field(
        default=None,
        ge=0.01,
        le=0.6,
        description="Foot clearance over the height of the base [1]; unset: 0.12, or less where the servos are slow.",
    )
    sway: float | None = Field(
        default=None,
        ge=0.0,
        le=1.5,
        description="Sideways sway over an inverted pendulum's [1]; unset: 1, or 0 where soles could not stay flat.",
    )
    crouch: float | None = Field(
        default=None,
        ge=-0.3,
        le=0.3,
        description="Base lowered by this part of its standing height [1], below 0 raised; unset: as the servos allow.",
    )
    pitch_rad: float = Field(default=0.0, ge=-0.3, le=0.3, description="Forward lean of the base [rad].")


DEFAULT = GaitConfig()


def generate_gait(robot: Robot, command: tuple[float, float, float], config: GaitConfig = DEFAULT) -> Motion:
    """Give one periodic gait cycle that walks with a command; with a command of zero it steps in place.

    Stance feet stay where they are in the world, soles are as flat as the ankles allow, and joints outside the legs
    keep the standing pose. Straight on, the second half of a gait in which left and right alternate is the exact
    mirror image of the first.

    Args:
        command: vx, vy [m/s], wz [rad/s] in the heading frame.

    Raises:
        UnknownName: no gait of that name.
        MotionError: no pairs of feet, no mirror map, or the gait asks for what joints or servos cannot do.
    """
    if not np.isfinite(command).all():
        raise MotionError(f"command {command} is not finite; give vx, vy in m/s and wz in rad/s")
    places = foot_places(robot)
    mirror = _mirror(robot)
    gait = choose_gait(config.gait, places, robot.name)
    if not gait.groups and any(command):
        raise MotionError(f"gait '{config.gait}' stays where it is, but the command is {command}; ask for zero")
    motion = _best_walk(robot, gait, command, config)
    if gait.is_alternating(places) and command[1] == 0.0 and command[2] == 0.0:
        half = motion.num_frames // 2
        motion.joint_pos[half:] = mirror(motion.joint_pos[:half])
    return motion


def _best_walk(robot: Robot, gait: Gait, command: tuple[float, float, float], config: GaitConfig) -> Motion:
    """The cycle with the first step height and crouch, of those left open, that joints and servos can do."""
    ik = LegIk(robot)
    stance = stand(robot, ik)
    heights = STEP_HEIGHTS if config.step_height is None and gait.groups else (config.step_height or 0.0,)
    crouches = (CROUCHES if gait.groups else (0.0,)) if config.crouch is None else (config.crouch,)
    reserve = 1.0 if len(heights) == len(crouches) == 1 else SPEED_RESERVE
    refusal: MotionError | None = None
    for height, crouch in product(heights, crouches):
        settled = config.model_copy(update={"step_height": height, "crouch": crouch})
        try:
            motion = _walk(robot, ik, stance, gait, command, settled)
            _check_speed(motion, robot, reserve)
        except MotionError as error:
            refusal = refusal or error
            continue
        return motion
    assert refusal is not None
    raise refusal


def _mirror(robot: Robot) -> Mirror:
    if robot.mirror is None:
        raise MotionError(
            f"robot '{robot.name}' has no left-right mirror map; name its joints in pairs (left_knee, right_knee) with "
            "mirrored axes"
        )
    return robot.mirror


def _rhythm(gait: Gait, robot: Robot, stance: Stance, config: GaitConfig) -> Rhythm:
    """The gait's rhythm at the natural period or the one asked for; the frames are even, so that half a cycle is."""
    natural = PERIOD_PER_PENDULUM * np.sqrt(stance.com_height / GRAVITY)
    period = config.period_s if config.period_s is not None else natural
    frames = 2 * max(4, round(0.5 * period * config.fps))
    step = 1.0 / max(gait.groups, 1)  # share of the cycle from one lift-off to the next
    swing_share = step / (1.0 + config.double_support_ratio) if gait.groups else 0.0
    return Rhythm(frames / config.fps, frames, gait.middles(foot_places(robot)), swing_share, step - swing_share)


def _walk(
    robot: Robot, ik: LegIk, stance: Stance, gait: Gait, command: tuple[float, float, float], config: GaitConfig
) -> Motion:
    """One cycle for a settled step height and crouch; servo speeds are not looked at."""
    assert config.step_height is not None and config.crouch is not None
    rhythm, lift = _rhythm(gait, robot, stance, config), config.step_height * robot.base_height
    plan = plan_gait(stance, command, rhythm, lift)
    root_pos, root_quat = _base_motion(plan, config, robot.base_height * (1.0 - config.crouch), soles_turn(robot))
    notes = [f"feet rise {1000 * lift:.0f} mm"]
    if config.period_s is not None and abs(config.period_s - rhythm.period_s) > 1e-9:
        notes.append(f"period of {config.period_s:g} s rounded to {rhythm.period_s:g} s, an even number of frames")
    return Motion(
        name=f"{robot.name} at {command[0]:g}, {command[1]:g} m/s, {command[2]:g} rad/s",
        fps=float(config.fps),
        joint_names=robot.joint_names,
        joint_pos=_solve(robot, ik, plan, root_pos, root_quat),
        root_pos=root_pos,
        root_quat=root_quat,
        loop=True,
        command=(float(command[0]), float(command[1]), float(command[2])),
        source="webfoot gait generator",
        notes=tuple(notes),
    )


def _base_motion(
    plan: GaitPlan, config: GaitConfig, height: float, shifts: bool
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """World position (N, 3) and orientation (N, 4) of the base.

    With ankles that roll or feet that are points, the base shifts sideways and stays level. Else a flat sole holds the
    hip above it in place, so the base leans by the angle under which the pendulum's shift is seen from the ground.
    """
    share = config.sway if config.sway is not None else float(shifts)
    sway = share * plan.sway
    zero = np.zeros_like(sway)
    aside, roll = (sway, zero) if shifts else (zero, -sway / height)
    lateral = np.column_stack([-np.sin(plan.heading), np.cos(plan.heading)])
    position = np.column_stack([plan.base_xy + aside[:, None] * lateral, np.full_like(sway, height)])
    angles = np.column_stack([plan.heading, np.full_like(sway, config.pitch_rad), roll])
    return position, Rotation.from_euler("ZYX", angles).as_quat(scalar_first=True)


def _solve(
    robot: Robot, ik: LegIk, plan: GaitPlan, root_pos: NDArray[np.float64], root_quat: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Joint angles of every frame, (N, nu)."""
    ik.reset()
    joint_pos = np.empty((len(root_pos), robot.nu))
    for t in range(len(root_pos)):
        joint_pos[t], distance = ik.solve(root_pos[t], root_quat[t], plan.foot_pos[t], plan.foot_yaw[t])
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
        "a shorter period_s, a lower step_height or another crouch"
    )


def _check_speed(motion: Motion, robot: Robot, reserve: float) -> None:
    speed = np.abs(np.roll(motion.joint_pos, -1, axis=0) - motion.joint_pos) * motion.fps  # (N, nu)
    frame, joint = np.unravel_index(int((speed / robot.velocity_limit).argmax()), speed.shape)
    limit = reserve * robot.velocity_limit[joint]
    if speed[frame, joint] > limit:
        raise MotionError(
            f"frame {frame}: joint '{robot.joint_names[joint]}' would turn at {speed[frame, joint]:.1f} rad/s, its "
            f"limit is {limit:.1f} rad/s; ask for a slower walk, a longer period_s, a lower step_height or more crouch"
        )
