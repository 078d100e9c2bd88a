"""`Traces`: what the body of a robot does in a clip: soles, centre of mass, and where both are in the world."""

from dataclasses import dataclass
from functools import cached_property

import mujoco
import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from webfoot.motion.clip import Motion
from webfoot.motion.kinematics import robot_model, sole_heights, stance_contacts
from webfoot.robots.spec import Robot


@dataclass(frozen=True)
class Traces:
    """Kinematics of one clip in the robot's joint order, computed once for all checks."""

    motion: Motion
    """The clip, in the robot's joint order."""
    soles_b: NDArray[np.float64]
    """Corners of the soles in the base frame [m], shape (T, F, 4, 3)."""
    com_b: NDArray[np.float64]
    """Centre of mass in the base frame [m], shape (T, 3)."""

    @cached_property
    def rotation(self) -> NDArray[np.float64]:
        """World from base, shape (T, 3, 3); upright where the clip has no rotation."""
        if self.motion.root_quat is None:
            return np.tile(np.eye(3), (len(self.com_b), 1, 1))
        return Rotation.from_quat(self.motion.root_quat, scalar_first=True).as_matrix()

    @cached_property
    def heights(self) -> NDArray[np.float64]:
        """Lowest corner of every sole above the base, along the world's vertical [m], shape (T, F)."""
        quat = self.motion.root_quat
        upright = np.tile([1.0, 0.0, 0.0, 0.0], (len(self.com_b), 1))
        return sole_heights(self.soles_b, upright if quat is None else quat)

    @cached_property
    def contact(self) -> NDArray[np.bool_]:
        """Which soles stand, shape (T, F)."""
        return stance_contacts(self.heights)

    @cached_property
    def soles_w(self) -> NDArray[np.float64]:
        """Corners of the soles in the world (relative to the base where the clip has no position), (T, F, 4, 3)."""
        turned = np.einsum("tij,tfkj->tfki", self.rotation, self.soles_b)
        return turned if self.motion.root_pos is None else turned + self.motion.root_pos[:, None, None, :]

    @cached_property
    def com_w(self) -> NDArray[np.float64]:
        """Centre of mass in the world [m], shape (T, 3)."""
        turned = np.einsum("tij,tj->ti", self.rotation, self.com_b)
        return turned if self.motion.root_pos is None else turned + self.motion.root_pos

    @cached_property
    def normals_w(self) -> NDArray[np.float64]:
        """Unit normals of the soles in the world, upwards, (T, F, 3); of points, that of the plane through them."""
        world = np.einsum("tij,tfkj->tfki", self.rotation, self.soles_b)
        normal = np.cross(world[:, :, 1] - world[:, :, 0], world[:, :, 3] - world[:, :, 0])
        is_point = np.ptp(self.soles_b[0], axis=1).max(axis=-1) < 1e-6
        normal[:, is_point] = self._plane_of_feet()[:, None]
        return normal * np.sign(normal[..., 2:]) / np.maximum(np.linalg.norm(normal, axis=-1, keepdims=True), 1e-12)

    def _plane_of_feet(self) -> NDArray[np.float64]:
        """Normal of the plane through where each foot is most of the time, in the world; vertical if they are two."""
        places = np.median(self.soles_b.mean(axis=2), axis=0)  # in the base frame, (F, 3)
        if len(places) < 3:
            return np.tile([0.0, 0.0, 1.0], (len(self.com_b), 1))
        return self.rotation @ np.linalg.svd(places - places.mean(axis=0))[2][2]

    @cached_property
    def sole_tilt_deg(self) -> float:
        """Angle between the vertical and the normals of standing soles, averaged [deg]."""
        up = self.normals_w[self.contact][:, 2]
        return float(np.degrees(np.arccos(np.clip(up, 0.0, 1.0))).mean())


def trace(motion: Motion, robot: Robot) -> Traces:
    """Forward kinematics of every frame of a clip in the robot's joint order."""
    model = robot_model(robot)
    data = mujoco.MjData(model)
    mujoco.mj_resetData(model, data)
    base = model.body(robot.base_body).id
    addresses = model.jnt_qposadr[[model.joint(name).id for name in robot.joint_names]]
    bodies = [model.body(foot.body).id for foot in robot.feet]
    frames = motion.num_frames
    com = np.empty((frames, 3))
    position, turned = np.empty((frames, len(bodies), 3)), np.empty((frames, len(bodies), 9))
    for t, joints in enumerate(motion.joint_pos):
        data.qpos[addresses] = joints
        mujoco.mj_kinematics(model, data)
        mujoco.mj_comPos(model, data)
        position[t], turned[t], com[t] = data.xpos[bodies], data.xmat[bodies], data.subtree_com[base]
    into_base, origin = data.xmat[base].reshape(3, 3), data.xpos[base]
    soles = np.stack([foot.sole for foot in robot.feet])  # (F, 4, 3)
    world = np.einsum("tfij,fkj->tfki", turned.reshape(frames, -1, 3, 3), soles) + position[:, :, None, :]
    return Traces(motion, (world - origin) @ into_base, (com - origin) @ into_base)
