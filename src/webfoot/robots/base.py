"""The free base: the one a model has, or one that is added."""

import mujoco

from webfoot.errors import RobotError

FREE = mujoco.mjtJoint.mjJNT_FREE


def settle_base(spec: mujoco.MjSpec, wanted: str | None, name: str) -> tuple[str, list[str]]:
    """Make sure that exactly one body is free, with all joints of the robot below it.

    Args:
        wanted: the body that `robot.yaml` names as base, if it does.
        name: the model's file, for messages.

    Returns:
        Name of the base, and what was done to the model.

    Raises:
        RobotError: it cannot be told which body is the base, or the base slides on joints of its own.
    """
    free = [body for body in spec.bodies if any(joint.type == FREE for joint in body.joints)]
    if wanted is not None:
        return wanted, _make_base(spec, spec.body(wanted), free, name)
    if len(free) == 1:
        return free[0].name, []
    if free:
        names = ", ".join(body.name for body in free)
        raise RobotError(
            f"{name}: {len(free)} free joints, on {names}; name the robot's base under 'base' in robot.yaml"
        )
    roots = [body for body in spec.worldbody.bodies if _moves(body)]
    if len(roots) != 1:
        found = f"{len(roots)} bodies with joints ({', '.join(body.name for body in roots)})" if roots else "no joints"
        raise RobotError(
            f"{name}: 0 free joints, and {found}; put a <freejoint/> on the base, or name it under 'base' in robot.yaml"
        )
    return roots[0].name, _make_base(spec, roots[0], free, name)


def _make_base(spec: mujoco.MjSpec, body: mujoco.MjsBody, free: list[mujoco.MjsBody], name: str) -> list[str]:
    others = [other for other in free if other.name != body.name]
    for other in others:
        spec.delete(other)
    notes = [f"{', '.join(other.name for other in others)} left out: free bodies beside the robot"] if others else []
    if any(joint.type == FREE for joint in body.joints):
        return notes
    if body.parent is None or body.parent.name != "world":
        raise RobotError(f"{name}: the base '{body.name}' hangs on another body; 'base' names one that hangs on none")
    if body.joints:
        own = ", ".join(joint.name for joint in body.joints)
        raise RobotError(f"{name}: 0 free joints; the base '{body.name}' moves on {own}: replace them by <freejoint/>")
    body.add_freejoint()
    return [*notes, f"the base '{body.name}' was fixed; a free joint is added"]


def _moves(body: mujoco.MjsBody) -> bool:
    return bool(body.joints) or any(_moves(child) for child in body.bodies)
