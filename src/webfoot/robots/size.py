"""How large a robot is, for limits and tolerances that are lengths or speeds."""

import math

SMALL_M = 0.2
"""Up to this height of the base, tolerances are meant as they are written [m]."""


def length_scale(base_height: float) -> float:
    """Factor on lengths for a robot whose base stands so high [m]: 1 for a small one, then as its height."""
    return max(1.0, base_height / SMALL_M)


def speed_scale(base_height: float) -> float:
    """Factor on speeds: the root of that on lengths, since robots walk alike at equal v^2 / (g h).

    Source: Alexander and Jayes, "A dynamic similarity hypothesis for the gaits of quadrupedal mammals", 1983.
    """
    return math.sqrt(length_scale(base_height))
