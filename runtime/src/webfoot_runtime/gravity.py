"""Where gravity points in the base frame, and what it looks like to who misreads an orientation."""

import numpy as np
from numpy.typing import NDArray

from webfoot_runtime.diagnose import Suspect


def gravity_in_base(quat: NDArray[np.floating]) -> NDArray[np.floating]:
    """Unit vector of gravity in the base frame for orientations wxyz (world from base), (..., 4) to (..., 3)."""
    w, x, y, z = np.moveaxis(quat, -1, 0)
    return np.stack([2 * (w * y - x * z), -2 * (w * x + y * z), 2 * (x * x + y * y) - 1], axis=-1)


def misreadings(quat: NDArray[np.floating]) -> tuple[Suspect, ...]:
    """What gravity looks like to who misreads the base's orientations (wxyz), (T, 4)."""
    inverse = quat * np.array([1.0, -1.0, -1.0, -1.0])
    turned = {order: gravity_in_base(np.roll(quat, by, -1)) for order, by in (("xyzw", -1), ("wxyz", 1))}
    return (
        Suspect("projected_gravity", "is made of a quaternion in xyzw, read as wxyz", turned["xyzw"]),
        Suspect("projected_gravity", "is made of a quaternion in wxyz, read as xyzw", turned["wxyz"]),
        Suspect("projected_gravity", "is turned from base to world instead of world to base", gravity_in_base(inverse)),
    )
