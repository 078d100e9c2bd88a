"""`Motion`: one reference clip, as poses over time."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from webfoot.counted import counted
from webfoot.errors import MotionError


@dataclass(frozen=True)
class Motion:
    """A reference motion of T frames and J joints. Velocities and contacts are never stored, always recomputed."""

    name: str
    fps: float
    joint_names: tuple[str, ...]
    joint_pos: NDArray[np.float64]
    """Joint angles [rad], shape (T, J)."""
    root_pos: NDArray[np.float64] | None = None
    """Position of the base in the world [m], shape (T, 3); None where the source has none."""
    root_quat: NDArray[np.float64] | None = None
    """Orientation of the base, wxyz, world from base, shape (T, 4); None where the source has none."""
    loop: bool = True
    """Whether frame T continues at frame 0."""
    command: tuple[float, float, float] | None = None
    """Velocity command (vx, vy [m/s], wz [rad/s]) in the heading frame; None until stance feet were looked at."""
    source: str = ""
    """Where the clip came from, for reports."""
    notes: tuple[str, ...] = ()
    """What a reader or a preparation step did to the clip, one sentence each."""
    stored_velocity: NDArray[np.float64] | None = None
    """World linear and angular velocity as the file states them, shape (T, 6); only ever compared, never used."""

    def __post_init__(self) -> None:
        shape = np.shape(self.joint_pos)
        if len(shape) != 2 or shape[1] != len(self.joint_names):
            raise MotionError(f"{self.name}: joint angles of shape {shape}, expected (frames, {len(self.joint_names)})")
        if shape[0] < 2:
            raise MotionError(f"{self.name}: {counted(shape[0], 'frame')}; a motion needs at least 2")
        if not 1 <= self.fps <= 1000:
            raise MotionError(f"{self.name}: {self.fps:g} frames per second; expected 1 to 1000")
        for label, value, width in (("root position", self.root_pos, 3), ("root rotation", self.root_quat, 4)):
            if value is not None and np.shape(value) != (shape[0], width):
                raise MotionError(f"{self.name}: {label} of shape {np.shape(value)}, expected ({shape[0]}, {width})")

    @property
    def num_frames(self) -> int:
        """T."""
        return len(self.joint_pos)

    @property
    def duration_s(self) -> float:
        """Length [s]; a loop includes the step from the last frame back to the first."""
        return (self.num_frames if self.loop else self.num_frames - 1) / self.fps

    def noted(self, note: str, **changes: Any) -> "Motion":
        """A copy with `changes` applied and `note` added, so that no change is silent."""
        return replace(self, notes=(*self.notes, note), **changes)
