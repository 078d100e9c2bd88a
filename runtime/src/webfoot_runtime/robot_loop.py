"""`RobotLoop`: leads a robot by a policy, step by step at whole control periods, within its safety limits.

read ─► is there trouble? ─► mode ─► policy, or a ramp ─► clamps ─► write ─► log ─► wait for the next deadline
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from webfoot_runtime.deadlines import Deadlines, Timing
from webfoot_runtime.errors import HardwareError, LogError, PolicyError
from webfoot_runtime.hardware import Clock, Hardware, MonotonicClock, Sensors
from webfoot_runtime.log_file import LogWriter
from webfoot_runtime.modes import Change, Mode, Modes
from webfoot_runtime.policy import ControlLoop
from webfoot_runtime.safety import Clamped, SafetyLimits, clamp, trouble, unreadable

_LOG = logging.getLogger(__name__)

START_S = 2.0
"""Time within which the first sound reading has to come [s]."""

Command = Callable[[float], ArrayLike]
"""What the robot is asked to do at a time of the loop's clock: vx, vy [m/s], wz [rad/s]."""


@dataclass(frozen=True)
class Ended:
    """How a run went."""

    reason: str
    """Why it stood down."""
    is_well: bool
    """Whether it stood down because it was told to, not in trouble."""
    changes: tuple[Change, ...]
    timing: Timing
    walked_steps: int
    clamped_steps: dict[str, int] = field(default_factory=dict)
    """Steps in which a target was held back, by `torque`, `rate` and `limits`."""


