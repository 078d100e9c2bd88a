"""Names for bodies and joints that have none, so that everything can be spoken of."""

import mujoco


def name_all(spec: mujoco.MjSpec) -> list[str]:
    """Name every unnamed body and joint after what is near it; says how many there were."""
    bodies = _name_bodies(spec)
    joints = _name_joints(spec)
    missing = [f"{count} {kind}" for count, kind in ((bodies, "bodies"), (joints, "joints")) if count]
    return [f"{' and '.join(missing)} had no name; named after what is near them"] if missing else []


def _name_bodies(spec: mujoco.MjSpec) -> int:
    taken = {body.name for body in spec.bodies}
    count = 0
    for body in spec.bodies:
        if body.name:
            continue
        near = next((joint.name for joint in body.joints if joint.name), "")
        own = f"{near}_link" if near else "base" if _is_free(body) else f"{_parent_name(body)}_part"
        body.name = _free_name(own, taken)
        count += 1
    return count


def _name_joints(spec: mujoco.MjSpec) -> int:
    taken = {joint.name for joint in spec.joints}
    count = 0
    for joint in spec.joints:
        if joint.name or joint.type == mujoco.mjtJoint.mjJNT_FREE:
            continue
        joint.name = _free_name(f"{joint.parent.name}_joint", taken)
        count += 1
    return count


def _free_name(wanted: str, taken: set[str]) -> str:
    name, number = wanted, 2
    while name in taken:
        name, number = f"{wanted}{number}", number + 1
    taken.add(name)
    return name


def _parent_name(body: mujoco.MjsBody) -> str:
    return body.parent.name if body.parent is not None and body.parent.name else "body"


def _is_free(body: mujoco.MjsBody) -> bool:
    return any(joint.type == mujoco.mjtJoint.mjJNT_FREE for joint in body.joints)
