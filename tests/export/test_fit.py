import json
from dataclasses import replace

import numpy as np
import pytest

from tiny_policy import contract_dict
from webfoot.export.contract import Contract
from webfoot.export.fit import fit_checks, joint_order, phase_period, robot_disagreement
from webfoot.robots.table import load_robot


@pytest.fixture(scope="module")
def robot():
    return load_robot("duckling")


@pytest.fixture
def contract(robot):
    """Of the duckling, with sizes and all else of the tiny one."""
    fields = ("default_pos", "lower", "upper", "kp", "kd", "torque_limit", "velocity_limit")
    joints = {"names": list(robot.joint_names), **{name: getattr(robot, name).tolist() for name in fields}}
    tiny = Contract.model_validate(contract_dict())
    part = tiny.joints.model_validate(joints)
    body = tiny.robot.model_copy(update={"base_body": robot.base_body, "mass_kg": robot.mass_kg})
    return tiny.model_copy(update={"joints": part, "robot": body})


def test_its_own_robot_fits(contract, robot):
    assert robot_disagreement(contract, robot).value == 0


def test_a_heavier_robot_with_other_servos_does_not(contract, robot):
    other = replace(robot, mass_kg=3.0, kp=robot.kp * 1.1, base_body="trunk")
    check = robot_disagreement(contract, other)
    assert check.value == robot.nu + 2 and not check.passed
    assert check.detail.startswith("kp of 'left_hip_yaw' is 13.37, the robot's 14.707; kp of 'left_hip_roll'")
    assert check.detail.endswith(f"; {robot.nu - 1} more")


def test_joints_of_another_order_are_named_once(robot):
    names = list(robot.joint_names)
    names[0], names[1] = names[1], names[0]
    assert joint_order(names, robot) == [
        "joints.names has 'left_hip_roll' in the place of 'left_hip_yaw'",
        "joints.names has 'left_hip_yaw' in the place of 'left_hip_roll'",
    ]
    assert joint_order(["hip", "knee"], robot) == ["joints.names are other joints than the robot's"]


def test_the_clock_is_that_of_the_motion(contract):
    assert phase_period(contract, 0.05).passed
    check = phase_period(contract, 0.5)
    assert (
        check.value == pytest.approx(0.45)
        and "phase.period_s is 0.05 s, the motion's cycle takes 0.5 s" in check.detail
    )
    assert phase_period(contract.model_copy(update={"phase": None}), 0.5).passed


def test_a_contract_that_cannot_be_read_fits_nothing(robot):
    checks = fit_checks(json.dumps({}), robot, 0.5)
    assert [check.name for check in checks] == ["robot_disagreement", "phase_period"]
    assert all(np.isnan(check.value) and not check.passed for check in checks)
