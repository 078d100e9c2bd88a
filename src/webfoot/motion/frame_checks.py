"""`FRAME_CHECKS`: a base that is written in another frame, unit or order of numbers."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from webfoot.counted import counted
from webfoot.motion.clip import Motion
from webfoot.motion.finding import Finding
from webfoot.motion.kinematics import motion_from_stance
from webfoot.motion.subject import Check, Subject
from webfoot.motion.traces import Traces

UNITS_PER_M = {"millimetres": 1000.0, "centimetres": 100.0, "inches": 39.37, "feet": 3.281}
TILTED_DEG = 8.0
"""A base whose standing soles lie flatter than this is upright enough."""
DOUBTFUL_TILT_DEG = 20.0
DOUBTFUL_SLIP = 0.8
"""Soles tilted or slipping more than this raise the question in which frame the base was written."""
ROOT_JITTER_MM = 3.0
Z_UP_FROM_Y_UP = Rotation.from_euler("x", 90, degrees=True)


@dataclass(frozen=True)
class Misfit:
    """How badly a base fits the legs under it."""

    tilt_deg: float
    slip: float
    """Speed of the base against the one the standing feet imply, relative to the latter (at least 0.05 m/s)."""

    @property
    def cost(self) -> float:
        """0 is a perfect fit."""
        return self.tilt_deg / DOUBTFUL_TILT_DEG + self.slip / DOUBTFUL_SLIP


def misfit(traces: Traces) -> Misfit:
    """Compare a base with its standing soles."""
    motion = traces.motion
    if motion.root_pos is None or motion.root_quat is None:
        return Misfit(traces.sole_tilt_deg, 0.0)
    right = motion_from_stance(traces.soles_b, motion.fps, motion.root_quat, loop=False).velocity[:, :2]
    forward = traces.rotation[:, :, 0]
    heading = np.arctan2(forward[:, 1], forward[:, 0])[:-1]
    step = np.diff(motion.root_pos[:, :2], axis=0) * motion.fps
    cos, sin = np.cos(heading), np.sin(heading)
    own = np.stack([cos * step[:, 0] + sin * step[:, 1], cos * step[:, 1] - sin * step[:, 0]], axis=1)
    off = float(np.linalg.norm(np.median(own, axis=0) - np.median(right[:-1], axis=0)))
    return Misfit(traces.sole_tilt_deg, min(3.0, off / max(0.05, float(np.linalg.norm(np.median(right, axis=0))))))


@dataclass(frozen=True)
class Reading:
    """Another way to read the numbers of a base."""

    code: str
    what: str
    cure: str
    apply: Callable[[Motion], Motion]


def _quat_rolled(shift: int) -> Callable[[Motion], Motion]:
    def apply(motion: Motion) -> Motion:
        assert motion.root_quat is not None
        return replace(motion, root_quat=np.roll(motion.root_quat, shift, axis=1))

    return apply


def _y_up(position: bool, rotation: bool) -> Callable[[Motion], Motion]:
    def apply(motion: Motion) -> Motion:
        assert motion.root_pos is not None and motion.root_quat is not None
        pos = Z_UP_FROM_Y_UP.apply(motion.root_pos) if position else motion.root_pos
        quat = Z_UP_FROM_Y_UP * Rotation.from_quat(motion.root_quat, scalar_first=True)
        return replace(
            motion, root_pos=pos, root_quat=quat.as_quat(scalar_first=True) if rotation else motion.root_quat
        )

    return apply


_ORDER = "the root rotation reads as a fit to the legs only with its numbers in another order: it was stored {}"
_UP = "the {} of the root fits the legs only with y as the vertical axis"
_Y_CURE = "turn the world by 90 degrees about x, so that z points up (motion repair does)"
READINGS: tuple[Reading, ...] = (
    Reading("quaternion_order", _ORDER.format("xyzw"), "store wxyz (motion repair reorders it)", _quat_rolled(1)),
    Reading(
        "quaternion_order",
        _ORDER.format("as wxyz and read as xyzw"),
        "store wxyz (motion repair does)",
        _quat_rolled(-1),
    ),
    Reading("up_axis", _UP.format("position and rotation"), _Y_CURE, _y_up(True, True)),
    Reading("up_axis", _UP.format("rotation"), _Y_CURE, _y_up(False, True)),
    Reading("up_axis", _UP.format("position"), _Y_CURE, _y_up(True, False)),
)
"""Other ways to read a base, the likeliest first."""


def better_reading(traces: Traces) -> Reading | None:
    """The reading under which a doubtful base fits its legs; None where it fits as it is, or none does."""
    motion = traces.motion
    if motion.root_pos is None or motion.root_quat is None:
        return None
    here = misfit(traces)
    height_off = _height_misfit(traces)
    if here.tilt_deg < DOUBTFUL_TILT_DEG and here.slip < DOUBTFUL_SLIP and height_off < 0.5:
        return None
    costs = []
    for reading in READINGS:
        other = Traces(reading.apply(motion), traces.soles_b, traces.com_b)
        costs.append(misfit(other).cost + _height_misfit(other))
    best = int(np.argmin(costs))
    return READINGS[best] if costs[best] < 0.5 * (here.cost + height_off) and costs[best] < 1.0 else None


def _height_misfit(traces: Traces) -> float:
    """Distance of the lowest sole from height 0 relative to the height of the base; at most 2."""
    assert traces.motion.root_pos is not None
    carried = -traces.heights.min(axis=1)
    return min(
        2.0, float(np.median(np.abs(traces.motion.root_pos[:, 2] - carried) / np.maximum(np.abs(carried), 0.02)))
    )


def frame_of_base(subject: Subject) -> list[Finding]:
    """A quaternion in another order, a world in which y points up, or a base tilted against its feet."""
    if subject.traces is None:
        return []
    reading = better_reading(subject.traces)
    if reading is None:
        return _tilted_base(subject.traces)
    value = misfit(subject.traces)
    return [Finding(reading.code, "warning", reading.what, reading.cure, 0, None, value.tilt_deg, TILTED_DEG, "deg")]


def root_unit(subject: Subject) -> list[Finding]:
    """A root position in millimetres, centimetres, inches or feet."""
    traces = subject.traces
    unit = None if traces is None else unit_of_root(traces)
    if unit is None:
        return []
    assert subject.motion.root_pos is not None
    height = float(np.median(subject.motion.root_pos[:, 2]))
    what = f"the root is {height:.4g} high: its position is in {unit}, not in metres"
    cure = f"divide the root position by {UNITS_PER_M[unit]:g} (motion repair does)"
    return [Finding("root_unit", "warning", what, cure, 0, None, height, subject.robot.base_height, "m")]


def unit_of_root(traces: Traces) -> str | None:
    """The unit in which the root's height fits the legs, where that is not metres."""
    if traces.motion.root_pos is None:
        return None
    ratio = np.median(traces.motion.root_pos[:, 2]) / max(float(np.median(-traces.heights.min(axis=1))), 1e-3)
    if not ratio > 2.0:
        return None
    unit, per_m = min(UNITS_PER_M.items(), key=lambda item: abs(np.log(ratio / item[1])))
    return unit if abs(np.log(ratio / per_m)) < 0.25 else None


