"""Reader of BVH motion capture: a skeleton and its joint rotations, retargeted to the robot's legs."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from webfoot.errors import MotionError
from webfoot.motion.clip import Motion
from webfoot.motion.formats.limits import MAX_FRAMES, read_bytes
from webfoot.motion.formats.source import Source
from webfoot.motion.retarget import retarget
from webfoot.motion.skeleton import SkeletonMotion, joint_positions

MAX_SKELETON = 500
"""Joints and end sites."""
MAX_NUMBERS = 2**23
MAX_HIERARCHY = 2**20
MAX_VALUE = 1e5
"""Degrees, or units of length."""
CHANNELS = {f"{axis}{kind}": (kind, axis) for axis in "XYZ" for kind in ("position", "rotation")}


@dataclass
class _Joint:
    name: str
    parent: int
    offset: tuple[float, ...] = (0.0, 0.0, 0.0)
    channels: list[str] = field(default_factory=list)


def read(source: Source) -> list[Motion]:
    """The one clip of the file, retargeted.

    Raises:
        MotionError: no BVH, a skeleton without two legs, or a robot that is no biped.
    """
    if source.columns.units == "degrees" or source.columns.joints:
        raise MotionError(f"{source.label}: a BVH says units and names itself; leave out --units and --joints")
    skeleton = read_skeleton(read_bytes(source.path), source)
    return [retarget(skeleton, source.robot_for("a skeleton without a robot"))]


def read_skeleton(content: bytes, source: Source) -> SkeletonMotion:
    """Joint positions over time, in the file's own axes and unit.

    Raises:
        MotionError: no BVH, or numbers that do not fit its hierarchy.
    """
    head, mark, tail = content.decode("utf-8", "replace").partition("MOTION")
    if not head.lstrip("\ufeff \r\n\t").upper().startswith("HIERARCHY") or not mark:
        raise MotionError(f"{source.label}: no BVH; one starts with HIERARCHY and holds MOTION")
    if len(head) > MAX_HIERARCHY:
        raise MotionError(
            f"{source.label}: a HIERARCHY of more than {MAX_HIERARCHY} letters; a skeleton takes a few KB"
        )
    joints = _hierarchy(head, source.label)
    width = sum(len(joint.channels) for joint in joints)
    rows, fps = _motion(tail, width, source.label)
    with np.errstate(all="ignore"):
        positions = _positions(joints, rows)
    return SkeletonMotion(
        name=source.name,
        fps=source.columns.fps or fps,
        joint_names=tuple(joint.name for joint in joints),
        parents=tuple(joint.parent for joint in joints),
        positions=positions,
        source=source.label,
    )


def _hierarchy(head: str, label: str) -> list[_Joint]:
    words = iter(head.replace("{", " { ").replace("}", " } ").split())
    joints: list[_Joint] = []
    stack: list[int] = []
    for word in words:
        kind = word.upper()
        if kind in ("ROOT", "JOINT", "END"):
            parent = stack[-1] if stack else -1
            if (parent < 0) != (not joints):
                raise MotionError(f"{label}: a joint outside the one ROOT; expected one skeleton")
            name = " ".join(itertools.takewhile(lambda word: word != "{", words))  # up to its brace, blanks and all
            joints.append(_Joint(f"{joints[parent].name}_end" if kind == "END" else name[:80], parent))
            stack.append(len(joints) - 1)
        elif word == "}" and stack:
            stack.pop()
        elif kind == "OFFSET" and stack:
            joints[stack[-1]].offset = tuple(_floats(words, 3, label))
        elif kind == "CHANNELS" and stack:
            joints[stack[-1]].channels = _channels(words, label)
        elif kind != "HIERARCHY":
            raise MotionError(f"{label}: '{word[:40]}' is not part of a BVH hierarchy")
        if len(joints) > MAX_SKELETON:
            raise MotionError(f"{label}: more than {MAX_SKELETON} joints")
    if stack or not joints:
        raise MotionError(f"{label}: the HIERARCHY does not end; is the file cut off?")
    return joints


def _floats(words: Iterator[str], count: int, label: str) -> list[float]:
    try:
        return [float(next(words, "")) for _ in range(count)]
    except ValueError:
        raise MotionError(f"{label}: an OFFSET is not {count} numbers") from None


def _channels(words: Iterator[str], label: str) -> list[str]:
    count = next(words, "")
    if count not in {str(n) for n in range(7)}:
        raise MotionError(f"{label}: CHANNELS '{count[:20]}'; expected 0 to 6")
    names = [next(words, "") for _ in range(int(count))]
    known = {name.lower(): name for name in CHANNELS}
    wrong = [name for name in names if name.lower() not in known]
    if wrong or len({name.lower() for name in names}) < len(names):
        raise MotionError(
            f"{label}: channel '{(wrong or names)[0][:40]}'; expected different ones of {', '.join(CHANNELS)}"
        )
    return [known[name.lower()] for name in names]


def _motion(tail: str, width: int, label: str) -> tuple[NDArray[np.float64], float]:
    """Frames (T, W) and frames per second."""
    if tail.count("\n") > 2 * MAX_FRAMES:
        raise MotionError(f"{label}: {tail.count(chr(10))} rows; at most {MAX_FRAMES} frames are read")
    lines = tail.split("\n")
    stated: dict[str, float] = {}
    first = 0
    for first, line in enumerate(lines[:20]):  # noqa: B007
        key, colon, value = line.partition(":")
        if colon:
            try:
                stated[key.strip().lower()] = float(value)
            except ValueError:
                raise MotionError(f"{label}: '{line.strip()[:60]}' holds no number") from None
        elif line.strip():
            break
    frames, step = stated.get("frames", 0.0), stated.get("frame time", 0.0)
    if not 2 <= frames <= MAX_FRAMES or not 0.001 <= step <= 1.0 or not width >= 1:
        raise MotionError(
            f"{label}: {frames:g} frames of {step:g} s and {width} channels; expected 2 to {MAX_FRAMES} frames, a "
            "frame time of 0.001 to 1 s, and channels"
        )
    if frames * width > MAX_NUMBERS:
        raise MotionError(f"{label}: {frames:g} frames of {width} channels; at most {MAX_NUMBERS} numbers are read")
    rows = _rows([line for line in lines[first:] if line.strip()], int(frames), width, label)
    if not (np.abs(rows) < MAX_VALUE).all():
        frame = int(np.argwhere(~(np.abs(rows) < MAX_VALUE))[0, 0])
        raise MotionError(f"{label}: frame {frame} of {len(rows)} holds no number below {MAX_VALUE:g}")
    fps = 1.0 / step
    return rows, float(round(fps)) if abs(fps - round(fps)) < 0.02 else fps


def _rows(lines: list[str], frames: int, width: int, label: str) -> NDArray[np.float64]:
    """One frame a line, shape (T, W)."""
    if len(lines) != frames:
        raise MotionError(f"{label}: {len(lines)} rows of numbers, but 'Frames:' says {frames}; is the file cut off?")
    rows = np.empty((frames, width))
    for t, line in enumerate(lines):
        words = line.split(None, width)
        if len(words) != width:
            raise MotionError(f"{label}: frame {t} of {frames} has not the {width} numbers of its channels")
        try:
            rows[t] = words
        except ValueError:
            raise MotionError(f"{label}: frame {t} of {frames} holds something that is not a number") from None
    return rows


def _positions(joints: list[_Joint], rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """World positions of all joints, shape (T, B, 3)."""
    ends = np.cumsum([len(joint.channels) for joint in joints])
    channels = [rows[:, end - len(joint.channels) : end] for joint, end in zip(joints, ends, strict=True)]
    local = np.stack([_translation(joint, own) for joint, own in zip(joints, channels, strict=True)], axis=1)
    rotations = [_rotation(joint, own) for joint, own in zip(joints, channels, strict=True)]
    return joint_positions(tuple(joint.parent for joint in joints), local, rotations)


def _translation(joint: _Joint, channels: NDArray[np.float64]) -> NDArray[np.float64]:
    """OFFSET, moved or replaced by position channels: exporters do either, the values tell which."""
    offset = np.tile(np.array(joint.offset), (len(channels), 1))
    at = {axis: c for c, name in enumerate(joint.channels) for kind, axis in [CHANNELS[name]] if kind == "position"}
    if not at:
        return offset
    moved = np.zeros_like(offset)
    for axis, column in at.items():
        moved[:, "XYZ".index(axis)] = channels[:, column]
    mean = moved.mean(axis=0)
    replaces = np.linalg.norm(mean - offset[0]) <= np.linalg.norm(mean)
    return moved if replaces else offset + moved


def _rotation(joint: _Joint, channels: NDArray[np.float64]) -> Rotation:
    """Rotations about the joint's own axes in the order of its channels."""
    order = [
        (axis, c) for c, name in enumerate(joint.channels) for kind, axis in [CHANNELS[name]] if kind == "rotation"
    ]
    total = Rotation.identity(len(channels))
    for axis, column in order:
        total = total * Rotation.from_euler(axis.lower(), channels[:, column, None], degrees=True)
    return total
