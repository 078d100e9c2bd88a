"""Observations at the edge of what a robot can meet, and far beyond it."""

import numpy as np
from numpy.typing import NDArray

from webfoot.export.contract import Contract

HUGE = (1e3, 1e6)
"""What a broken sensor may say, as multiples of the edge."""
COMPUTED = ("phase", "command", "last_action")
"""Terms that the runtime makes by itself, so that no sensor can break them."""
PHASES = ((1.0, 0.0), (-1.0, 0.0), (0.0, 1.0))
"""cos, sin of the phase in the three observations at the edge."""


def extremes(contract: Contract) -> NDArray[np.float32]:
    """Observations at the edge: zeros, all values at their lowest, all at their highest, (3, n).

    The phase is a point of the unit circle in all of them: no runtime makes another.
    """
    joints, command, nu = contract.joints, contract.command, len(contract.joints.names)
    default = np.array(joints.default_pos)
    bounds = {
        "joint_pos": (np.array(joints.lower) - default, np.array(joints.upper) - default),
        "joint_vel": (-np.array(joints.velocity_limit), np.array(joints.velocity_limit)),
        "last_action": (np.full(nu, contract.action.clip[0]), np.full(nu, contract.action.clip[1])),
        "command": (np.array(command.lower), np.array(command.upper)),
        "gyro": (np.full(3, -10.0), np.full(3, 10.0)),  # rad/s: a robot that tumbles
    }
    rows = np.zeros((3, contract.observation.size), dtype=np.float32)
    for term in contract.observation.terms:
        width = len(term.initial)
        if term.name == "phase":
            rows[:, term.start : term.stop] = np.tile(PHASES, term.history) * term.scale
            continue
        low, high = bounds.get(term.name, (-np.ones(width), np.ones(width)))
        rows[1, term.start : term.stop] = np.tile(low * term.scale, term.history)
        rows[2, term.start : term.stop] = np.tile(high * term.scale, term.history)
    return rows


def huge(contract: Contract) -> NDArray[np.float32]:
    """The lowest and highest observations, each multiplied by HUGE where a sensor is behind it, (4, n)."""
    edge = extremes(contract)[1:]
    factor = np.ones((len(HUGE), contract.observation.size), dtype=np.float32)
    for term in contract.observation.terms:
        if term.name not in COMPUTED:
            factor[:, term.start : term.stop] = np.array(HUGE)[:, None]
    return (factor[:, None] * edge).reshape(-1, contract.observation.size)
