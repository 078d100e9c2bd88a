"""`add_noise`: a clip whose poses stray smoothly from what they were, with the soles left at their heights."""

import zlib

import mujoco
import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from webfoot.motion.clip import Motion
from webfoot.motion.kinematics import motion_from_stance, robot_model, soles_in_base
from webfoot.motion.mapping import map_joints
from webfoot.motion.prepare import stand_on_ground
from webfoot.motion.reference import fourier_basis
from webfoot.robots.spec import Robot

HIGHEST_HZ = 4.0
"""Noise has no part above this (a gait has 1 to 3 cycles a second)."""
LEAST_HARMONICS = 2
STILL_RAD = 1e-6
DAMPING = 1e-4
"""Of the projection, against directions in which a leg hardly moves its sole; the rows below are of order 1."""


def add_noise(motion: Motion, robot: Robot, rms_rad: float, seed: int) -> Motion:
    """The clip with band-limited noise on every joint that moves; periodic, so a loop stays closed.

        n(phase) = sum_k a_k cos 2 pi k phase + b_k sin 2 pi k phase,  k <= 4 Hz,  a, b normal

    less the part that would lift or tilt a sole against the base (n - J^T (J J^T)^-1 J n, J the rate of every sole's
    height and tilt), then scaled to the wanted size and kept within the joint limits. Of a closed clip with root and
    command both follow the stance feet again, elsewhere the root stays as it is.

    Args:
        rms_rad: RMS over all joints that move and all frames, before limits cut into it [rad].
        seed: of the noise; another clip gets other noise from the same seed.
    """
    mapped = map_joints(motion, robot)
    moves = np.ptp(mapped.joint_pos, axis=0) > STILL_RAD
    noise = np.where(moves, _series(mapped, [seed, zlib.crc32(motion.name.encode())]), 0.0)
    noise = _along_the_ground(noise, mapped, robot, moves)
    noise *= rms_rad / max(float(np.sqrt(np.square(noise[:, moves]).mean())) if moves.any() else 1.0, 1e-12)
    q = mapped.joint_pos
    noisy = np.clip(q + noise, np.minimum(q, robot.lower), np.maximum(q, robot.upper))
    result = mapped.noted(
        f"smooth noise of {rms_rad:g} rad RMS added (seed {seed})",
        name=f"{motion.name}_noise{seed}",
        joint_pos=noisy,
        stored_velocity=None,
    )
    is_closed = motion.loop and motion.root_pos is not None and motion.root_quat is not None
    return stand_on_ground(result, robot) if is_closed and motion.command is not None else result


def _series(motion: Motion, seed: list[int]) -> NDArray[np.float64]:
    """Noise of size 1 in the phase of the whole clip, shape (T, J)."""
    most = max(1, (motion.num_frames - 1) // 2)
    harmonics = min(most, max(LEAST_HARMONICS, int(HIGHEST_HZ * motion.duration_s)))
    weights = np.random.default_rng(seed).standard_normal((2 * harmonics, len(motion.joint_names)))
    phase = np.arange(motion.num_frames) / motion.num_frames
    return fourier_basis(phase, harmonics)[:, 1:] @ weights / np.sqrt(harmonics)


def _along_the_ground(
    noise: NDArray[np.float64], motion: Motion, robot: Robot, moves: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """The part of the noise that leaves every sole at its height and tilt, shape (T, nu)."""
    if not robot.feet:
        return noise
    rates = _sole_rates(motion, robot) * moves  # (T, R, nu)
    square = rates @ rates.transpose(0, 2, 1) + DAMPING * np.eye(rates.shape[1])
    lifts = np.einsum("trj,tj->tr", rates, noise)
    return noise - np.einsum("trj,tr->tj", rates, np.linalg.solve(square, lifts[..., None])[..., 0])


def _sole_rates(motion: Motion, robot: Robot) -> NDArray[np.float64]:
    """Rates of every sole's height (in base heights) and of its tilt about two axes by the joints, shape (T, R, nu).

    Points have no tilt; a leg of three joints or fewer, which could not move if its sole kept its tilt too, only the
    height.
    """
    model = robot_model(robot)
    data = mujoco.MjData(model)
    mujoco.mj_resetData(model, data)
    base = model.body(robot.base_body).id
    joints = [model.joint(name).id for name in robot.joint_names]
    addresses, dofs = model.jnt_qposadr[joints], model.jnt_dofadr[joints]
    stance = motion_from_stance(soles_in_base(robot, motion.joint_pos), motion.fps, motion.root_quat, motion.loop)
    level = Rotation.from_quat(stance.root_quat, scalar_first=True).as_matrix()  # rows: world's x, y, z in the base
    place, spin = np.empty((3, model.nv)), np.empty((3, model.nv))
    rows: list[list[NDArray[np.float64]]] = []
    for t, q in enumerate(motion.joint_pos):
        data.qpos[addresses] = q
        mujoco.mj_kinematics(model, data)
        mujoco.mj_comPos(model, data)
        ahead, aside, up = level[t] @ data.xmat[base].reshape(3, 3).T
        rows.append([])
        for foot in robot.feet:
            body = model.body(foot.body).id
            centre = data.xpos[body] + data.xmat[body].reshape(3, 3) @ foot.sole.mean(axis=0)
            mujoco.mj_jac(model, data, place, spin, centre, body)
            rows[-1].append(up @ place[:, dofs] / robot.base_height)
            if not foot.is_point and len(foot.joints) > 3:
                rows[-1] += [ahead @ spin[:, dofs], aside @ spin[:, dofs]]
    return np.array(rows)
