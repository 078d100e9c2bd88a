"""`PRESETS`: how far robots, servos, sensors and ground may be from the model, as named sets of ranges."""

PRESETS: dict[str, dict[str, float]] = {
    "off": {},
    "plain": {"gains": 0.25},
    "mild": {
        "friction": 0.2,
        "mass": 0.05,
        "gains": 0.25,
        "joint_friction": 0.005,
        "latency_s": 0.01,
        "encoder_offset": 0.01,
        "gyro_noise": 0.05,
        "gravity_noise": 0.02,
        "joint_noise": 0.01,
        "joint_vel_noise": 0.5,
    },
    "robust": {
        "friction": 0.5,
        "mass": 0.1,
        "com": 0.01,
        "armature": 0.05,
        "gains": 0.25,
        "gain_error": 0.05,
        "joint_friction": 0.01,
        "latency_s": 0.03,
        "backlash_deg": 0.5,
        "supply_drop": 0.15,
        "target_rate": 1.0,
        "encoder_offset": 0.02,
        "gyro_noise": 0.1,
        "gyro_bias": 0.02,
        "gravity_noise": 0.05,
        "imu_tilt": 0.02,
        "imu_delay_s": 0.02,
        "joint_noise": 0.03,
        "joint_vel_noise": 1.0,
        "encoder_step": 0.0015,
        "push_speed": 0.3,
    },
}
"""What each preset sets; a range that it does not name is 0, which leaves that property as the model has it.

`plain` is what a training has where none is named: gains alone cost nothing, and a policy that met one gain only walks
at half the speed on a softer servo. None has slopes or bumps, which would cost time and falls on a floor that has none:
`slope_deg` and `unevenness_m` add them. `mild` takes a sixth more time a step of simulation, `robust` a third more.
"""

KINDS: dict[str, tuple[str, ...]] = {
    "body": ("friction", "mass", "payload", "com", "armature"),
    "servo": (
        "gains",
        "gain_error",
        "joint_friction",
        "latency_s",
        "backlash_deg",
        "supply_drop",
        "target_rate",
        "encoder_offset",
    ),
    "sensor": (
        "gyro_noise",
        "gyro_bias",
        "gravity_noise",
        "imu_tilt",
        "imu_delay_s",
        "joint_noise",
        "joint_vel_noise",
        "encoder_step",
    ),
    "ground": ("slope_deg", "unevenness_m"),
    "push": ("push_speed",),
}
"""Kinds of difficulty, each with the ranges of `RandomizeConfig` that make it up."""
