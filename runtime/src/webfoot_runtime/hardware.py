"""`Hardware`: what a robot has to offer, one method in and one out; and the clock that its time is counted by."""

import time
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Sensors:
    """One reading of everything; joints in the order of the contract."""

    time_s: float
    """When it was measured, by the clock of the loop [s]: what stands still here is taken for stale."""
    gyro: NDArray[np.floating]
    """Angular velocity of the base in its own frame (x forward, y left, z up) [rad/s], (3,)."""
    projected_gravity: NDArray[np.floating]
    """Unit vector of gravity in the base frame, (0, 0, -1) upright, (3,); see `gravity.gravity_in_base`."""
    joint_pos: NDArray[np.floating]
    """Absolute joint angles [rad], (nu,)."""
    joint_vel: NDArray[np.floating]
    """[rad/s], (nu,)."""


class Hardware(Protocol):
    """A robot. Both methods take less than a control period, and never wait for something that may not come."""

    def read(self) -> Sensors:
        """The newest reading.

        Raises:
            HardwareError: nothing can be read; the loop goes on with the last reading until that is stale.
        """
        ...

    def write(self, targets: NDArray[np.float64] | None) -> None:
        """Send joint targets to the servos [rad], (nu,); None lets go of all joints: torque off.

        Raises:
            HardwareError: the servos cannot be reached; the loop stands down.
        """
        ...


class Clock(Protocol):
    """Time that only goes forward; a simulation brings its own."""

    def now(self) -> float:
        """[s], from any beginning."""
        ...

    def sleep_until(self, time_s: float) -> None:
        """Return at `time_s`, or at once where that has passed."""
        ...


class MonotonicClock:
    """The clock of the machine."""

    def now(self) -> float:
        """See `Clock.now`."""
        return time.monotonic()

    def sleep_until(self, time_s: float) -> None:
        """See `Clock.sleep_until`."""
        while (left := time_s - time.monotonic()) > 0:
            time.sleep(left)
