"""`FOOT_CHECKS`: soles in the floor, above it, sliding along it, or never leaving it."""

import numpy as np
from numpy.typing import NDArray

from webfoot.motion.feet import foot_names
from webfoot.motion.finding import Finding
from webfoot.motion.subject import Check, Subject
from webfoot.motion.traces import Traces

OFF_GROUND_MM = 12.0
"""The lowest sole further than this from height 0, in the median frame, is no contact any more."""
DEEP_MM = 25.0
"""A sole so deep in the floor in any steady frame is a defect, whatever the median says."""
SKATING_MMS = 50.0
"""Standing soles may slide this fast [mm/s]; soft soles, rounding and contact thresholds make about 20."""
DRAG_MM = 4.0
"""A foot that never rises further than this drags over a real floor."""


def clearance_mm(traces: Traces) -> NDArray[np.float64]:
    """Height of the lowest sole of every frame above the floor [mm], shape (T,); < 0 inside it."""
    assert traces.motion.root_pos is not None
    return 1000.0 * (traces.heights.min(axis=1) + traces.motion.root_pos[:, 2])


def skating_mms(traces: Traces) -> NDArray[np.float64]:
    """Speed at which standing soles slide over the floor [mm/s], shape (n,), one for every standing sole and frame."""
    centres = traces.soles_w.mean(axis=2)[..., :2]  # (T, F, 2)
    stands = traces.contact[1:] & traces.contact[:-1]
    return 1000.0 * traces.motion.fps * np.linalg.norm(np.diff(centres, axis=0), axis=-1)[stands]


def _own_traces(subject: Subject) -> Traces | None:
    """Kinematics of a clip that has a root height."""
    motion, traces = subject.mapped, subject.traces
    if motion is None or traces is None or motion.root_pos is None or not subject.robot.feet:
        return None
    return None if np.abs(motion.root_pos[:, 2]).max() < 1e-4 else traces


def ground(subject: Subject) -> list[Finding]:
    """Soles that stand in the floor or above it."""
    traces = _own_traces(subject)
    if traces is None:
        return []
    clearance = clearance_mm(traces)
    middle, deepest = float(np.median(clearance)), float(np.quantile(clearance, 0.02))
    cure = "preparation puts the lowest sole of every frame on the ground; motion repair shifts the whole clip"
    if middle > OFF_GROUND_MM:
        frame = int(clearance.argmax())
        what = f"the feet float {middle:.0f} mm above the floor in the median frame, {clearance[frame]:.0f} mm at most"
        return [Finding("floating", "warning", what, cure, frame, None, middle, OFF_GROUND_MM, "mm")]
    if middle < -OFF_GROUND_MM or deepest < -DEEP_MM:
        frame = int(clearance.argmin())
        what = f"the feet are {-middle:.0f} mm inside the floor in the median frame, {-clearance[frame]:.0f} mm at most"
        return [Finding("penetration", "warning", what, cure, frame, None, -deepest, OFF_GROUND_MM, "mm")]
    return []


def skating(subject: Subject) -> list[Finding]:
    """Standing soles that slide, by the clip's own root."""
    traces = _own_traces(subject)
    if traces is None:
        return []
    speed = skating_mms(traces)
    value = float(np.median(speed)) if len(speed) else 0.0
    if value <= SKATING_MMS:
        return []
    stride = value * (subject.cycle.period_frames / subject.motion.fps / 2 if subject.cycle else 1.0)
    what = f"standing feet slide at {value:.0f} mm/s, about {stride:.0f} mm a step"
    cure = "preparation moves the base as the standing feet imply"
    return [Finding("foot_skating", "warning", what, cure, None, None, value, SKATING_MMS, "mm/s")]


def drag(subject: Subject) -> list[Finding]:
    """Feet that never leave the floor although the clip walks."""
    traces, command = subject.prepared_traces, subject.prepared.command if subject.prepared else None
    if traces is None or command is None or subject.cycle is None or traces.motion.root_pos is None:
        return []
    lift = 1000.0 * (traces.heights + traces.motion.root_pos[:, 2:]).max(axis=0)
    found = []
    for f in np.flatnonzero(lift < DRAG_MM):
        name = foot_names(subject.robot)[f].replace("_", " ")
        what = f"the {name} foot ({subject.robot.feet[f].body}) rises {lift[f]:.1f} mm at most"
        cure = "lift the feet higher, or generate the gait anew (motion generate --step-height)"
        found.append(Finding("foot_drag", "warning", what, cure, None, None, float(lift[f]), DRAG_MM, "mm"))
    return found


FOOT_CHECKS: dict[str, Check] = {check.__name__: check for check in (ground, skating, drag)}
"""Checks of the soles by name."""
