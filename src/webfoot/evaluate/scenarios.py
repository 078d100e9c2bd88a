"""`SCENARIOS`: the worlds that a policy is tried in, each with levels from mild to hard."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from webfoot.sim.presets import PRESETS
from webfoot.sim.randomize import RandomizeConfig


@dataclass(frozen=True)
class Scenario:
    """One difficulty."""

    title: str
    """What a reader of the map sees."""
    unit: str
    """Of the levels; '%' where they are shares, '×' where they are multiples."""
    levels: tuple[float, ...]
    """From mild to hard, in `unit`."""
    per_level: Mapping[str, float] = field(default_factory=dict)
    """Ranges of `RandomizeConfig`, for a level of 1."""
    push_towards_deg: float | None = None
    """Direction of the pushes against the heading [deg]; None: any."""
    changes: bool = False
    """The levels are changes of the command in 10 s."""
    stops: bool = False
    """Every other command is to stand."""

    @property
    def conditions(self) -> RandomizeConfig:
        """The ranges at the hardest level."""
        ranges = {name: factor * self.levels[-1] for name, factor in self.per_level.items()}
        return RandomizeConfig.model_validate(
            {"preset": "off", "push_towards_deg": self.push_towards_deg, "push_every_s": 2.0, **ranges}
        )


def _pushes(direction: str, degrees: float) -> Scenario:
    levels = (0.1, 0.2, 0.4, 0.6, 0.8)
    return Scenario(f"Pushed {direction}", "m/s", levels, {"push_speed": 1.0}, push_towards_deg=degrees)


SCENARIOS: dict[str, Scenario] = {
    "flat": Scenario("Level floor, the model's robot", "", (0.0,)),
    "command_steps": Scenario("Changes of the command", "per 10 s", (2, 4, 8, 16), changes=True),
    "start_stop": Scenario("Starts and stops", "per 10 s", (2, 4, 8, 16), changes=True, stops=True),
    "push_forward": _pushes("forward", 0.0),
    "push_backward": _pushes("backward", 180.0),
    "push_left": _pushes("to the left", 90.0),
    "push_right": _pushes("to the right", -90.0),
    "slope": Scenario("Slope, any direction", "deg", (2, 4, 6, 8, 10), {"slope_deg": 1.0}),
    "uneven": Scenario("Bumps in the ground", "mm", (2, 4, 8, 12, 16), {"unevenness_m": 0.001}),
    "friction": Scenario("Friction missing", "%", (20, 40, 60, 80), {"friction": 0.01}),
    "payload": Scenario("Load on the base, of the robot's mass", "%", (10, 20, 40, 60), {"payload": 0.01}),
    "gains": Scenario("Servo gains off, up or down", "%", (10, 25, 50, 100), {"gains": 0.01}),
    "gain_error": Scenario("Every servo's gain off by itself", "%", (10, 25, 50, 100), {"gain_error": 0.01}),
    "latency": Scenario("Servo latency", "ms", (10, 20, 40, 60), {"latency_s": 0.001}),
    "backlash": Scenario("Backlash, to either side", "deg", (0.5, 1, 2, 4), {"backlash_deg": 1.0}),
    "sensor_noise": Scenario(
        "Sensor noise, of the robust preset",
        "×",
        (0.5, 1, 2, 4),
        {name: PRESETS["robust"][name] for name in ("gyro_noise", "gravity_noise", "joint_noise", "joint_vel_noise")},
    ),
    "sensor_bias": Scenario(
        "Sensor bias and zeros, of the robust preset",
        "×",
        (0.5, 1, 2, 4),
        {name: PRESETS["robust"][name] for name in ("gyro_bias", "imu_tilt", "encoder_offset")},
    ),
    "imu_delay": Scenario("Age of the IMU's readings", "ms", (10, 20, 40, 60), {"imu_delay_s": 0.001}),
    "supply": Scenario("Battery voltage missing", "%", (10, 20, 30, 40), {"supply_drop": 0.01}),
    "robust": Scenario("All at once, of the robust preset", "×", (0.25, 0.5, 1, 1.5), PRESETS["robust"]),
    "outdoors": Scenario(
        "Outdoors: slope, bumps, less grip, pushes",
        "×",
        (0.5, 1, 1.5, 2),
        {"slope_deg": 3.0, "unevenness_m": 0.004, "friction": 0.3, "push_speed": 0.2},
    ),
    "worn": Scenario(
        "Worn: backlash, zeros off, weak battery, late servos",
        "×",
        (0.5, 1, 1.5, 2),
        {"backlash_deg": 1.0, "encoder_offset": 0.02, "supply_drop": 0.15, "latency_s": 0.02},
    ),
}
"""Every scenario by name; a new one is a line here. Pushes come every 2 s on average.

Levels are around what real robots meet: sources of the single ranges stand in `webfoot.sim.randomize`.
"""


@dataclass(frozen=True)
class Suite:
    """How much of the table is tried."""

    episodes: int
    """Of every level of every scenario."""
    episode_s: float
    """[s]."""
    every: int = 1
    """Every so manieth level, the hardest always."""


SUITES: dict[str, Suite] = {
    "quick": Suite(episodes=8, episode_s=5.0, every=2),
    "standard": Suite(episodes=20, episode_s=10.0),
    "full": Suite(episodes=64, episode_s=20.0),
}
"""By name: about 350 episodes of 5 s, 1,700 of 10 s, 5,500 of 20 s."""


def levels_of(scenario: Scenario, suite: Suite) -> tuple[float, ...]:
    """The levels that a suite tries, the hardest always among them."""
    return scenario.levels[:: -suite.every][::-1]
