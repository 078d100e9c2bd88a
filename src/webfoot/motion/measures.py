"""`measures`: the numbers of an inspection, each with its unit in its name."""

import math

import numpy as np

from webfoot.motion.balance import imbalance_mm
from webfoot.motion.feet import foot_names
from webfoot.motion.foot_checks import clearance_mm, skating_mms
from webfoot.motion.frame_checks import root_jitter_mm
from webfoot.motion.joint_checks import gait_symmetry
from webfoot.motion.loop import best_loop
from webfoot.motion.subject import Subject
from webfoot.motion.time_checks import jitter_rad
from webfoot.motion.traces import Traces


def measures(subject: Subject) -> dict[str, float]:
    """All numbers of one clip; those that make no sense for it are left out."""
    motion, cycle = subject.motion, subject.cycle
    numbers = {"duration_s": motion.duration_s, "fps": float(motion.fps), "frames": float(motion.num_frames)}
    numbers["joints"] = float(len(motion.joint_names))
    if cycle is not None:
        numbers["period_s"] = cycle.period_frames / motion.fps
        numbers["periods"] = float(cycle.periods)
        numbers["cycle_spread_rad"] = cycle.spread
    if subject.prepared is not None:
        numbers.update(_walk(subject))
    if subject.mapped is not None:
        numbers.update(_as_read(subject))
    return numbers


def _walk(subject: Subject) -> dict[str, float]:
    """Speed, stride, height, foot lift, stance, balance and effort of the prepared clip."""
    prepared, traces, robot = subject.prepared, subject.prepared_traces, subject.robot
    assert prepared is not None and traces is not None and prepared.command is not None
    assert prepared.root_pos is not None
    vx, vy, wz = prepared.command
    numbers = {"command_vx_ms": vx, "command_vy_ms": vy, "command_wz_rads": wz}
    if subject.cycle is not None:
        numbers["stride_m"] = math.hypot(vx, vy) * prepared.duration_s
    numbers["base_height_m"] = float(prepared.root_pos[:, 2].mean())
    if not robot.feet:
        return numbers
    lift = (traces.heights + prepared.root_pos[:, 2:]).max(axis=0)
    for f, name in enumerate(foot_names(robot)):
        numbers[f"foot_lift_{name}_m"] = float(lift[f])
    numbers["least_lift_m"] = float(lift.min())
    numbers["prepared_sole_tilt_deg"] = traces.sole_tilt_deg
    numbers["double_support_share"] = float(traces.contact.all(axis=1).mean())
    numbers["balance_mm"] = float(imbalance_mm(traces).mean())
    slide = skating_mms(traces)
    numbers["prepared_skating_mms"] = float(slide.mean()) if len(slide) else 0.0
    step = np.abs(np.roll(prepared.joint_pos, -1, axis=0) - prepared.joint_pos) * prepared.fps
    numbers["servo_speed_share"] = float((step.max(axis=0) / robot.velocity_limit).max())
    if subject.torque is not None:
        share = np.sqrt(np.square(subject.torque).mean(axis=0)) / robot.torque_limit
        numbers["servo_torque_share"] = float(share.max())
    return numbers


def _as_read(subject: Subject) -> dict[str, float]:
    """Shaking, symmetry, closure and feet of the clip as it was read."""
    mapped, traces = subject.mapped, subject.traces
    assert mapped is not None and traces is not None
    beyond = np.maximum(mapped.joint_pos - subject.robot.upper, subject.robot.lower - mapped.joint_pos)
    numbers = {"jitter_rad": float(jitter_rad(mapped).max()), "clipped_rad": max(0.0, float(beyond.max()))}
    gait = gait_symmetry(subject)
    if gait is not None:
        numbers["asymmetry_rad"], numbers["leg_amplitude_ratio"] = gait.apart_rad, gait.ratio
    loop = None if mapped.loop else best_loop(mapped)
    if loop is not None:
        numbers["loop_start_frame"], numbers["loop_end_frame"] = float(loop.start), float(loop.end)
        numbers["loop_seam_rad"] = loop.seam_rad
    return {**numbers, **_own_root(traces)}


def _own_root(traces: Traces) -> dict[str, float]:
    motion = traces.motion
    if motion.root_pos is None or not traces.soles_b.shape[1]:
        return {}
    clearance, slide = clearance_mm(traces), skating_mms(traces)
    numbers = {
        "penetration_mm": max(0.0, float(-clearance.min())),
        "floating_mm": max(0.0, float(np.median(clearance))),
    }
    numbers["skating_mms"] = float(np.median(slide)) if len(slide) else 0.0
    if motion.num_frames > 4:
        numbers["root_jitter_mm"] = root_jitter_mm(motion.root_pos)
    return numbers
