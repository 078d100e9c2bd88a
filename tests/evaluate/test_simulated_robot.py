"""A trained policy through the loop of the runtime, on a robot that is MuJoCo."""

import numpy as np
import pytest

from webfoot.evaluate.simulated_robot import SimulatedRobot, of_policy
from webfoot.robots.table import load_robot
from webfoot.sim.randomize import RandomizeConfig
from webfoot_runtime.hardware import MonotonicClock
from webfoot_runtime.log_file import LogWriter
from webfoot_runtime.log_read import read_log
from webfoot_runtime.modes import Mode
from webfoot_runtime.policy import OnnxPolicy
from webfoot_runtime.robot_loop import RobotLoop
from webfoot_runtime.safety import SafetyLimits

STANDS = 0.8
"""Of its height at the start; one that fell lies below."""


@pytest.fixture(scope="module")
def policy(trained):
    return OnnxPolicy(trained.run.policy_file)


@pytest.fixture(scope="module")
def robot():
    return load_robot("duckling")


def lead(policy, simulated, walk_s=10.0, limits=None):
    return RobotLoop(policy, simulated, limits, clock=simulated).run(walk_s=walk_s)


@pytest.mark.parametrize("preset", ["off", "mild"])
def test_it_walks_for_ten_seconds_and_stays_up(policy, robot, preset):
    simulated = SimulatedRobot(robot, conditions=RandomizeConfig(preset=preset), seed=1)
    height = simulated.root_pos[2]
    loop, heights = RobotLoop(policy, simulated, clock=simulated), []
    write = simulated.write

    def watched(targets):
        write(targets)
        heights.append(simulated.root_pos[2])

    simulated.write = watched
    ended = loop.run(walk_s=10.0)
    assert ended.is_well and ended.walked_steps == 500
    assert ended.timing.missed == 0 and ended.timing.jitter_worst_s < 1e-9
    assert min(heights[: -2 - 1]) > STANDS * height
    assert simulated.root_pos[0] > 0.3  # 1.2 m are asked for, the policy was trained for seconds
    assert simulated.torque.tolist() == [0.0] * robot.nu  # it was let go


def test_the_usual_limits_hold_back_hardly_anything_of_a_walk(policy, robot):
    ended = lead(policy, SimulatedRobot(robot))
    assert sum(ended.clamped_steps.values()) <= 0.01 * ended.walked_steps


def test_what_it_does_through_the_loop_is_what_it_does_alone(policy, robot, trained, tmp_path):
    """Wide limits change nothing: step by step the same joints, to the last digit."""
    wide, through, alone = SafetyLimits(torque_share=1e6, rate_share=1e6), SimulatedRobot(robot), SimulatedRobot(robot)
    with LogWriter(tmp_path / "robot.log", policy.layout, "walk") as log:
        RobotLoop(policy, through, wide, clock=through, log=log).run(walk_s=1.0)
    rows = read_log(tmp_path / "robot.log", policy.layout).rows
    other = OnnxPolicy(trained.run.policy_file)
    for row in range(int(np.flatnonzero(rows["walk_step"] == 49)[0]) + 1):
        sensors = alone.read()
        np.testing.assert_array_equal(rows["joint_pos"][row], sensors.joint_pos)
        sensed = (sensors.gyro, sensors.projected_gravity, sensors.joint_pos, sensors.joint_vel)
        if rows["walk_step"][row] < 0:
            alone.write(rows["sent"][row])
        else:
            alone.write(other.step(*(values[None] for values in sensed), other.layout.command_default[None])[0])


def test_who_is_pushed_over_stands_down_and_is_let_go(policy, robot):
    simulated = SimulatedRobot(robot)
    read, steps = simulated.read, []

    def pushed():
        steps.append(0)
        if len(steps) == 200:
            simulated.push(np.array([0.0, 3.0, 0.0]))
        return read()

    simulated.read = pushed
    ended = lead(policy, simulated)
    assert "the base is tilted by" in ended.reason and not ended.is_well
    assert [change.mode for change in ended.changes][-3:] == [Mode.STANDING_DOWN, Mode.HOLDING, Mode.RELEASED]
    assert not simulated.torque.any()


def test_who_was_let_go_can_be_held_again(robot):
    simulated = SimulatedRobot(robot)
    simulated.write(None)
    assert not simulated.torque.any()
    simulated.write(robot.default_pos)
    assert np.abs(simulated.torque).max() > 0.01


def test_time_passes_with_what_is_written(robot):
    simulated = SimulatedRobot(robot)
    assert simulated.now() == 0.0 == simulated.read().time_s
    simulated.write(robot.default_pos)
    assert simulated.now() == pytest.approx(0.02) == simulated.read().time_s
    simulated.sleep_until(0.1)
    assert simulated.now() == pytest.approx(0.1)


def test_the_robot_of_a_policy_counts_by_the_clock_of_the_machine(policy):
    before = MonotonicClock().now()
    sensors = of_policy(policy).read()
    assert before <= sensors.time_s <= MonotonicClock().now() and sensors.joint_pos.shape == (14,)
