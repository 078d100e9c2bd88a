"""The loop over a robot without physics, by its own clock: every way in which it stands down, and what is sent then."""

import re

import numpy as np
import pytest
from puppet import UPRIGHT, Puppet

from tiny_policy import DEFAULT_POS, LOWER, UPPER
from webfoot_runtime.errors import HardwareError
from webfoot_runtime.modes import Mode
from webfoot_runtime.policy import OnnxPolicy
from webfoot_runtime.robot_loop import RobotLoop
from webfoot_runtime.safety import SafetyLimits

ORDER = [Mode.RISING, Mode.STANDING, Mode.WALKING, Mode.STANDING_DOWN, Mode.HOLDING, Mode.RELEASED]
WALKS_AT = 75 + 26  # steps: 1.5 s to rise, 0.5 s to settle, and the step in which it is seen that they are over
QUICK = SafetyLimits(ramp_s=0.2, hold_s=0.1)


@pytest.fixture
def policy(policy_path):
    return OnnxPolicy(policy_path)


def lead(policy, puppet, walk_s=1.0, limits=None, command=None):
    loop = RobotLoop(policy, puppet, limits, clock=puppet.clock)
    return loop.run(command, walk_s)


def modes(ended):
    return [change.mode for change in ended.changes]


def test_it_rises_stands_walks_stands_down_and_lets_go(policy):
    puppet = Puppet([0.6, 0.4])
    ended = lead(policy, puppet)
    assert modes(ended) == ORDER and ended.is_well and ended.reason == "walked for 1 s"
    assert ended.walked_steps == 50
    times = [change.time_s for change in ended.changes]
    np.testing.assert_allclose(np.diff(times), [1.5, 0.5, 1.0, 1.5, 1.0], atol=0.021)
    sent = np.array([targets for targets in puppet.written if targets is not None])
    np.testing.assert_allclose(sent[0], [0.6, 0.4])  # from where the joints are
    np.testing.assert_allclose(sent[80], DEFAULT_POS)  # it stands
    np.testing.assert_allclose(sent[-1], DEFAULT_POS)
    assert puppet.written[-1] is None and (np.abs(np.diff(sent, axis=0)).max() <= 4 * 5.24 * 0.02)


def test_it_does_what_the_policy_says(policy, policy_path):
    puppet = Puppet(DEFAULT_POS)
    wide = SafetyLimits(torque_share=100, rate_share=100)
    ended = lead(policy, puppet, walk_s=0.04, limits=wide, command=lambda _: [0.2, 0.0, 0.5])
    first = round(ended.changes[2].time_s / 0.02)
    alone = OnnxPolicy(policy_path)
    pos = np.array([DEFAULT_POS])
    for sent in puppet.written[first : first + 2]:
        pos = alone.step(np.zeros((1, 3)), UPRIGHT[None], pos, np.zeros((1, 2)), [[0.2, 0.0, 0.5]]).astype(float)
        np.testing.assert_allclose(sent, pos[0])


def broken(puppet, how, at):
    setattr(puppet, how, at)


TROUBLES = {
    "tilt": (lambda p, at: p.changes.update({at: {"projected_gravity": np.array([0.8, 0, -0.6])}}), "tilted by 53 deg"),
    "NaN": (lambda p, at: p.changes.update({at: {"gyro": np.array([0, np.nan, 0])}}), "gyro holds NaN"),
    "stale": (lambda p, at: broken(p, "frozen_from", at), "the sensors are stale: 0.0[68]0 s old"),
    "silent": (lambda p, at: broken(p, "silent_from", at), r"stale: 0.0[68]0 s old, .* \(the bus is silent\)"),
    "deaf": (lambda p, at: broken(p, "deaf_from", at), "the servos cannot be reached: no servo answers"),
    "beyond": (lambda p, at: p.changes.update({at: {"joint_pos": np.array([1.5, 0])}}), "joint 'hip' reads 1.5 rad"),
}


@pytest.mark.parametrize("name", TROUBLES)
def test_in_trouble_it_is_led_to_the_standing_pose_and_let_go(policy, name):
    break_it, words = TROUBLES[name]
    puppet = Puppet(DEFAULT_POS)
    break_it(puppet, WALKS_AT + 20)
    ended = lead(policy, puppet, walk_s=10.0, limits=QUICK)
    assert modes(ended)[-3:] == ORDER[-3:] and not ended.is_well
    assert re.search(words, ended.reason), ended.reason
    assert puppet.written[-1] is None
    sent = np.array([targets for targets in puppet.written if targets is not None])
    np.testing.assert_allclose(sent[-3:], [DEFAULT_POS] * 3)
    assert np.isfinite(sent).all() and (sent >= LOWER).all() and (sent <= UPPER).all()


def test_a_reading_that_is_missing_once_is_bridged(policy):
    puppet = Puppet(DEFAULT_POS)
    read, lost = puppet.read, {WALKS_AT + 5, WALKS_AT + 6}

    def now_and_then():
        if puppet.reads in lost:
            puppet.reads += 1
            raise HardwareError("checksum")
        return read()

    puppet.read = now_and_then
    assert lead(policy, puppet, walk_s=0.5).is_well


def test_a_loop_that_is_always_late_stands_down(policy):
    puppet = Puppet(DEFAULT_POS, step_s=0.03)
    ended = lead(policy, puppet, walk_s=10.0, limits=QUICK)
    assert ended.reason == "5 deadlines were missed one after the other"
    assert ended.timing.missed == ended.timing.steps - 1


def test_it_can_be_stopped_while_it_rises(policy):
    puppet = Puppet([0.6, 0.4])
    loop = RobotLoop(policy, puppet, clock=puppet.clock)
    loop.stop("interrupted")
    ended = loop.run()
    assert ended.is_well and ended.walked_steps == 0
    assert modes(ended) == [Mode.RISING, Mode.STANDING_DOWN, Mode.HOLDING, Mode.RELEASED]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"projected_gravity": UPRIGHT * 9.81}, "nothing was sent: projected_gravity has the length 9.81"),
        ({"joint_pos": np.degrees(DEFAULT_POS)}, "nothing was sent: joint 'knee' reads -11.5 rad"),
    ],
)
def test_it_does_not_start_on_readings_that_cannot_be_right(policy, change, words):
    puppet = Puppet(DEFAULT_POS)
    puppet.changes[0] = change
    with pytest.raises(HardwareError, match=words):
        lead(policy, puppet)
    assert puppet.written == []


def test_it_does_not_start_without_a_reading(policy):
    puppet = Puppet(DEFAULT_POS)
    puppet.silent_from = 0
    with pytest.raises(HardwareError, match="nothing was sent: the bus is silent"):
        lead(policy, puppet)


def test_a_fault_in_the_hardware_class_lets_go(policy):
    puppet = Puppet(DEFAULT_POS)
    puppet.changes[WALKS_AT] = {"no_such_field": 1}
    with pytest.raises(TypeError):
        lead(policy, puppet)
    assert puppet.written[-1] is None


def test_a_command_with_nan_stands_down(policy):
    ended = lead(policy, Puppet(DEFAULT_POS), command=lambda _: [np.nan, 0, 0], limits=QUICK)
    assert "command of robot 0 holds NaN" in ended.reason


def test_what_was_held_back_is_counted(policy):
    ended = lead(policy, Puppet(DEFAULT_POS), limits=SafetyLimits(rate_share=1e-3))
    assert ended.clamped_steps["rate"] > 0 and ended.clamped_steps["limits"] == 0
