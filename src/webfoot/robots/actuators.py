"""A position servo for every joint that the policy moves: the model's own, or one made from limits and inertia."""

import math
from dataclasses import dataclass, replace

import mujoco
import numpy as np

from webfoot.robots.settings import RobotSettings, setting_of
from webfoot.robots.weight import weight_torque

FULL_TORQUE_ERROR_RAD = 0.5
"""A servo made here pulls with all its torque at this error."""
SERVO_HZ = 10.0
"""Natural frequency of an unloaded servo made here [Hz]; Source: 10 Hz is what mjlab gives Unitree's robots."""


@dataclass(frozen=True)
class Servo:
    """One servo as it will stand in the model."""

    joint: str
    kp: float = 0.0
    """0: not known."""
    kd: float = 0.0
    torque: float = 0.0
    """0: no limit known."""
    armature: float | None = None
    """Rotor inertia to set; None leaves the joint's own."""


def complete_servos(
    model: mujoco.MjModel, base: int, servos: list[Servo], settings: RobotSettings
) -> tuple[list[Servo], list[str]]:
    """Fill in what servos lack.

        torque  = from the weight (`webfoot.robots.weight`) where neither servo nor joint has a limit
        kp      = torque / 0.5 rad
        armature= kp / (2 pi 10 Hz)^2, where the joint has none: unloaded, the servo swings at 10 Hz
        kd      = 2 kp / (2 pi 10 Hz): critical damping at that frequency

    Rotor inertia and damping are filled in wherever the model has no servo, also for a stiffness out of `robot.yaml`.

    Source: mjlab's actuators of Unitree's robots, made from rotor inertia the other way round.

    Returns:
        The servos, and what was assumed.
    """
    omega = 2 * math.pi * SERVO_HZ
    done, torque_less, gain_less, inertia_less = [], [], [], []
    for servo in servos:
        own = _limit_of_joint(model, servo.joint)
        torque = setting_of(settings.torque, servo.joint) or servo.torque or own
        kp = setting_of(settings.kp, servo.joint) or servo.kp
        if not torque and not kp:
            torque = weight_torque(model, base, servo.joint)
            torque_less.append(servo.joint)
        if not kp:
            gain_less.append(servo.joint)
        kp = kp or torque / FULL_TORQUE_ERROR_RAD
        kd = setting_of(settings.kd, servo.joint)
        if kd is None:
            kd = servo.kd or (0.0 if servo.kp else 2 * kp / omega)
        armature = setting_of(settings.armature, servo.joint)
        has_own = model.dof_armature[model.joint(servo.joint).dofadr[0]] > 0
        if armature is None and not servo.kp and not has_own:
            armature = kp / omega**2
            inertia_less.append(servo.joint)
        done.append(replace(servo, kp=kp, kd=kd, torque=torque, armature=armature))
    return done, _notes(done, torque_less, gain_less, inertia_less)


def _notes(servos: list[Servo], torque_less: list[str], gain_less: list[str], inertia_less: list[str]) -> list[str]:
    notes = []
    made = [servo for servo in servos if servo.joint in gain_less]
    if made:
        kp, kd = [servo.kp for servo in made], [servo.kd for servo in made]
        notes.append(
            f"position servos are added to {_listed(gain_less)}: kp {_span(kp)} Nm/rad (full torque at "
            f"{FULL_TORQUE_ERROR_RAD} rad), kd {_span(kd)} Nm s/rad; 'kp' and 'kd' in robot.yaml settle them"
        )
    if inertia_less:
        inertia = [servo.armature or 0.0 for servo in servos if servo.joint in inertia_less]
        notes.append(
            f"no rotor inertia on {_listed(inertia_less)}; {_span(inertia)} kg m^2 taken ({SERVO_HZ:g} Hz without "
            "load); 'armature' in robot.yaml settles it"
        )
    if torque_less:
        torque = [servo.torque for servo in servos if servo.joint in torque_less]
        notes.append(
            f"no torque limit on {_listed(torque_less)}; {_span(torque)} Nm estimated from the weight; 'torque' in "
            "robot.yaml settles it"
        )
    return notes


def _listed(names: list[str]) -> str:
    return ", ".join(names) if len(names) <= 4 else f"{len(names)} joints"


def _span(values: list[float]) -> str:
    low, high = min(values), max(values)
    return f"{low:.3g}" if math.isclose(low, high, rel_tol=1e-3) else f"{low:.3g} to {high:.3g}"


def _limit_of_joint(model: mujoco.MjModel, joint: str) -> float:
    j = model.joint(joint).id
    return float(np.abs(model.jnt_actfrcrange[j]).max()) if model.jnt_actfrclimited[j] else 0.0


def set_servos(spec: mujoco.MjSpec, servos: list[Servo]) -> None:
    """Replace all actuators by the given servos, in their order; sensors of what is gone go too."""
    for sensor in [s for s in spec.sensors if s.objtype == mujoco.mjtObj.mjOBJ_ACTUATOR]:
        spec.delete(sensor)
    for actuator in list(spec.actuators):
        spec.delete(actuator)
    joints = _joints(spec)
    for servo in servos:
        joint = joints[servo.joint]
        if servo.armature is not None:
            joint.armature = servo.armature
        actuator = spec.add_actuator(name=servo.joint, target=servo.joint, trntype=mujoco.mjtTrn.mjTRN_JOINT)
        actuator.gaintype, actuator.biastype = mujoco.mjtGain.mjGAIN_FIXED, mujoco.mjtBias.mjBIAS_AFFINE
        actuator.gainprm[:3] = (servo.kp, 0.0, 0.0)
        actuator.biasprm[:3] = (0.0, -servo.kp, -servo.kd)
        if servo.torque:
            actuator.forcelimited = mujoco.mjtLimited.mjLIMITED_TRUE
            actuator.forcerange = (-servo.torque, servo.torque)


def hold_joint(spec: mujoco.MjSpec, servo: Servo, angle: float) -> None:
    """Hold a joint that the policy does not move at an angle [rad], by a spring as stiff as its servo would be."""
    joint = _joints(spec)[servo.joint]
    joint.stiffness[0] = servo.kp
    joint.damping[0] = max(joint.damping[0], servo.kd)
    joint.springref = math.degrees(angle) if spec.compiler.degree else angle
    if servo.armature is not None:
        joint.armature = servo.armature


def _joints(spec: mujoco.MjSpec) -> dict[str, mujoco.MjsJoint]:
    """Joints by name; `spec.joint(name)` gives a neighbour once a free joint was added."""
    return {joint.name: joint for joint in spec.joints}
