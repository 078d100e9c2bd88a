"""What a model's own actuators say: which joints are driven, how stiffly, how strongly."""

import math

import mujoco
import numpy as np

from webfoot.errors import RobotError
from webfoot.robots.actuators import Servo
from webfoot.robots.settings import RobotSettings

HELD_RAD = 0.05
"""A joint that cannot turn further than this is play, not a joint to be driven."""


def own_servos(model: mujoco.MjModel, settings: RobotSettings, name: str) -> tuple[list[Servo], bool]:
    """What the model's actuators say, joint by joint in their order, and whether all are plain position servos.

    Raises:
        RobotError: an actuator that drives no hinge, or two position servos on a joint.
    """
    servos: dict[str, Servo] = {}
    plain = True
    for a in range(model.nu):
        joint = _driven_joint(model, a, settings, name)
        if joint is None:
            plain = False
            continue
        gear = abs(float(model.actuator_gear[a, 0])) or 1.0
        kp, kd, torque, own_plain = _read_actuator(model, a, gear)
        before = servos.get(joint)
        if before is not None:
            if before.kp and kp:
                raise RobotError(f"{name}: joint '{joint}' has two actuators; one position servo a joint is right")
            kp, kd, torque = max(before.kp, kp), max(before.kd, kd), max(before.torque, torque)
        plain &= own_plain and before is None
        servos[joint] = Servo(joint, kp, kd, torque)
    return list(servos.values()), plain


def _driven_joint(model: mujoco.MjModel, a: int, settings: RobotSettings, name: str) -> str | None:
    """The hinge that an actuator drives; None for one that `joints` in robot.yaml leaves out."""
    actuator = model.actuator(a).name or f"number {a}"
    if model.actuator_trntype[a] != mujoco.mjtTrn.mjTRN_JOINT:
        if settings.joints is not None:
            return None
        raise RobotError(
            f"{name}: actuator {actuator} does not drive a joint; use <position joint='...'>, or list the joints "
            "that the policy moves under 'joints' in robot.yaml"
        )
    joint = model.joint(int(model.actuator_trnid[a, 0]))
    if settings.joints is not None and joint.name not in settings.joints:
        return None
    if joint.type[0] != mujoco.mjtJoint.mjJNT_HINGE:
        raise RobotError(
            f"{name}: actuator {actuator} drives joint '{joint.name}', which is not a hinge; list the hinges that the "
            "policy moves under 'joints' in robot.yaml"
        )
    return joint.name


def _read_actuator(model: mujoco.MjModel, a: int, gear: float) -> tuple[float, float, float, bool]:
    """kp, kd and torque at the joint (0 where the actuator has none), and whether it is a plain position servo."""
    gain, bias = model.actuator_gainprm[a], model.actuator_biasprm[a]
    affine = model.actuator_biastype[a] == mujoco.mjtBias.mjBIAS_AFFINE
    fixed = model.actuator_gaintype[a] == mujoco.mjtGain.mjGAIN_FIXED
    is_position = bool(fixed and affine and gain[0] > 0 and np.isclose(bias[1], -gain[0]))
    is_velocity = bool(fixed and affine and gain[0] > 0 and bias[1] == 0 and np.isclose(bias[2], -gain[0]))
    torque = np.inf
    if model.actuator_forcelimited[a]:
        torque = float(np.abs(model.actuator_forcerange[a]).max()) * gear
    elif fixed and not affine and model.actuator_ctrllimited[a]:
        torque = float(np.abs(model.actuator_ctrlrange[a]).max() * gain[0]) * gear
    kp = float(gain[0]) * gear**2 if is_position else 0.0
    kd = float(-bias[2]) * gear**2 if is_position or is_velocity else 0.0
    plain = is_position and gear == 1.0 and model.actuator_gear[a, 0] > 0
    plain &= model.actuator_dyntype[a] == mujoco.mjtDyn.mjDYN_NONE
    return kp, kd, torque if math.isfinite(torque) else 0.0, bool(plain)


def free_hinges(model: mujoco.MjModel, base: int) -> tuple[list[str], list[str]]:
    """Hinges below the base that look as if a servo drove them, and those that look passive, in the model's order.

    Passive are springs, joints with hardly any range, those that an equality ties to another, and balls and slides.
    """
    driven, passive = [], []
    tied = {int(model.eq_obj1id[e]) for e in range(model.neq) if model.eq_type[e] == mujoco.mjtEq.mjEQ_JOINT}
    for j in range(model.njnt):
        joint = model.joint(j)
        if model.jnt_type[j] == mujoco.mjtJoint.mjJNT_FREE or model.body_rootid[model.jnt_bodyid[j]] != base:
            continue
        narrow = model.jnt_limited[j] and np.ptp(model.jnt_range[j]) < HELD_RAD
        hinge = model.jnt_type[j] == mujoco.mjtJoint.mjJNT_HINGE
        is_passive = not hinge or narrow or model.jnt_stiffness[j] > 0 or j in tied or "backlash" in joint.name.lower()
        (passive if is_passive else driven).append(joint.name)
    return driven, passive
