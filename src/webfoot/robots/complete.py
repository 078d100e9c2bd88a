"""From any model file to the model that is simulated: a free base, a servo for every joint, a floor, one keyframe."""

from dataclasses import dataclass
from pathlib import Path

import mujoco
import numpy as np

from webfoot.errors import RobotError
from webfoot.robots.actuators import Servo, complete_servos, hold_joint, set_servos
from webfoot.robots.base import settle_base
from webfoot.robots.collisions import add_floor, touch_floor
from webfoot.robots.load import compile_spec, load_spec
from webfoot.robots.names import name_all
from webfoot.robots.own_servos import free_hinges, own_servos
from webfoot.robots.pose import Keyframe, find_keyframe
from webfoot.robots.settings import SETTINGS_FILE, RobotSettings, check_names, read_settings

FINITE = ("body_pos", "body_quat", "body_mass", "body_inertia", "geom_pos", "geom_size", "jnt_axis", "jnt_range")
FINITE += (
    "jnt_pos",
    "qpos0",
    "key_qpos",
    "dof_armature",
    "actuator_gainprm",
    "actuator_biasprm",
    "actuator_forcerange",
)
"""Fields of a model in which MuJoCo lets NaN pass."""
HOME = "home"
"""Name of the completed model's only keyframe: the standing pose on the floor."""


@dataclass(frozen=True)
class Completed:
    """A model in which everything is there, though its standing pose and what touches what are not settled yet."""

    path: Path
    spec: mujoco.MjSpec
    model: mujoco.MjModel
    """Compiled from `spec`; whoever changes one changes the other alike."""
    base: str
    settings: RobotSettings
    keyframe: Keyframe | None
    """The standing pose that the file gives, if it gives one."""
    velocity_limits: dict[str, float]
    notes: tuple[str, ...]


def complete(path: Path) -> Completed:
    """Read a model and add what a walking robot needs and it lacks, saying so.

    Raises:
        RobotError: the file cannot be loaded, or something is missing that only the user can settle.
    """
    settings = read_settings(path)
    loaded = load_spec(path)
    spec = loaded.spec
    notes = [*loaded.notes, *name_all(spec)]
    joints = [joint.name for joint in spec.joints if joint.type != mujoco.mjtJoint.mjJNT_FREE]
    check_names(settings, joints, [b.name for b in spec.bodies if b.name != "world"], [s.name for s in spec.sites])
    raw, _ = _compile(spec, path.name)
    keyframe = find_keyframe(raw)
    base, base_notes = settle_base(spec, settings.base, path.name)
    notes += base_notes + _settle_servos(spec, raw, raw.body(base).id, settings, keyframe, path.name)
    for key in list(spec.keys):
        spec.delete(key)
    spec.add_key(name=HOME)
    if settings.feet:
        touch_floor(spec, set(settings.feet))
    add_floor(spec)
    model, warned = _compile(spec, path.name)
    if model.body_subtreemass[model.body(base).id] <= 0:
        raise RobotError(f"{path.name}: the robot weighs nothing; give its bodies an <inertial> or its geoms a mass")
    return Completed(path, spec, model, base, settings, keyframe, loaded.velocity_limits, (*notes, *warned))


def _compile(spec: mujoco.MjSpec, name: str) -> tuple[mujoco.MjModel, list[str]]:
    model, warned = compile_spec(spec, name)
    for field in FINITE:
        if not np.isfinite(getattr(model, field)).all():
            raise RobotError(f"{name}: the model holds NaN or infinite numbers ({field}); mend them")
    return model, warned


def _settle_servos(
    spec: mujoco.MjSpec,
    raw: mujoco.MjModel,
    base: int,
    settings: RobotSettings,
    keyframe: Keyframe | None,
    name: str,
) -> list[str]:
    """Give every driven joint one position servo; what was done."""
    own, plain = own_servos(raw, settings, name)
    known = {servo.joint: servo for servo in own}
    hinges, passive = free_hinges(raw, base)
    if settings.joints is not None:
        _check_hinges(settings.joints, raw, base)
        wanted = list(settings.joints)
        held = [joint for joint in hinges if joint not in wanted]
    else:
        wanted, held = list(known) or hinges, []
    if not wanted:
        raise RobotError(
            f"{name}: no joint that a servo could move; list the policy's joints under 'joints' in robot.yaml"
        )
    overrides = any(getattr(settings, key) is not None for key in ("kp", "kd", "torque", "armature"))
    if plain and own and settings.joints is None and not overrides:
        return []
    servos, notes = complete_servos(raw, base, [known.get(joint, Servo(joint)) for joint in wanted], settings)
    springs, _ = complete_servos(raw, base, [Servo(joint) for joint in held], settings)
    set_servos(spec, servos)
    for servo in springs:
        angle = settings.pose.get(servo.joint, keyframe.angles.get(servo.joint, 0.0) if keyframe else 0.0)
        hold_joint(spec, servo, angle)
    if held:
        notes.append(f"{len(held)} joints that the policy does not move are held by springs: {', '.join(held[:6])}")
    if passive and not own and settings.joints is None:
        notes.append(f"{', '.join(passive[:6])}: passive, no servo; 'joints' in robot.yaml settles it")
    return notes


def _check_hinges(joints: tuple[str, ...], model: mujoco.MjModel, base: int) -> None:
    hinge = mujoco.mjtJoint.mjJNT_HINGE
    wrong = [
        j for j in joints if model.joint(j).type[0] != hinge or model.body_rootid[model.joint(j).bodyid[0]] != base
    ]
    if wrong:
        raise RobotError(f"{SETTINGS_FILE}: 'joints' names '{wrong[0]}', which is not a hinge below the base")
    if len(set(joints)) != len(joints):
        raise RobotError(f"{SETTINGS_FILE}: 'joints' names a joint twice; once is right")
