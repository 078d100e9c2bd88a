"""`SimulatedRobot`: a robot for `webfoot_runtime`'s loop that is MuJoCo; time stands still until targets are sent."""

from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray

from webfoot.errors import RobotError, UnknownName
from webfoot.robots.spec import Robot
from webfoot.robots.table import load_robot
from webfoot.sim.conditions import Conditions, make_ground
from webfoot.sim.cpu import CpuSim
from webfoot.sim.model import SimConfig
from webfoot.sim.randomize import RandomizeConfig
from webfoot.sim.sensors import Reading
from webfoot.task.start import StartConfig, settle, standing_start
from webfoot.yaml_table import read_yaml
from webfoot_runtime.hardware import MonotonicClock, Sensors
from webfoot_runtime.policy import OnnxPolicy

GAINS = ("actuator_gainprm", "actuator_biasprm")


class SimulatedRobot:
    """`webfoot_runtime.hardware.Hardware` and its `Clock` in one: one control period passes with every `write`.

    It begins at rest in the standing pose. With conditions it has real servos and sensors, and is pushed.
    """

    def __init__(
        self,
        robot: Robot,
        config: SimConfig | None = None,
        conditions: RandomizeConfig | None = None,
        seed: int = 0,
        settle_s: float = 1.0,
    ):
        """Put the robot on the floor.

        Args:
            robot: what is simulated.
            config: of the physics.
            conditions: what is not as the model says; None: nothing.
            seed: of the conditions.
            settle_s: time to settle in the standing pose [s].
        """
        config, conditions = config or SimConfig(), conditions or RandomizeConfig(preset="off")
        self.control_dt = config.control_dt
        self._steps = 0
        self._targets: torch.Tensor | None = None
        self._sim = CpuSim(robot, config, 1, num_threads=1, ground=make_ground(robot, conditions, 1, seed))
        self._conditions = Conditions(self._sim, robot, conditions, seed)
        still = StartConfig(joint_noise=0.0, velocity_noise=0.0)
        start = standing_start(settle(self._sim, robot, settle_s), 1, still, torch.Generator().manual_seed(seed))
        self._sim.reset(torch.arange(1), start)
        self._gains = {name: self._sim.field(name).clone() for name in GAINS}
        self._is_held = True
        self._reading: Reading = self._conditions.restart(self._sim.state(), torch.arange(1))

    def now(self) -> float:
        """Time that was simulated [s]."""
        return self._steps * self.control_dt

    def sleep_until(self, time_s: float) -> None:
        """Let the robot be until then: its servos hold what they were told last."""
        while self.now() < time_s - 1e-9:
            self._advance(None)

    def read(self) -> Sensors:
        """What the sensors say now."""
        values = {name: getattr(self._reading, name)[0].numpy() for name in Reading.__dataclass_fields__}
        return Sensors(time_s=self.now(), **values)

    def write(self, targets: NDArray[np.float64] | None) -> None:
        """Hold targets [rad], (nu,), for one control period; None: let go of all joints."""
        self._hold(targets is not None)
        self._advance(targets)

    @property
    def root_pos(self) -> NDArray[np.float64]:
        """Base in the world [m], (3,)."""
        return self._sim.state().root_pos[0].double().numpy()

    @property
    def torque(self) -> NDArray[np.float64]:
        """Of the servos [Nm], (nu,)."""
        return self._sim.state().torque[0].double().numpy()

    def push(self, velocity: NDArray[np.float64]) -> None:
        """Change the base's velocity by so much [m/s], world frame, (3,)."""
        self._sim.push(torch.arange(1), torch.as_tensor(velocity, dtype=torch.float32)[None])

    def _advance(self, targets: NDArray[np.float64] | None) -> None:
        if targets is not None:
            self._targets = torch.tensor(targets, dtype=torch.float32)[None]
        elif self._targets is None:
            self._targets = self._sim.state().joint_pos
        self._conditions.step(self._targets)
        self._reading = self._conditions.read(self._sim.state())
        self._steps += 1

    def _hold(self, held: bool) -> None:
        if held != self._is_held:
            for name, values in self._gains.items():
                self._sim.field(name)[:] = values if held else torch.zeros_like(values)
            self._is_held = held


class RealTimeRobot(SimulatedRobot):
    """The same by the clock of the machine, for `webfoot-robot run`."""

    def read(self) -> Sensors:
        """See `SimulatedRobot.read`."""
        return replace(super().read(), time_s=MonotonicClock().now())


def of_policy(policy: OnnxPolicy) -> RealTimeRobot:
    """The robot that a policy was trained on, in real time: that of the run folder it lies in, or a bundled one.

    `webfoot-robot run RUN/policy.onnx --hardware webfoot.evaluate.simulated_robot:of_policy`

    Raises:
        RobotError: the policy lies in no run folder, and its robot does not come with the program.
    """
    config_file, name = policy.path.parent / "config.yaml", str(policy.contract["robot"]["name"])
    if config_file.is_file():
        name = str(read_yaml(config_file).get("robot", name))
    try:
        robot = load_robot(name)
    except UnknownName:
        raise RobotError(
            f"{policy.path}: made for robot '{name}', which does not come with webfoot; "
            "give the policy.onnx in its run folder, whose config.yaml names the model"
        ) from None
    control = policy.contract["control"]
    rates = {"control_hz": 1 / control["control_dt"], "physics_hz": 1 / control["physics_dt"]}
    return RealTimeRobot(robot, SimConfig(**{name: round(rate) for name, rate in rates.items()}))
