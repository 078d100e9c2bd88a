"""Forward kinematics of a clip: where the soles are, and what the stance feet say about the base."""

from dataclasses import dataclass

import mujoco
import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from webfoot.robots.spec import Robot

CONTACT_HEIGHT_M = 0.005
"""A sole lower than this above the lowest sole of the frame is in stance."""


def robot_model(robot: Robot) -> mujoco.MjModel:
    """The robot's completed model, compiled once."""
    return robot.model


def soles_in_base(robot: Robot, joint_pos: NDArray[np.float64]) -> NDArray[np.float64]:
    """Corners of the soles in the base frame.

    Args:
        joint_pos: angles of the robot's joints [rad], in its order, shape (T, nu).

    Returns:
        Positions [m], shape (T, F, 4, 3).
    """
    model = robot_model(robot)
    data = mujoco.MjData(model)
    mujoco.mj_resetDataKeyframe(model, data, 0)
    base = model.body(robot.base_body).id
    addresses = model.jnt_qposadr[[model.joint(name).id for name in robot.joint_names]]
    bodies = [model.body(foot.body).id for foot in robot.feet]
    soles = np.empty((len(joint_pos), len(bodies), 4, 3))
    for t, joints in enumerate(joint_pos):
        data.qpos[addresses] = joints
        mujoco.mj_kinematics(model, data)
        into_base, origin = data.xmat[base].reshape(3, 3), data.xpos[base]
        for f, body in enumerate(bodies):
            world = robot.feet[f].sole @ data.xmat[body].reshape(3, 3).T + data.xpos[body]
            soles[t, f] = (world - origin) @ into_base
    return soles


@dataclass(frozen=True)
class StanceMotion:
    """Motion of the base as the stance feet imply it, for a clip that has no root (or one not to be trusted)."""

    root_pos: NDArray[np.float64]
    """World position of the base [m], shape (T, 3)."""
    root_quat: NDArray[np.float64]
    """World orientation of the base, wxyz, shape (T, 4)."""
    velocity: NDArray[np.float64]
    """(vx, vy [m/s], wz [rad/s]) in the heading frame, frame t to t + 1, shape (T, 3)."""
    contact: NDArray[np.bool_]
    """Stance, shape (T, F)."""


