"""Joint angles that put the soles where they are wanted: damped least squares on mink's frame tasks."""

import mink
import mujoco
import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from webfoot.robots.spec import Foot, Robot

ITERATIONS = 60
CONVERGED = 1e-10
"""Largest joint step at which a solution stands [rad]."""
DAMPING = 1e-8
"""Least damping; half the squared error comes on top, so that a leg that cannot reach stretches and does not flail.

Source: Sugihara, "Solvability-unconcerned inverse kinematics by the Levenberg-Marquardt method", 2011.
"""
ROLL_COST = 0.01
"""Weight of a sole's roll against its pitch and yaw: a leg without ankle roll cannot choose it."""


class LegIk:
    """Inverse kinematics of all legs for a base that stands where it is told to.

    A sole is followed through a site at its centre, x forward and z up in the standing pose; of a foot that is a point
    only the place is followed.
    """

    def __init__(self, robot: Robot):
        self.robot = robot
        spec = robot.spec()
        frames = _sole_frames(robot)
        for foot, (position, quat) in zip(robot.feet, frames, strict=True):
            spec.body(foot.body).add_site(name=_site(foot), pos=position, quat=quat)
        model = spec.compile()
        self._free = _base_address(model, robot)
        self._address = model.jnt_qposadr[[model.joint(name).id for name in robot.joint_names]]
        legs = [model.joint(name).id for name in robot.leg_joint_names]
        self._leg_address, self._leg_dofs = model.jnt_qposadr[legs], model.jnt_dofadr[legs]
        self._lower, self._upper = robot.lower[robot.leg_ids], robot.upper[robot.leg_ids]
        self._configuration = mink.Configuration(model)
        leg_length = robot.base_height
        orientation = leg_length * np.array([ROLL_COST, 1.0, 1.0])
        self._tasks = [
            mink.FrameTask(
                _site(foot), "site", position_cost=1.0, orientation_cost=0.0 if foot.is_point else orientation
            )
            for foot in robot.feet
        ]
        self._qpos = model.key_qpos[0].copy()
        self.reset()

    def reset(self) -> None:
        """Start the next search from the standing pose."""
        self._qpos[self._address] = self.robot.default_pos

    def solve(
        self,
        base_pos: NDArray[np.float64],
        base_quat: NDArray[np.float64],
        foot_pos: NDArray[np.float64],
        foot_yaw: NDArray[np.float64],
    ) -> tuple[NDArray[np.float64], float]:
        """Find the joint angles for one frame, starting from the last frame's.

        Args:
            base_pos: world position of the base [m], (3,); base_quat its orientation (wxyz), (4,).
            foot_pos: world position of the sole centres [m], (F, 3); foot_yaw their headings [rad], (F,).

        Returns:
            Joint angles in the robot's order [rad], and how far the worst sole stays from its place [m].
        """
        self._qpos[self._free : self._free + 3] = base_pos
        self._qpos[self._free + 3 : self._free + 7] = base_quat
        for task, position, yaw in zip(self._tasks, foot_pos, foot_yaw, strict=True):
            task.set_target(mink.SE3.from_rotation_and_translation(mink.SO3.from_z_radians(float(yaw)), position))
        for _ in range(ITERATIONS):
            self._configuration.update(self._qpos)
            before = self._qpos[self._leg_address].copy()
            after = np.clip(before + self._step(), self._lower, self._upper)
            self._qpos[self._leg_address] = after
            if np.abs(after - before).max() < CONVERGED:
                break
        self._configuration.update(self._qpos)
        distance = max(float(np.linalg.norm(t.compute_error(self._configuration)[:3])) for t in self._tasks)
        return self._qpos[self._address].copy(), distance

    def sole_rolls(self) -> NDArray[np.float64]:
        """Roll about their forward axis that keeps the soles of the last solution from lying flat [rad], (F,)."""
        return np.array([-task.compute_error(self._configuration)[3] for task in self._tasks])

    def _step(self) -> NDArray[np.float64]:
        jacobian = np.concatenate([t.cost[:, None] * t.compute_jacobian(self._configuration) for t in self._tasks])
        error = np.concatenate([t.cost * t.compute_error(self._configuration) for t in self._tasks])
        columns = jacobian[:, self._leg_dofs]
        normal = columns.T @ columns + (DAMPING + 0.5 * error @ error) * np.eye(columns.shape[1])
        return -np.asarray(np.linalg.solve(normal, columns.T @ error), dtype=np.float64)


def _site(foot: Foot) -> str:
    return f"webfoot_sole_{foot.body}"


def _base_address(model: mujoco.MjModel, robot: Robot) -> int:
    return int(model.jnt_qposadr[model.body_jntadr[model.body(robot.base_body).id]])


def _sole_frames(robot: Robot) -> list[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Position [m] and orientation (wxyz) of each sole's frame in its foot's body."""
    model = robot.model
    data = mujoco.MjData(model)
    mujoco.mj_resetDataKeyframe(model, data, 0)
    data.qpos[model.jnt_qposadr[[model.joint(name).id for name in robot.joint_names]]] = robot.default_pos
    free = _base_address(model, robot)
    data.qpos[free : free + 7] = (0, 0, 0, 1, 0, 0, 0)
    mujoco.mj_kinematics(model, data)
    frames = []
    for foot in robot.feet:
        body = data.body(foot.body).xmat.reshape(3, 3)
        normal = np.array([0.0, 0.0, 1.0])
        if not foot.is_point:
            normal = body @ np.linalg.svd(foot.sole - foot.sole.mean(axis=0))[2][2]
            normal *= np.sign(normal[2])
        forward = np.array([1.0, 0.0, 0.0]) - normal[0] * normal
        forward /= np.linalg.norm(forward)
        sole = np.column_stack([forward, np.cross(normal, forward), normal])  # world from sole
        frames.append((foot.sole.mean(axis=0), Rotation.from_matrix(body.T @ sole).as_quat(scalar_first=True)))
    return frames
