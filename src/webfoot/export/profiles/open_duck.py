"""Profiles of the Open Duck Mini runtime: input `obs` [1, 101], output `continuous_actions` [1, 14].

    gyro 3 | IMU 3 | command 7 | q - init_pos 14 | factor * q' 14 | last three actions 14 each | motor targets 14 |
    foot contacts 2 | cos, sin of the phase 2;  motor target = init_pos + 0.25 * action

Two layouts of 101 numbers are in use, and nothing in a file tells which: the raw accelerometer with q' * 0.05, and
gravity with q' * 0.1 and a gait clock that stands below 0.1 m/s. Each is a profile of its own.
Source: Open_Duck_Mini_Runtime at 4ce2bca and at 082296c, `v2_rl_walk_mujoco.py`; its `init_pos` at 1927865.
"""

from dataclasses import dataclass, replace

from webfoot.errors import PolicyError
from webfoot.export.contract import Contract
from webfoot.export.profiles.adapt import adapt
from webfoot.export.profiles.convention import Clock, Convention, Slot

SIZE = 101
LEG = ("hip_yaw", "hip_roll", "hip_pitch", "knee", "ankle")
HEAD = ("neck_pitch", "head_pitch", "head_yaw", "head_roll")
JOINTS = (*(f"left_{joint}" for joint in LEG), *HEAD, *(f"right_{joint}" for joint in LEG))
INIT_POS = (0.0, 0.0, -0.4, 0.8, -0.4, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.4, 0.8, -0.4)
"""Pose that the runtime's actions are added to [rad]."""
ACTION_SCALE = 0.25
CONTROL_DT = 0.02
PERIOD_STEPS = 27
"""Control steps of its gait clock; from the polynomial file that lies beside the runtime."""
CLOCK_TOLERANCE = 1e-3
"""By how much of it the period may differ."""
GYRO, IMU, COMMAND, POSITION, VELOCITY, PHASE = 0, 3, 6, 13, 27, 99
ACTIONS = (41, 55, 69)


@dataclass(frozen=True)
class OpenDuck:
    """One of the two layouts."""

    name: str
    other: str
    """The name of the other one."""
    gravity: bool
    """Whether the IMU's numbers are gravity, not the accelerometer."""
    velocity_factor: float
    clock: Clock


RAW = OpenDuck(
    "open-duck-runtime", "open-duck-runtime-gravity", False, 0.05, Clock(begins_with_zeros=True, stands_below=None)
)
GRAVITY = OpenDuck(
    "open-duck-runtime-gravity", "open-duck-runtime", True, 0.1, Clock(begins_with_zeros=True, stands_below=0.1)
)


def files(data: bytes, contract: Contract, layout: OpenDuck, metadata: dict[str, str]) -> dict[str, bytes]:
    """The files of the profile, by their names.

    Raises:
        PolicyError: another robot, or a policy that observes what these 101 numbers do not hold.
    """
    _refuse(contract, layout)
    return {"policy.onnx": adapt(data, contract, _convention(contract, layout), metadata)}


def _convention(contract: Contract, layout: OpenDuck) -> Convention:
    nu = len(JOINTS)
    from_init = tuple(start - default for start, default in zip(INIT_POS, contract.joints.default_pos, strict=True))
    slots = {
        "gyro": Slot((_run(GYRO, 3),)),
        "projected_gravity": Slot((_run(IMU, 3),)),
        "command": Slot((_run(COMMAND, 3),)),
        "joint_pos": Slot((_run(POSITION, nu),), shift=from_init),
        "joint_vel": Slot((_run(VELOCITY, nu),), factor=layout.velocity_factor),
        "last_action": Slot(tuple(_run(start, nu) for start in ACTIONS)),
        "phase": Slot((_run(PHASE, 2),)),
    }
    clock = replace(layout.clock, ahead=-contract.phase.initial) if contract.phase else layout.clock
    return Convention("obs", "continuous_actions", SIZE, slots, INIT_POS, (ACTION_SCALE,) * nu, False, clock)


def _run(start: int, width: int) -> tuple[int, ...]:
    return tuple(range(start, start + width))


def _refuse(contract: Contract, layout: OpenDuck) -> None:
    if contract.joints.names != JOINTS:
        raise PolicyError(
            f"profile '{layout.name}' is for the {len(JOINTS)} joints of the Open Duck Mini in their order there, but "
            f"this policy moves '{contract.robot.name}', whose joints are {', '.join(contract.joints.names[:3])}, ...; "
            "take 'webfoot', 'mjlab' or 'unitree'"
        )
    dt, period = contract.control.control_dt, PERIOD_STEPS * CONTROL_DT
    if abs(dt - CONTROL_DT) > 1e-9:
        raise PolicyError(
            f"profile '{layout.name}': the runtime steps every {CONTROL_DT} s, this policy every {dt:g} s"
        )
    if contract.phase is not None and abs(contract.phase.period_s - period) > CLOCK_TOLERANCE * period:
        raise PolicyError(
            f"profile '{layout.name}': the runtime's gait clock takes {PERIOD_STEPS} steps, {period:g} s, but this "
            f"policy's cycle takes {contract.phase.period_s:.4g} s; train it from a motion of {period:g} s"
        )
    for term in contract.observation.terms:
        if term.name == "projected_gravity" and not layout.gravity:
            raise PolicyError(
                f"profile '{layout.name}' holds the raw accelerometer where this policy observes projected_gravity; "
                f"take '{layout.other}' for a runtime that sends gravity, or train without projected_gravity"
            )
        most = len(ACTIONS) if term.name == "last_action" else 1
        if term.history > most:
            raise PolicyError(
                f"profile '{layout.name}': this policy observes {term.history} steps of {term.name}, but the runtime's "
                f"{SIZE} numbers hold {most}; train with task.history 1"
            )
