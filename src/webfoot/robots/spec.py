"""`Robot`: all that the rest of the program knows of one robot."""

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import mujoco
import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Foot:
    """One foot: the body that carries it and the corners of its sole."""

    body: str
    side: str
    """'left' or 'right' (or the body's name where a robot has no sides)."""
    sole: NDArray[np.float64]
    """Corners of the sole in the body's frame [m], shape (4, 3); four times one point where the foot is a ball."""
    joints: tuple[str, ...]
    """Actuated joints between base and foot, from the base down: the leg."""

    @property
    def is_point(self) -> bool:
        """Whether it stands on one point, so that its tilt and heading mean nothing."""
        return bool(np.ptp(self.sole, axis=0).max() < 1e-6)


@dataclass(frozen=True)
class Mirror:
    """Left-right mirror of a joint vector: `mirrored = sign * joints[permutation]`."""

    permutation: NDArray[np.int64]
    """Index of the joint on the other side, shape (nu,)."""
    sign: NDArray[np.float64]
    """+1 or -1, shape (nu,)."""

    def __call__(self, joints: NDArray[np.float64]) -> NDArray[np.float64]:
        """Mirror joint angles or velocities across the sagittal plane, shape (..., nu)."""
        return self.sign * joints[..., self.permutation]


@dataclass(frozen=True, eq=False)
class CompletedModel:
    """The model that is simulated: the user's, with all that was added. Shared; whoever changes one copies it first."""

    spec: mujoco.MjSpec
    compiled: mujoco.MjModel
    """With one keyframe: the standing pose, soles on the floor."""
    keyframe_height: float | None = None
    """Height of the base in the standing keyframe of the user's file, if it has one [m]."""
    imu: str | None = None
    """Site or body of the IMU, if it is known."""


@dataclass(frozen=True)
class Robot:
    """A legged robot with a free base and position servos; joints are in actuator order.

    Derived from a model file by `webfoot.robots.derive.robot_from_mjcf`. Angles in rad, torques in Nm.
    """

    name: str
    mjcf: Path
    """The model file: MJCF or URDF. What is simulated is `model`, in which all is there that the file lacks."""
    base_body: str
    """Body that carries the free joint; its frame is the base frame (x forward, y left, z up)."""
    joint_names: tuple[str, ...]
    default_pos: NDArray[np.float64]
    """Standing pose, shape (nu,)."""
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    kp: NDArray[np.float64]
    """Servo stiffness [Nm/rad], shape (nu,)."""
    kd: NDArray[np.float64]
    """Servo damping [Nm s/rad], shape (nu,); damping of the joint itself stays in the model."""
    joint_damping: NDArray[np.float64]
    """Passive damping of the joint [Nm s/rad], shape (nu,)."""
    joint_armature: NDArray[np.float64]
    """Inertia of the servo's rotor as the joint feels it [kg m^2], shape (nu,)."""
    torque_limit: NDArray[np.float64]
    velocity_limit: NDArray[np.float64]
    """Fastest that a servo turns [rad/s], shape (nu,)."""
    feet: tuple[Foot, ...]
    mirror: Mirror | None
    base_height: float
    """Height of the base above the ground when the soles of the default pose touch it [m]."""
    mass_kg: float
    completed: CompletedModel = field(repr=False, compare=False)
    notes: tuple[str, ...] = ()
    """What had to be assumed while deriving, one sentence each."""

    @property
    def model(self) -> mujoco.MjModel:
        """The completed model, compiled; shared, so it is only read."""
        return self.completed.compiled

    def spec(self) -> mujoco.MjSpec:
        """A copy of the completed model to change and compile."""
        return self.completed.spec.copy()

    @property
    def nu(self) -> int:
        """Number of actuated joints."""
        return len(self.joint_names)

    @cached_property
    def leg_joint_names(self) -> tuple[str, ...]:
        """Actuated joints of the legs, in actuator order."""
        legs = {name for foot in self.feet for name in foot.joints}
        return tuple(name for name in self.joint_names if name in legs)

    @cached_property
    def leg_ids(self) -> NDArray[np.int64]:
        """Columns of the leg joints within `joint_names`."""
        return np.array([self.joint_names.index(name) for name in self.leg_joint_names], dtype=np.int64)

    @property
    def mirrored_feet(self) -> list[int]:
        """Index of the foot whose leg is the mirror image of each foot's leg; its own without a mirror map."""
        if self.mirror is None:
            return list(range(len(self.feet)))
        legs = [{self.joint_names.index(name) for name in foot.joints} for foot in self.feet]
        images = [{int(self.mirror.permutation[i]) for i in leg} for leg in legs]
        return [legs.index(image) if image in legs else i for i, image in enumerate(images)]
