"""The stand test: does a robot stay up when its servos hold one pose?"""

from dataclasses import dataclass

import mujoco
import numpy as np
from numpy.typing import NDArray

FALLEN_TILT_DEG = 45.0
SUNK_SHARE = 0.6
"""A base below this share of its height at the start has fallen."""


@dataclass(frozen=True)
class StandTest:
    """What happened while the servos held a pose."""

    stood_s: float
    """Time until the fall, or the whole time [s]."""
    fell: bool
    tilt_deg: float
    """Largest tilt of the base [deg]."""
    sink_m: float
    """How far the base went down [m]."""
    drift_m: float
    """How far it went in the plane [m]."""
    load: float
    """Largest torque at the end over its limit, by the worst servo; 0 without limits."""
    worst_servo: str
    sag_rad: float
    """Largest error that a servo keeps at the end [rad]."""
    speed_rads: float
    """Fastest joint at the end [rad/s]: a robot that trembles does not come to rest."""
    touching: tuple[str, ...]
    """Bodies of the robot that touched something at the end."""

    @property
    def stands(self) -> bool:
        """It stayed up."""
        return not self.fell


def stand_test(
    model: mujoco.MjModel, base_id: int, torque_limit: NDArray[np.float64], seconds: float = 5.0
) -> StandTest:
    """Hold the model's first keyframe with its servos and watch.

    Args:
        model: with a floor; its time step and solver are used as they are.
        torque_limit: of the servos [Nm], shape (nu,).
    """
    data = mujoco.MjData(model)
    mujoco.mj_resetDataKeyframe(model, data, 0)
    mujoco.mj_forward(model, data)
    start = data.xpos[base_id].copy()
    tilt, steps = 0.0, round(seconds / model.opt.timestep)
    every = max(round(0.02 / model.opt.timestep), 1)
    fell, stood, last = False, seconds, 0.0
    for done in range(0, steps, every):
        mujoco.mj_step(model, data, every)
        tilt = max(tilt, float(np.degrees(np.arccos(np.clip(data.xmat[base_id][8], -1, 1)))))
        if data.time < last or tilt > FALLEN_TILT_DEG or data.xpos[base_id][2] < SUNK_SHARE * start[2]:
            fell, stood = True, (done + every) * model.opt.timestep
            break
        last = data.time  # MuJoCo puts a state that blew up back to its start, and the clock with it
    load = np.abs(data.actuator_force) / np.maximum(torque_limit, 1e-9)
    angles = data.actuator_length - data.ctrl
    return StandTest(
        stood_s=float(stood),
        fell=fell,
        tilt_deg=tilt,
        sink_m=float(start[2] - data.xpos[base_id][2]),
        drift_m=float(np.linalg.norm(data.xpos[base_id][:2] - start[:2])),
        load=float(load.max(initial=0.0)),
        worst_servo=model.joint(int(model.actuator_trnid[load.argmax(), 0])).name if model.nu else "",
        sag_rad=float(np.abs(angles).max(initial=0.0)),
        speed_rads=float(np.abs(data.qvel[6:]).max(initial=0.0)),
        touching=_touching(model, data, base_id),
    )


def _touching(model: mujoco.MjModel, data: mujoco.MjData, base_id: int) -> tuple[str, ...]:
    bodies = {int(model.geom_bodyid[geom]) for pair in data.contact.geom for geom in pair}
    return tuple(model.body(b).name for b in sorted(bodies) if model.body_rootid[b] == model.body_rootid[base_id])
