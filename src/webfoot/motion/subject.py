"""`Subject`: what every check looks at."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from webfoot.motion.clip import Motion
from webfoot.motion.cycle import Cycle
from webfoot.motion.effort import required_torque
from webfoot.motion.finding import Finding
from webfoot.motion.kinematics import StanceMotion, motion_from_stance
from webfoot.motion.traces import Traces, trace
from webfoot.robots.spec import Robot


@dataclass(frozen=True)
class Subject:
    """All that a check may look at."""

    motion: Motion
    """The clip as it was read."""
    robot: Robot
    mapped: Motion | None
    """The clip in the robot's joint order; None where it has NaN or no joint in common."""
    cycle: Cycle | None
    """Its gait cycle; None where it has none."""
    prepared: Motion | None
    """The clip after `prepare`; None where that failed."""
    failure: str
    """Why `prepare` failed; empty where it did not."""

    @cached_property
    def traces(self) -> Traces | None:
        """Kinematics of the clip as it was read."""
        return None if self.mapped is None else trace(self.mapped, self.robot)

    @cached_property
    def stance(self) -> StanceMotion | None:
        """Motion of the base as the standing feet of the clip as read imply it."""
        if self.traces is None or not self.robot.feet:
            return None
        motion = self.traces.motion
        return motion_from_stance(self.traces.soles_b, motion.fps, motion.root_quat, loop=False)

    @cached_property
    def prepared_traces(self) -> Traces | None:
        """Kinematics of the clip after `prepare`."""
        return None if self.prepared is None else trace(self.prepared, self.robot)

    @cached_property
    def torque(self) -> NDArray[np.float64] | None:
        """Servo torques of some frames of the prepared clip [Nm], shape (S, nu)."""
        traces = self.prepared_traces
        return None if traces is None or not self.robot.feet else required_torque(traces, self.robot)


Check = Callable[[Subject], Sequence[Finding]]
