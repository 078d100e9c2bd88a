"""The worked example of docs/deploy.md, with a bus and an IMU that are not there."""

import re
from pathlib import Path

import numpy as np
import pytest

from webfoot_runtime.errors import HardwareError
from webfoot_runtime.policy import OnnxPolicy

PAGE = Path(__file__).parents[2] / "docs" / "deploy.md"


class Bus:
    """Two servos that are where they were told."""

    def __init__(self):
        self.steps, self.told, self.silent = np.array([2048, 2100]), [], False

    def set_gains(self, ids, kp, kd):
        self.told.append(("gains", ids))

    def torque(self, ids, on):
        self.told.append(("torque", on))

    def sync_read(self, ids):
        if self.silent:
            raise TimeoutError("4 ms")
        return self.steps, np.array([0, 100])

    def sync_write(self, ids, steps):
        self.steps = steps


class Imu:
    def newest(self):
        return (1.0, 0.0, 0.0, 0.0), (0.1, 0.2, 0.3)


@pytest.fixture
def duck(policy_path):
    """The class of the page, with the joints of a small policy."""
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    program = next(block for block in blocks if "class Duck" in block)
    bus = Bus()
    names = {"open_bus": lambda place, timeout: bus, "open_imu": Imu}
    exec(program, names)  # noqa: S102
    names["JOINTS"].update({"hip": (20, +1, 2048), "knee": (21, -1, 2000)})
    return names["Duck"](OnnxPolicy(policy_path)), bus


def test_it_reads_radians_in_the_order_of_the_contract(duck):
    hardware, _ = duck
    sensors = hardware.read()
    np.testing.assert_allclose(sensors.joint_pos, [0.0, -100 * 2 * np.pi / 4096])
    np.testing.assert_allclose(sensors.joint_vel, [0.0, -100 * 2 * np.pi / 4096])
    np.testing.assert_allclose(sensors.projected_gravity, [0, 0, -1])


def test_what_it_is_sent_it_reads_again(duck):
    hardware, bus = duck
    hardware.write(np.array([0.3, -0.4]))
    np.testing.assert_allclose(hardware.read().joint_pos, [0.3, -0.4], atol=2 * np.pi / 4096)
    hardware.write(None)
    assert bus.told == [("gains", [20, 21]), ("torque", True), ("torque", False)]


def test_a_silent_bus_is_told(duck):
    hardware, bus = duck
    bus.silent = True
    with pytest.raises(HardwareError, match="the servo bus is silent: 4 ms"):
        hardware.read()
