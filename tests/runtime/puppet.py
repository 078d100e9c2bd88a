"""A robot without physics for the loop: joints are where they were sent, time passes with what is written."""

from dataclasses import replace

import numpy as np

from webfoot_runtime.errors import HardwareError
from webfoot_runtime.hardware import Sensors

UPRIGHT = np.array([0.0, 0.0, -1.0])


class HandClock:
    """Stands still until somebody turns it."""

    def __init__(self):
        self.time_s = 0.0

    def now(self):
        return self.time_s

    def sleep_until(self, time_s):
        self.time_s = max(self.time_s, time_s)


class Puppet:
    """Hardware and clock in one; what is to go wrong is told by step, counted from the first reading."""

    def __init__(self, joint_pos, step_s=0.02):
        self.clock, self.step_s = HandClock(), step_s
        self.joint_pos = np.array(joint_pos, dtype=float)
        self.changes = {}  # from a step on: what of the sensors is otherwise
        self.silent_from = self.deaf_from = self.frozen_from = 10**9
        self.written, self.reads = [], 0
        self.last = None

    def read(self):
        step, self.reads = self.reads, self.reads + 1
        if step >= self.silent_from:
            raise HardwareError("the bus is silent")
        if step >= self.frozen_from and self.last is not None:
            return self.last
        sensors = Sensors(self.clock.now(), np.zeros(3), UPRIGHT, self.joint_pos.copy(), 0 * self.joint_pos)
        for first, change in self.changes.items():
            if step >= first:
                sensors = replace(sensors, **change)
        self.last = sensors
        return sensors

    def write(self, targets):
        self.written.append(None if targets is None else targets.copy())
        self.clock.time_s += self.step_s
        if len(self.written) > self.deaf_from:
            raise HardwareError("no servo answers")
        if targets is not None:
            self.joint_pos = targets.copy()
