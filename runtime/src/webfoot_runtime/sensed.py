"""`Sensed`: what the sensors of N robots say at one control step, refused where no robot should act on it."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from webfoot_runtime.errors import PolicyError
from webfoot_runtime.layout import Layout

NAMES = ("gyro", "projected_gravity", "joint_pos", "joint_vel", "command")


class Sensed:
    """Takes arrays of the right shape without NaN; they lie in one buffer, so that one look finds every NaN."""

    def __init__(self, layout: Layout, num_envs: int, where: str):
        """Make room.

        Args:
            layout: of the policy.
            num_envs: number of robots.
            where: what messages name as the policy.
        """
        ends = np.cumsum([3, 3, layout.nu, layout.nu, layout.command_size])
        self._all = np.zeros((num_envs, ends[-1]))
        self._parts = tuple(np.split(self._all, ends[:-1], axis=1))
        self._where = where

    def take(self, *values: ArrayLike) -> tuple[NDArray[np.float64], ...]:
        """The values in the order of NAMES, (N, width) each; they are overwritten by the next ones.

        Raises:
            PolicyError: one has the wrong shape, or holds NaN or infinity.
        """
        for name, value, part in zip(NAMES, values, self._parts, strict=True):
            array = np.asarray(value, dtype=np.float64)
            if array.shape != part.shape:
                raise PolicyError(f"{self._where}: {name} has the shape {array.shape}, but {part.shape} would be right")
            part[...] = array
        if not np.isfinite(self._all).all():
            raise self._not_finite()
        return self._parts

    def _not_finite(self) -> PolicyError:
        name, part = next(
            (name, part) for name, part in zip(NAMES, self._parts, strict=True) if not np.isfinite(part).all()
        )
        row = int(np.flatnonzero(~np.isfinite(part).all(axis=1))[0])
        return PolicyError(f"{self._where}: {name} of robot {row} holds NaN or infinity; finite numbers are needed")
