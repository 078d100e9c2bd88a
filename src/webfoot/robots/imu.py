"""Where the IMU sits, and how it is turned against the base."""

import mujoco
import numpy as np

from webfoot.robots.spec import Robot

GYRO = mujoco.mjtSensor.mjSENS_GYRO


def find_imu(model: mujoco.MjModel, wanted: str | None) -> str | None:
    """What `robot.yaml` names, the site of the gyro, or a site or body called after an IMU; None if unknown."""
    if wanted is not None:
        return wanted
    for sensor in range(model.nsensor):
        if model.sensor_type[sensor] == GYRO:
            return model.site(int(model.sensor_objid[sensor])).name or None
    names = [model.site(s).name for s in range(model.nsite)] + [model.body(b).name for b in range(model.nbody)]
    return next((name for name in names if "imu" in name.lower()), None)


def imu_turn_deg(robot: Robot) -> float | None:
    """Angle between the frames of IMU and base in the standing pose [deg]; None where no IMU is known.

    A policy observes angular velocity and gravity in the base frame: what a turned IMU measures is to be turned back.
    """
    name, model = robot.completed.imu, robot.model
    if name is None:
        return None
    data = mujoco.MjData(model)
    mujoco.mj_resetDataKeyframe(model, data, 0)
    mujoco.mj_kinematics(model, data)
    is_site = any(model.site(s).name == name for s in range(model.nsite))
    matrix = data.site(name).xmat if is_site else data.body(name).xmat
    turn = data.body(robot.base_body).xmat.reshape(3, 3).T @ matrix.reshape(3, 3)
    return float(np.degrees(np.arccos(np.clip((np.trace(turn) - 1) / 2, -1, 1))))