def _tilted_base(traces: Traces) -> list[Finding]:
    """A base tilted against both standing soles alike: another zero of the tracker or IMU."""
    if traces.motion.root_quat is None:
        return []
    tilt, apart = sole_lean(traces)
    if tilt <= TILTED_DEG or apart > 0.5 * tilt:
        return []
    what = f"both standing soles are tilted by {tilt:.0f} degrees the same way: the base is tilted"
    cure = "turn the root by that angle, or check the zero of the tracker; prepare keeps the tilt"
    return [Finding("base_tilted", "warning", what, cure, None, None, tilt, TILTED_DEG, "deg")]


def sole_lean(traces: Traces) -> tuple[float, float]:
    """Tilt of the mean normal of all standing soles, and the largest angle of one foot's mean normal to it [deg]."""
    normal = traces.normals_w
    forward = traces.rotation[:, :, 0]
    heading = np.arctan2(forward[:, 1], forward[:, 0])
    normal = (
        Rotation.from_rotvec(-np.repeat(heading, normal.shape[1])[:, None] * [0.0, 0.0, 1.0])
        .apply(normal.reshape(-1, 3))
        .reshape(normal.shape)
    )
    feet = [normal[traces.contact[:, f], f] for f in range(normal.shape[1]) if traces.contact[:, f].any()]
    means = np.array([foot.mean(axis=0) / np.linalg.norm(foot.mean(axis=0)) for foot in feet])
    centre = means.mean(axis=0) / np.linalg.norm(means.mean(axis=0))
    apart = np.degrees(np.arccos(np.clip(means @ centre, -1.0, 1.0))).max()
    return float(np.degrees(np.arccos(np.clip(centre[2], -1.0, 1.0)))), float(apart)


def quaternion_form(subject: Subject) -> list[Finding]:
    """Quaternions whose sign flips between frames, or that are not of unit length."""
    quat, found = subject.motion.root_quat, []
    if quat is None or subject.mapped is None:
        return []
    flips = np.flatnonzero((quat[1:] * quat[:-1]).sum(axis=1) < 0)
    if len(flips):
        what = f"the sign of the root quaternion flips {counted(len(flips), 'time')}, first behind frame {flips[0]}"
        cure = "motion repair keeps one sign; rotations are the same, but blending between them is not"
        found.append(Finding("quaternion_sign", "info", what, cure, int(flips[0]), None, float(len(flips))))
    length = np.linalg.norm(quat, axis=1)
    worst = int(np.abs(length - 1.0).argmax())
    if abs(length[worst] - 1.0) > 1e-3:
        what = f"the root quaternion of frame {worst} has length {length[worst]:.4f}"
        cure = "motion repair normalises it"
        found.append(Finding("quaternion_length", "info", what, cure, worst, None, float(length[worst]), 1.0))
    return found


def root_jitter(subject: Subject) -> list[Finding]:
    """A base that shakes from frame to frame."""
    motion = subject.mapped
    if motion is None or motion.root_pos is None or motion.num_frames < 12:
        return []
    value = root_jitter_mm(motion.root_pos)
    if value <= ROOT_JITTER_MM or not value < 1e4:
        return []
    what = f"the root position shakes by {value:.1f} mm RMS from frame to frame"
    cure = "preparation takes the base from the standing feet; motion repair low-passes it"
    return [Finding("root_jitter", "warning", what, cure, None, None, value, ROOT_JITTER_MM, "mm")]


def root_jitter_mm(root_pos: NDArray[np.float64]) -> float:
    """Size of the shaking of a root [mm], by its third differences: white noise of size s gives sqrt(20) s."""
    third = np.diff(root_pos, n=3, axis=0)
    return float(1000.0 * (1.4826 * np.median(np.abs(third), axis=0) / np.sqrt(20.0)).max())


FRAME_CHECKS: dict[str, Check] = {
    check.__name__: check for check in (frame_of_base, root_unit, quaternion_form, root_jitter)
}
"""Checks of how the base is written, by name."""
