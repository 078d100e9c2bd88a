"""What touches what: a model in which everything meets everything is pruned to links against the floor."""

import mujoco

FLOOR = "webfoot_floor"
"""Name of a floor that is added."""


def has_self_collisions(model: mujoco.MjModel, base: int) -> bool:
    """Whether links of the robot that are not its outermost ones can touch each other."""
    geoms = [g for g in range(model.ngeom) if model.body_rootid[model.geom_bodyid[g]] == base and _collides(model, g)]
    bodies = {int(model.geom_bodyid[g]) for g in geoms}
    inner = {b for b in bodies if any(_hangs_on(model, other, b) for other in bodies)}
    excluded = {int(signature) for signature in model.exclude_signature}
    for a in geoms:
        for b in geoms:
            one, two = sorted((int(model.geom_bodyid[a]), int(model.geom_bodyid[b])))
            if one == two or not {one, two} & inner or (one << 16) + two in excluded:
                continue
            if _hangs_on(model, two, one) and model.body_parentid[two] == one:
                continue
            if _meet(model, a, b):
                return True
    return False


def prune(spec: mujoco.MjSpec, model: mujoco.MjModel, base: int, keep: set[str] | None) -> None:
    """Let links of the robot meet what stands fixed in the world, and not each other.

    Args:
        model: compiled from `spec`; changed like it.
        keep: bodies that may still meet the floor; None for all.
    """
    for geom in spec.geoms:
        g = geom.id
        if model.geom_bodyid[g] == 0 or model.body_weldid[model.geom_bodyid[g]] == 0:
            if geom.contype or geom.conaffinity:
                geom.contype = model.geom_contype[g] = geom.contype | 1
        elif model.body_rootid[model.geom_bodyid[g]] == base and _collides(model, g):
            meets = keep is None or model.body(model.geom_bodyid[g]).name in keep
            geom.contype = model.geom_contype[g] = 0
            geom.conaffinity = model.geom_conaffinity[g] = int(meets)


def touch_floor(spec: mujoco.MjSpec, bodies: set[str]) -> None:
    """Let every geom of the given bodies meet the floor."""
    for geom in spec.geoms:
        if geom.parent.name in bodies:
            geom.conaffinity |= 1


def add_floor(spec: mujoco.MjSpec) -> None:
    """Put a plane under a model that has none."""
    if not any(geom.type == mujoco.mjtGeom.mjGEOM_PLANE for geom in spec.geoms):
        plane = mujoco.mjtGeom.mjGEOM_PLANE
        spec.worldbody.add_geom(name=FLOOR, type=plane, size=[0, 0, 0.05], contype=1, conaffinity=1)


def _collides(model: mujoco.MjModel, geom: int) -> bool:
    return bool(model.geom_contype[geom] or model.geom_conaffinity[geom])


def _meet(model: mujoco.MjModel, a: int, b: int) -> bool:
    return bool(model.geom_contype[a] & model.geom_conaffinity[b] or model.geom_contype[b] & model.geom_conaffinity[a])


def _hangs_on(model: mujoco.MjModel, body: int, other: int) -> bool:
    """Whether a body is below another one."""
    while body:
        body = int(model.body_parentid[body])
        if body == other:
            return body != 0
    return False
