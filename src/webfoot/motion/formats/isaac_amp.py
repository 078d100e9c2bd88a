"""Reader of Isaac Lab's AMP `.npz`: joints and bodies with their names, world poses of the bodies.

Keys (FORMATS 1.4): fps (), dof_names (D,), body_names (B,), dof_positions (T, D) rad, body_positions (T, B, 3) m,
body_rotations (T, B, 4) wxyz, and velocities, which are not used.
"""

from webfoot.motion.clip import Motion
from webfoot.motion.formats.archive import Archive
from webfoot.motion.formats.quaternion import to_wxyz
from webfoot.motion.formats.source import Dialect, Source
from webfoot.robots.spec import Robot

BASE_NAMES = ("base", "base_link", "pelvis", "trunk", "torso", "root")
"""What the base is called where no robot says."""


def read(archive: Archive, source: Source) -> list[Motion]:
    """The one clip of the file.

    Raises:
        MotionError: a key missing or of another shape.
    """
    names = archive.text("dof_names")
    motion = Motion(
        name=source.name,
        fps=archive.number("fps"),
        joint_names=names,
        joint_pos=archive.numbers("dof_positions", None, len(names)),
        loop=False,
        source=source.label,
    )
    if not archive.has("body_names", "body_positions", "body_rotations"):
        return [motion.noted("no body poses in the file: the base moves as the stance feet imply")]
    bodies = archive.text("body_names")
    base, note = _base(bodies, source.robot)
    shape = (motion.num_frames, len(bodies))
    quat = archive.numbers("body_rotations", *shape, 4)[:, base]
    root_quat, notes = to_wxyz(quat, "wxyz", source.columns.quat_order)
    root_pos = archive.numbers("body_positions", *shape, 3)[:, base]
    for line in notes:
        motion = motion.noted(line)
    return [motion.noted(note, root_pos=root_pos, root_quat=root_quat)]


def _base(bodies: tuple[str, ...], robot: Robot | None) -> tuple[int, str]:
    known = ((robot.base_body,) if robot else ()) + BASE_NAMES
    for name in known:
        if name in bodies:
            return bodies.index(name), f"the base is body '{name}'"
    return 0, f"the base is taken to be the first body{f', {bodies[0]!r}' if bodies else ''}"


DIALECT = Dialect("Isaac Lab AMP (dof_names, dof_positions)", lambda a: a.has("dof_names", "dof_positions"), read)
