"""Balance: is the point about which gravity and inertia tip the robot inside its support?

For a dynamic walk the zero moment point is the fair measure: a body that falls from foot to foot has its centre of
mass outside the support on purpose. For a robot at rest both are the same. Wide soles and a trained policy make up for
much, so a miss is a number and a part of the score, not a defect of the clip.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull, QhullError
from scipy.spatial.transform import Rotation

from webfoot.motion.closing import one_frame_around
from webfoot.motion.traces import Traces

GRAVITY = 9.81
"""[m/s^2]."""
MOST_FRAMES = 60
"""Balance is looked at in so many frames of a clip, evenly spread."""


def zero_moment_point(traces: Traces) -> NDArray[np.float64]:
    """Where the ground force acts for the mass to move as it does [m], world, shape (T, 2).

        p = c_xy - c_z / (g + c''_z) c''_xy

    Args:
        traces: of a prepared clip, closed, with root.
    """
    around = one_frame_around(traces.motion)
    turned = Rotation.from_quat(around.root_quat, scalar_first=True).as_matrix()
    com_b = np.concatenate([traces.com_b[-1:], traces.com_b, traces.com_b[:1]])
    com = np.einsum("tij,tj->ti", turned, com_b) + around.root_pos
    acceleration = np.diff(com, n=2, axis=0) * traces.motion.fps**2
    lever = com[1:-1, 2] / np.maximum(GRAVITY + acceleration[:, 2], 0.2 * GRAVITY)
    return com[1:-1, :2] - lever[:, None] * acceleration[:, :2]


def outside_support_mm(
    points: NDArray[np.float64], soles_w: NDArray[np.float64], contact: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Distance of points from the hull of the standing soles [mm], 0 inside, shape (T,).

    Args:
        points: world [m], shape (T, 2).
        soles_w: corners of the soles [m], shape (T, F, 4, 3).
        contact: which soles stand, shape (T, F).
    """
    outside = np.zeros(len(points))
    for t, point in enumerate(points):
        corners = soles_w[t, contact[t]].reshape(-1, 3)[:, :2]
        try:
            faces = ConvexHull(corners).equations  # (n, 3): normal out, offset
        except QhullError:  # one or two feet that are points
            outside[t] = _from_segment(point, corners)
            continue
        outside[t] = max(0.0, float((faces[:, :2] @ point + faces[:, 2]).max()))
    return 1000.0 * outside


def _from_segment(point: NDArray[np.float64], corners: NDArray[np.float64]) -> float:
    """Distance of a point from points on one line, (n, 2), and all between them [m]."""
    start = corners[0]
    end = corners[np.linalg.norm(corners - start, axis=1).argmax()]
    start = corners[np.linalg.norm(corners - end, axis=1).argmax()]
    along = end - start
    share = np.clip((point - start) @ along / max(float(along @ along), 1e-12), 0.0, 1.0)
    return float(np.linalg.norm(start + share * along - point))


def imbalance_mm(traces: Traces) -> NDArray[np.float64]:
    """Distance of the zero moment point from the support of a prepared clip [mm], shape (S,), of S frames."""
    frames = np.unique(np.linspace(0, len(traces.com_b) - 1, min(MOST_FRAMES, len(traces.com_b))).astype(np.int64))
    return outside_support_mm(zero_moment_point(traces)[frames], traces.soles_w[frames], traces.contact[frames])