def sole_heights(soles_b: NDArray[np.float64], root_quat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Height of the lowest corner of every sole above the base, for a base of the given tilt [m], shape (T, F)."""
    down = Rotation.from_quat(root_quat, scalar_first=True).as_matrix()[:, 2, :]  # world z in base, (T, 3)
    return np.einsum("tfki,ti->tfk", soles_b, down).min(axis=-1)


def stance_contacts(heights: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which soles stand: those within `CONTACT_HEIGHT_M` of the lowest of their frame, shape (T, F)."""
    return heights < heights.min(axis=1, keepdims=True) + CONTACT_HEIGHT_M


def motion_from_stance(
    soles_b: NDArray[np.float64], fps: float, root_quat: NDArray[np.float64] | None, loop: bool
) -> StanceMotion:
    """Recover the base's motion from feet that do not slip.

    A corner r of a standing sole keeps its place in the world while the base moves with v and turns with w:
    v + w x r + dr/dt = 0, solved by least squares over the corners of all stance feet in the plane.
    Without orientations the base is taken to be tilted so that the stance soles lie flat on average.

    Args:
        soles_b: corners of the soles in the base frame [m], shape (T, F, 4, 3).
        root_quat: orientation of the base (wxyz), shape (T, 4); its heading is ignored, its tilt kept.
    """
    frames = len(soles_b)
    tilt = _level(root_quat) if root_quat is not None else _flat_sole_tilt(soles_b, frames)
    rotation = Rotation.from_quat(tilt, scalar_first=True).as_matrix()  # heading frame from base, (T, 3, 3)
    soles_h = np.einsum("tij,tfkj->tfki", rotation, soles_b)
    heights = soles_h[..., 2].min(axis=-1)
    contact = stance_contacts(heights)
    velocity = _planar_velocity(soles_h, contact, fps, loop)
    heading = np.concatenate([[0.0], np.cumsum(velocity[:-1, 2]) / fps])
    cos, sin = np.cos(heading), np.sin(heading)
    step = np.stack([cos * velocity[:, 0] - sin * velocity[:, 1], sin * velocity[:, 0] + cos * velocity[:, 1]], 1)
    position = np.concatenate([np.zeros((1, 2)), np.cumsum(step[:-1], axis=0) / fps])
    turned = Rotation.from_euler("z", heading[:, None]) * Rotation.from_quat(tilt, scalar_first=True)
    return StanceMotion(
        root_pos=np.column_stack([position, -heights.min(axis=1)]),
        root_quat=turned.as_quat(scalar_first=True),
        velocity=velocity,
        contact=contact,
    )


def _planar_velocity(
    soles_h: NDArray[np.float64], contact: NDArray[np.bool_], fps: float, loop: bool
) -> NDArray[np.float64]:
    """(vx, vy, wz) of every frame that best keep its standing corners in place, shape (T, 3).

    With m the middle of a corner's step, r its rate, and bars for means over the standing corners, least squares give
    wz = -sum (m - m_bar) x (r - r_bar) / sum |m - m_bar|^2 and v = -r_bar - wz x m_bar.
    """
    both = contact & np.roll(contact, -1, axis=0)
    stands = np.where(both.any(axis=1, keepdims=True), both, contact)  # (T, F)
    points = soles_h[..., :2]
    rates = (np.roll(points, -1, axis=0) - points) * fps
    middle = points + 0.5 * rates / fps
    weight = stands[..., None, None] / (stands.sum(axis=1) * points.shape[2])[:, None, None, None]
    middle_mean, rate_mean = (weight * middle).sum(axis=(1, 2)), (weight * rates).sum(axis=(1, 2))  # (T, 2)
    arm, rest = middle - middle_mean[:, None, None], rates - rate_mean[:, None, None]
    cross = arm[..., 0] * rest[..., 1] - arm[..., 1] * rest[..., 0]
    spread = (weight * np.square(arm)).sum(axis=(1, 2, 3))
    wz = -(weight[..., 0] * cross).sum(axis=(1, 2)) / np.maximum(spread, 1e-12)
    across = np.column_stack([wz * middle_mean[:, 1], -wz * middle_mean[:, 0]])
    velocity = np.column_stack([across - rate_mean, wz])
    if not loop:
        velocity[-1] = velocity[-2]
    return velocity


def _level(root_quat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Orientations with their heading removed, shape (T, 4)."""
    rotation = Rotation.from_quat(root_quat, scalar_first=True)
    forward = rotation.as_matrix()[:, :, 0]
    heading = np.arctan2(forward[:, 1], forward[:, 0])
    return (Rotation.from_euler("z", -heading[:, None]) * rotation).as_quat(scalar_first=True)


def _flat_sole_tilt(soles_b: NDArray[np.float64], frames: int) -> NDArray[np.float64]:
    """One constant tilt that lays the soles flat on average over the frames in which they are lowest."""
    contact = stance_contacts(soles_b[..., 2].min(axis=-1))
    centred = soles_b - soles_b.mean(axis=2, keepdims=True)
    normals = np.linalg.svd(centred[contact])[2][:, 2, :]
    normals *= np.sign(normals[:, 2:3])
    up = normals.mean(axis=0)
    up /= np.linalg.norm(up)
    axis = np.cross(up, [0.0, 0.0, 1.0])
    angle = np.arcsin(np.clip(np.linalg.norm(axis), 0.0, 1.0))
    vector = axis / max(np.linalg.norm(axis), 1e-9) * angle
    return np.tile(Rotation.from_rotvec(vector).as_quat(scalar_first=True), (frames, 1))
