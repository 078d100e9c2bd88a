"""`RandomizeConfig`: how far each robot of a training may be from its model, one range a field."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, Field, model_validator

from webfoot.sim.presets import KINDS, PRESETS

Preset = Literal["off", "plain", "mild", "robust"]


def _range(limit: float, description: str) -> Any:
    """A range that is 0 where neither the user nor the preset says otherwise."""
    return Field(default=0.0, ge=0, le=limit, description=description)


class RandomizeConfig(BaseModel, frozen=True, extra="forbid"):
    """How far a robot of the training may be from its model; 0 leaves a property alone.

    `preset` fills every field that is not given. Lengths and speeds are for robots whose base stands up to 0.2 m
    high; for a larger one they grow with its size. Sources stand in brackets: Playground is Open Duck Playground's
    joystick environment, AWD is rimim/AWD's duckling task.
    """

    preset: Preset = Field(
        default="plain", description="Ranges for every option of this part that is not given; plain: gains alone."
    )

    friction: float = _range(0.95, "Share of the friction that may be missing [1]. [Playground: floor 0.5 to 1.0]")
    mass: float = _range(0.9, "Every link's mass is up to this share more or less [1]. [Playground: 0.9 to 1.1]")
    payload: float = _range(
        2, "Load on the base, up to this share of the robot's mass [1]. [estimate: a bag, a battery]"
    )
    com: float = _range(0.5, "The base's centre of mass is off by up to this along each axis [m]. [Playground: 0.05]")
    armature: float = _range(4, "Rotor inertia, factor from 1 / (1 + this) to 1 + this [1]. [Playground: 1 to 1.05]")

    gains: float = _range(
        4, "Servo gains, factor from 1 / (1 + this) to 1 + this, one for each robot [1]. [Playground: kp 0.9 to 1.1]"
    )
    gain_error: float = _range(4, "The same for each servo by itself [1]. [estimate: servos of one batch]")
    joint_friction: float = _range(
        0.5, "Coulomb friction that may be added, share of the torque limit [1]. [Playground: 0.9 to 1.1 of 0.02]"
    )
    latency_s: float = _range(
        0.2, "Time until a servo gets its target, up to this, one for each robot [s]. [Playground: 0 to 0.04]"
    )
    backlash_deg: float = _range(
        10, "Play between servo and joint, up to plus or minus this [deg]. [Open Duck Mini v2, backlash model: 0.5]"
    )
    supply_drop: float = _range(
        0.9,
        "Share of the battery's voltage that may be missing; stall torque and no-load speed fall with it, and the "
        "torque falls linearly with the speed [1]. [two lithium cells: 8.4 V full, 6.6 V empty]",
    )
    target_rate: float = _range(
        4,
        "Targets turn no faster than a servo's speed limit divided by up to this; 0: as fast as asked [1]. "
        "[Playground: 5.24 rad/s]",
    )
    encoder_offset: float = _range(0.5, "Zero of every encoder is off by up to this [rad]. [Playground: 0.03]")

    gyro_noise: float = _range(5, "Uniform noise on the angular velocity [rad/s]. [Playground: 0.1]")
    gyro_bias: float = _range(1, "Offset of the angular velocity, new each episode [rad/s]. [1 deg/s, MEMS gyros]")
    gravity_noise: float = _range(1, "Uniform noise on the gravity vector [1]. [AWD: 0.05; Playground: 0.1]")
    imu_tilt: float = _range(0.5, "Error of the IMU's mounting about each axis [rad]. [estimate: 1 deg]")
    imu_delay_s: float = _range(0.2, "Age of an IMU reading, up to this [s]. [Playground: 0 to 0.04]")
    joint_noise: float = _range(0.5, "Uniform noise on joint angles [rad]. [Playground: 0.03 to 0.08]")
    joint_vel_noise: float = _range(20, "Uniform noise on joint velocities [rad/s]. [Playground: 2.5]")
    encoder_step: float = _range(0.1, "Step of the encoders [rad]. [4096 steps a turn: 0.0015]")

    slope_deg: float = _range(20, "Slope of the ground, up to this in any direction [deg]. [estimate: indoor floors]")
    unevenness_m: float = _range(0.5, "Height of the bumps of the ground, up to this [m]. [AWD: 0.001]")

    push_speed: float = _range(5, "Pushes change the base's velocity by this, in any direction [m/s]. [AWD: 0.3]")
    push_every_s: float = Field(
        default=3.0, gt=0.1, le=600, description="Mean time between pushes [s]. [AWD: 2; Playground: 5 to 10]"
    )
    push_towards_deg: float | None = Field(
        default=None,
        ge=-180,
        le=180,
        description="Direction of the pushes against the robot's heading, 90 is to its left [deg]; none: any.",
    )
    spared_share: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="Share of the robots that stay as their model has them and are not pushed; their sensors are as "
        "all others' [1].",
    )

    @model_validator(mode="before")
    @classmethod
    def _fill(cls, values: Any) -> Any:
        """Take from the preset what is not given."""
        if not isinstance(values, Mapping):
            return values
        preset = PRESETS.get(str(values.get("preset", cls.model_fields["preset"].default)), {})
        return {**preset, **values}

    @property
    def is_off(self) -> bool:
        """Whether every robot is as its model, and is left alone."""
        return not self.ranges()

    def ranges(self) -> dict[str, float]:
        """Every range that is not 0, by name."""
        found = {name: getattr(self, name) for names in KINDS.values() for name in names}
        return {name: value for name, value in found.items() if value}

    def scaled(self, levels: float | Mapping[str, float]) -> "RandomizeConfig":
        """The same with every range times a level: 0 is the model itself, 1 this config.

        Args:
            levels: one level for all, or levels by kind (a key of `KINDS`); a kind that is not named stays as it is.
        """
        by_kind = levels if isinstance(levels, Mapping) else dict.fromkeys(KINDS, levels)
        ranges = {name: getattr(self, name) * level for kind, level in by_kind.items() for name in KINDS[kind]}
        return self.model_copy(update=ranges)
