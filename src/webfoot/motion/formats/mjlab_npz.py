"""Reader of mjlab's and BeyondMimic's motion `.npz`, which names neither joints nor bodies.

Keys (FORMATS 1.4): fps [1], joint_pos (T, J) rad, body_pos_w (T, B, 3) m, body_quat_w (T, B, 4) wxyz, and velocities,
which are not used. The order of joints and bodies is the model's where MuJoCo wrote the file (depth first) and another
where PhysX did (breadth first); forward kinematics of the robot tell which.
"""

import numpy as np

from webfoot.errors import MotionError
from webfoot.motion.clip import Motion
from webfoot.motion.formats.archive import Archive
from webfoot.motion.formats.body_order import find_order
from webfoot.motion.formats.quaternion import to_wxyz
from webfoot.motion.formats.source import Dialect, Source


def read(archive: Archive, source: Source) -> list[Motion]:
    """The one clip of the file.

    Raises:
        MotionError: a key missing or of another shape, or no order of the joints puts the bodies where the file does.
    """
    joint_pos = archive.numbers("joint_pos", None, None)
    frames, joints = joint_pos.shape
    body_pos = archive.numbers("body_pos_w", frames, None, 3)
    body_quat = archive.numbers("body_quat_w", frames, body_pos.shape[1], 4)
    if body_pos.shape[1] < 1:
        raise MotionError(f"{source.label}: body_pos_w holds no body; its first body is the base")
    root_quat, notes = to_wxyz(body_quat[:, 0], "wxyz", source.columns.quat_order)
    if source.columns.joints:
        names, order_note = source.columns.joints, "joints named as given"
        if len(names) != joints:
            raise MotionError(f"{source.label}: {len(names)} joint names given, but joint_pos has {joints} columns")
    else:
        robot = source.robot_for(f"{joints} joints without names")
        with np.errstate(invalid="ignore", over="ignore"):
            order = find_order(joint_pos, body_pos, root_quat, robot, source.label)
        names, order_note = order.joint_names, order.note
    return [
        Motion(
            name=source.name,
            fps=archive.number("fps"),
            joint_names=names,
            joint_pos=joint_pos,
            root_pos=body_pos[:, 0],
            root_quat=root_quat,
            loop=False,
            source=source.label,
            notes=(order_note, *notes),
        )
    ]


DIALECT = Dialect(
    "mjlab or BeyondMimic (joint_pos, body_pos_w, body_quat_w)",
    lambda a: a.has("joint_pos", "body_pos_w", "body_quat_w") and not a.has("joint_names"),
    read,
)
