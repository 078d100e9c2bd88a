"""From a `Robot` to the MuJoCo model that is simulated: time step, solver."""

import copy

import mujoco
from pydantic import BaseModel, Field, model_validator

from webfoot.robots.spec import Robot
from webfoot.sim.ground import Ground

INTEGRATORS = {
    "euler": mujoco.mjtIntegrator.mjINT_EULER,
    "implicitfast": mujoco.mjtIntegrator.mjINT_IMPLICITFAST,
    "implicit": mujoco.mjtIntegrator.mjINT_IMPLICIT,
    "rk4": mujoco.mjtIntegrator.mjINT_RK4,
}


class SimConfig(BaseModel, frozen=True, extra="forbid"):
    """How physics is stepped."""

    control_hz: int = Field(default=50, ge=10, le=200, description="Policy steps per second [Hz].")
    physics_hz: int = Field(
        default=200, ge=50, le=2000, description="Physics steps per second [Hz]; a multiple of control_hz."
    )
    integrator: str = Field(default="euler", description="euler, implicitfast, implicit or rk4.")
    solver_iterations: int = Field(default=10, ge=1, le=200, description="Iterations of the contact solver.")

    @model_validator(mode="after")
    def _rates_divide(self) -> "SimConfig":
        if self.physics_hz % self.control_hz:
            raise ValueError(f"physics_hz {self.physics_hz} is not a multiple of control_hz {self.control_hz}")
        if self.integrator not in INTEGRATORS:
            raise ValueError(f"unknown integrator '{self.integrator}': choose one of {', '.join(sorted(INTEGRATORS))}")
        return self

    @property
    def decimation(self) -> int:
        """Physics steps per policy step."""
        return self.physics_hz // self.control_hz

    @property
    def control_dt(self) -> float:
        """Length of a policy step [s]."""
        return 1.0 / self.control_hz


def build_model(robot: Robot, config: SimConfig, ground: Ground | None = None) -> mujoco.MjModel:
    """A copy of the robot's completed model with the given physics, on its own floor or on uneven ground.

    Euler integrates the damping of joints implicitly but that of servos explicitly, so stiff servos with damping blow
    up: where there are any, implicitfast is stepped instead, which is Euler with both implicit.
    The bounding-volume option is switched off: with a handful of geoms it costs more than it saves.
    """
    model = copy.copy(robot.model) if ground is None else ground.compile(robot)
    model.opt.timestep = 1.0 / config.physics_hz
    integrator = config.integrator
    if integrator == "euler" and (robot.kd > 0).any():
        integrator = "implicitfast"
    model.opt.integrator = INTEGRATORS[integrator]
    model.opt.iterations = config.solver_iterations
    model.vis.global_.bvactive = 0
    return model


def own_physics(robot: Robot, control_hz: int = 50) -> SimConfig:
    """The physics that the robot's own file asks for: its time step, integrator and iterations."""
    option = robot.model.opt
    names = {value: name for name, value in INTEGRATORS.items()}
    physics_hz = control_hz * max(1, round(1.0 / (option.timestep * control_hz)))
    return SimConfig(
        control_hz=control_hz,
        physics_hz=physics_hz,
        integrator=names[mujoco.mjtIntegrator(option.integrator)],
        solver_iterations=option.iterations,
    )
