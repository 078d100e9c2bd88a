"""Reader of ASE's and poselib's `SkeletonMotion` (`.npy`, a pickled dict): a skeleton, retargeted to the robot.

Keys (FORMATS 1.4): rotation and root_translation, each {arr, context}; rotation.arr (T, B, 4) xyzw, local to the
parent unless is_local is false; skeleton_tree {node_names, parent_indices, local_translation}; fps.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from webfoot.errors import MotionError
from webfoot.motion.clip import Motion
from webfoot.motion.formats.limits import number
from webfoot.motion.formats.source import Dialect, Source
from webfoot.motion.retarget import retarget
from webfoot.motion.skeleton import SkeletonMotion, joint_positions

MAX_SKELETON = 500
MAX_NUMBERS = 2**23


def read(content: Any, source: Source) -> list[Motion]:
    """The one clip of the file, retargeted.

    Raises:
        MotionError: parts missing, rotations that are none, or a skeleton without two legs.
    """
    label, tree = source.label, content["skeleton_tree"]
    names = tree.get("node_names") if isinstance(tree, dict) else None
    if not isinstance(names, list) or not 1 <= len(names) <= MAX_SKELETON or not all(isinstance(n, str) for n in names):
        raise MotionError(f"{label}: skeleton_tree holds no list of 1 to {MAX_SKELETON} node_names")
    bodies = len(names)
    parents = _array(tree, "parent_indices", (bodies,), label)
    if parents[0] != -1 or not all(0 <= parents[b] < b for b in range(1, bodies)):
        raise MotionError(f"{label}: parent_indices do not make a tree whose root comes first")
    rotations = _array(content, "rotation", (None, bodies, 4), label)
    length = np.linalg.norm(rotations.clip(-10.0, 10.0), axis=2)
    if not (np.abs(length - 1.0) < 0.1).all():
        frame = int(np.argwhere(~(np.abs(length - 1.0) < 0.1))[0, 0])
        raise MotionError(f"{label}: frame {frame} of {len(rotations)} holds a rotation that is no unit quaternion")
    local = np.tile(_array(tree, "local_translation", (bodies, 3), label), (len(rotations), 1, 1))
    local[:, 0] = _array(content, "root_translation", (len(rotations), 3), label)
    indices = tuple(int(parent) for parent in parents)
    turns = [Rotation.from_quat(rotations[:, b]) for b in range(bodies)]
    if content.get("is_local") is False:
        turns = [turn if p < 0 else turns[p].inv() * turn for p, turn in zip(indices, turns, strict=True)]
    skeleton = SkeletonMotion(
        name=source.name,
        fps=source.columns.fps or number(content, "fps", label, 1.0, 1000.0),
        joint_names=tuple(name[:80] for name in names),
        parents=indices,
        positions=joint_positions(indices, local, turns),
        source=label,
    )
    return [retarget(skeleton, source.robot_for("a skeleton without a robot"))]


def _array(table: Any, key: str, shape: tuple[int | None, ...], label: str) -> NDArray[np.float64]:
    """The numbers of {arr, context} under a key."""
    value = table.get(key)
    value = np.asarray(value.get("arr")) if isinstance(value, dict) and value.get("arr") is not None else None
    if value is None or value.dtype.kind not in "iuf" or value.ndim != len(shape) or value.size > MAX_NUMBERS:
        raise MotionError(f"{label}: '{key}' holds no array of numbers under 'arr'")
    if any(n not in (None, m) for n, m in zip(shape, value.shape, strict=True)) or value.shape[0] < 1:
        expected = " x ".join("any" if n is None else str(n) for n in shape)
        raise MotionError(f"{label}: '{key}' has shape {value.shape}; it must be {expected}")
    with np.errstate(invalid="ignore"):
        return value.astype(np.float64)


DIALECT = Dialect[Any](
    "ASE or poselib (rotation, root_translation, skeleton_tree, fps)",
    lambda content: isinstance(content, dict) and {"rotation", "root_translation", "skeleton_tree"} <= content.keys(),
    read,
)
