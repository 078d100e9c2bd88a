"""Derive a `Robot` from a model file: joint order, default pose, gains, limits, feet, base, mirror map."""

from pathlib import Path

import mujoco

from webfoot.robots.collisions import has_self_collisions, prune
from webfoot.robots.complete import Completed, complete
from webfoot.robots.imu import find_imu
from webfoot.robots.load import compile_spec, load_spec
from webfoot.robots.mirror import derive_mirror
from webfoot.robots.servos import read_servos
from webfoot.robots.spec import CompletedModel, Foot, Robot
from webfoot.robots.standing import find_standing


def robot_from_mjcf(path: str | Path) -> Robot:
    """Read any MJCF or URDF of a legged robot; what it lacks is added.

    Args:
        path: the file; a scene that includes the robot is fine. A `robot.yaml` beside it wins over what is derived.

    Returns:
        The robot. What had to be assumed stands in its `notes`.

    Raises:
        RobotError: the file cannot be loaded, or something cannot be derived from it.
    """
    path = Path(path)
    completed = complete(path)
    model = completed.model
    base_id = model.body(completed.base).id
    servos = read_servos(model, completed.velocity_limits)
    notes = [*completed.notes, *servos.notes]
    pruned = _prune_early(completed, base_id)
    standing = find_standing(completed, servos)
    notes += [*pruned, *standing.notes, *_prune_to_feet(completed, base_id, standing.feet)]
    mirror, why_not = derive_mirror(model, base_id, servos.joint_names, standing.feet)
    if why_not:
        notes.append(why_not)
    return Robot(
        name=path.stem,
        mjcf=path.resolve(),
        base_body=completed.base,
        joint_names=servos.joint_names,
        default_pos=standing.default_pos,
        lower=servos.lower,
        upper=servos.upper,
        kp=servos.kp,
        kd=servos.kd,
        joint_damping=servos.joint_damping,
        joint_armature=servos.joint_armature,
        torque_limit=servos.torque_limit,
        velocity_limit=servos.velocity_limit,
        feet=standing.feet,
        mirror=mirror,
        base_height=standing.base_height,
        mass_kg=float(model.body_subtreemass[base_id]),
        completed=CompletedModel(
            completed.spec,
            model,
            keyframe_height=completed.keyframe.base_height if completed.keyframe else None,
            imu=find_imu(model, completed.settings.imu),
        ),
        notes=tuple(notes),
    )


def compile_mjcf(path: Path) -> mujoco.MjModel:
    """Compile a model file as it is; every way to fail is one sentence.

    Raises:
        RobotError: missing file, broken XML, missing mesh, or a model MuJoCo refuses.
    """
    model, _ = compile_spec(load_spec(path).spec, path.name)
    return model


def _prune_early(completed: Completed, base_id: int) -> list[str]:
    """Take links out of each other's way before the robot is stood up."""
    wanted = completed.settings.collisions
    if wanted == "file" or (wanted is None and not has_self_collisions(completed.model, base_id)):
        return []
    prune(completed.spec, completed.model, base_id, keep=None)
    if wanted is not None:
        return []
    return [
        "links of the robot touched each other; now they touch the floor only; 'collisions' in robot.yaml settles it"
    ]


def _prune_to_feet(completed: Completed, base_id: int, feet: tuple[Foot, ...]) -> list[str]:
    if completed.settings.collisions == "feet":
        prune(completed.spec, completed.model, base_id, keep={foot.body for foot in feet})
    return []