class RobotLoop:
    """One robot, one policy: rises to the standing pose, walks, stands down and lets go."""

    def __init__(
        self,
        policy: ControlLoop,
        hardware: Hardware,
        limits: SafetyLimits | None = None,
        clock: Clock | None = None,
        log: LogWriter | None = None,
    ):
        """Nothing is read or sent yet.

        Args:
            policy: what leads; an `OnnxPolicy`, or e.g. an `Exercise`.
            hardware: the robot.
            limits: of the robot; None: the usual ones.
            clock: by which hardware and loop count; None: the machine's.
            log: written step by step; None: none.
        """
        self.policy, self.hardware = policy, hardware
        self.limits = limits or SafetyLimits()
        self._clock, self._log = clock or MonotonicClock(), log
        self._asked_to_stop = ""
        self._sensors: Sensors | None = None
        self._unsent = self._unanswered = ""
        self._clamped_steps = {"torque": 0, "rate": 0, "limits": 0}
        self._walk_step = -1
        self._last = self._wanted = policy.layout.default_pos

    def stop(self, reason: str = "asked to stop") -> None:
        """Let it stand down at the next step; may be called from a signal handler or another thread."""
        self._asked_to_stop = reason

    def run(self, command: Command | None = None, walk_s: float | None = None) -> Ended:
        """Lead the robot until it was let go.

        Args:
            command: what to do; None: the policy's default.
            walk_s: time after which it stands down [s]; None: until `stop` or trouble.

        Raises:
            HardwareError: the first reading is not sound; nothing was sent.
        """
        layout = self.policy.layout
        told = command or (lambda _: layout.command_default)
        first = self._first_reading()
        self._last = np.asarray(first.joint_pos, dtype=np.float64).copy()
        modes = Modes(layout, self.limits, self._clock.now(), self._last)
        deadlines = Deadlines(layout.control_dt, self._clock)
        most = None if walk_s is None else round(walk_s / layout.control_dt)
        walked = 0
        try:
            self._tell(modes, 0)
            while modes.mode is not Mode.RELEASED:
                now = deadlines.wait()
                known = len(modes.changes)
                self._read(now)
                if most is not None and walked >= most and not self._asked_to_stop:
                    self._asked_to_stop = f"walked for {walk_s:g} s"
                mode = modes.advance(now, self._why_stop(now, deadlines), self._last)
                self._tell(modes, known)
                walked += mode is Mode.WALKING
                self._step(now, modes, told)
        finally:
            self._let_go()
        well = modes.reason == self._asked_to_stop
        return Ended(modes.reason, well, tuple(modes.changes), deadlines.timing, walked, dict(self._clamped_steps))

    def _first_reading(self) -> Sensors:
        begin = self._clock.now()
        while True:
            now = self._clock.now()
            self._read(now)
            found = trouble(now, self._sensors, self.policy.layout, self.limits)
            if self._sensors is not None and not found:
                return self._sensors
            if now - begin >= START_S:
                raise HardwareError(f"the robot is not started, nothing was sent: {self._unread or found}")
            self._clock.sleep_until(now + self.policy.layout.control_dt)

    def _read(self, now: float) -> None:
        self._unread = ""
        try:
            self._sensors = self.hardware.read()
        except HardwareError as error:  # until the last reading is stale, the robot walks on
            self._unread = str(error)

    def _why_stop(self, now: float, deadlines: Deadlines) -> str:
        found = trouble(now, self._sensors, self.policy.layout, self.limits)
        if found and self._unread:
            found = f"{found} ({self._unread})"
        if not found and deadlines.missed_in_a_row >= self.limits.most_missed:
            found = f"{deadlines.missed_in_a_row} deadlines were missed one after the other"
        return found or self._unsent or self._unanswered or self._asked_to_stop

    def _step(self, now: float, modes: Modes, command: Command) -> None:
        wanted, memory, told = modes.targets(now), None, None
        if modes.mode is Mode.WALKING and self._sensors is not None:
            if self._walk_step < 0:
                self.policy.reset()
            memory = self.policy.memory() if self._log is not None else None
            self._walk_step += 1
            told = np.asarray(command(now), dtype=np.float64)
            wanted = self._wanted = self._answer(self._sensors, told)
        else:
            self._walk_step = -1
        sent = None if wanted is None else self._clamped(now, wanted)
        self._unsent = ""
        try:
            self.hardware.write(None if sent is None else sent.targets.copy())
        except HardwareError as error:
            self._unsent = f"the servos cannot be reached: {error}"
        if sent is not None:
            self._last = sent.targets
        self._record(now, modes.mode, told, sent, memory)

    def _answer(self, sensors: Sensors, told: NDArray[np.float64]) -> NDArray[np.floating]:
        """Targets of the policy; those sent last where it has none."""
        try:
            target = self.policy.step(
                np.asarray(sensors.gyro)[None],
                np.asarray(sensors.projected_gravity)[None],
                np.asarray(sensors.joint_pos)[None],
                np.asarray(sensors.joint_vel)[None],
                told[None],
            )[0]
        except PolicyError as error:
            self._unanswered = str(error)
            return self._last
        if not np.isfinite(target).all():
            self._unanswered = "the policy answers NaN or infinity"
            return self._last
        return target

    def _clamped(self, now: float, wanted: NDArray[np.floating]) -> Clamped:
        layout = self.policy.layout
        known = self._sensors if not unreadable(now, self._sensors, layout, self.limits) else None
        sent = clamp(wanted, self._last, known, layout, self.limits)
        for name, held in zip(self._clamped_steps, (sent.by_torque, sent.by_rate, sent.by_limits), strict=True):
            self._clamped_steps[name] += bool(held.any())
        return sent

    def _record(
        self,
        now: float,
        mode: Mode,
        told: NDArray[np.float64] | None,
        sent: Clamped | None,
        memory: dict[str, Any] | None,
    ) -> None:
        if self._log is None:
            return
        row = self._log.blank()
        row["time_s"], row["mode"], row["walk_step"] = now, mode.value, self._walk_step
        sensors = self._sensors
        if sensors is not None:
            row["sensor_time_s"] = sensors.time_s
            for name in ("gyro", "projected_gravity", "joint_pos", "joint_vel"):
                values = np.asarray(getattr(sensors, name))
                if values.shape == row[name].shape[1:]:
                    row[name] = values
        if told is not None and told.shape == row["command"].shape[1:]:
            row["command"], row["observation"] = told, self.policy.observation[0]
            row["action"], row["joint_pos_target"] = self.policy.action[0], self._wanted
        if sent is not None:
            row["sent"] = sent.targets
            row["clamped"] = [_bits(held) for held in (sent.by_torque, sent.by_rate, sent.by_limits)]
        try:
            self._log.write(row, memory)
        except LogError as error:
            self._end_log(error)

    def _tell(self, modes: Modes, known: int) -> None:
        for change in modes.changes[known:]:
            if self._log is None:
                return
            try:
                self._log.event(time_s=change.time_s, mode=change.mode.name, reason=change.reason)
            except LogError as error:
                self._end_log(error)

    def _end_log(self, error: LogError) -> None:
        """A robot that walks is worth more than its log."""
        _LOG.warning("the log ends here: %s", error)
        self._log = None

    def _let_go(self) -> None:
        for _ in range(3):  # the last word has to arrive
            try:
                self.hardware.write(None)
                return
            except HardwareError:
                continue


def _bits(held: NDArray[np.bool_]) -> int:
    return int(sum(1 << i for i in np.flatnonzero(held[:64])))
