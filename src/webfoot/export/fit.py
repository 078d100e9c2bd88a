"""Whether a contract fits the robot, the motion and the recordings that it is said to belong to."""

from collections.abc import Sequence

import numpy as np

from webfoot.errors import PolicyError
from webfoot.export.contract import Contract, parse_contract
from webfoot.export.measured import Check, at_most
from webfoot.robots.spec import Robot

SAME = 1e-6
"""Numbers that differ by less, as a share of the larger one, are the same."""
MOST_NAMED = 3


def fit_checks(text: str, robot: Robot, period_s: float) -> list[Check]:
    """Whether a contract fits a robot and the cycle of a reference motion [s].

    Args:
        text: the contract as JSON.
        robot: that the policy is for.
        period_s: duration of the reference's cycle [s].
    """
    try:
        contract = parse_contract(text, "policy")
    except PolicyError:  # `contract_problems` tells
        words = "the contract cannot be read"
        return [at_most(name, float("nan"), 0, detail=words) for name in ("robot_disagreement", "phase_period")]
    return [robot_disagreement(contract, robot), phase_period(contract, period_s)]


def robot_disagreement(contract: Contract, robot: Robot) -> Check:
    """In how many values the contract and the robot's model differ: joints, poses, limits, servos, mass."""
    wrong = joint_order(contract.joints.names, robot)
    if not wrong:
        wrong = _joint_values(contract, robot)
    if contract.robot.base_body != robot.base_body:
        wrong.append(f"base_body is '{contract.robot.base_body}', the robot's is '{robot.base_body}'")
    if _differ(contract.robot.mass_kg, robot.mass_kg):
        wrong.append(f"mass_kg is {contract.robot.mass_kg:.5g}, the robot's {robot.mass_kg:.5g}")
    more = [f"{len(wrong) - MOST_NAMED} more"] if len(wrong) > MOST_NAMED else []
    return at_most("robot_disagreement", len(wrong), 0, "values", "; ".join([*wrong[:MOST_NAMED], *more]))


def joint_order(names: Sequence[str], robot: Robot) -> list[str]:
    """What is wrong with the order of a contract's joints, one sentence part each; empty where nothing is."""
    if set(names) != set(robot.joint_names) or len(names) != robot.nu:
        return ["joints.names are other joints than the robot's"]
    moved = [(one, other) for one, other in zip(names, robot.joint_names, strict=True) if one != other]
    return [f"joints.names has '{one}' in the place of '{other}'" for one, other in moved]


def phase_period(contract: Contract, period_s: float) -> Check:
    """How far the contract's gait clock is off the reference's cycle [s]; 0 without a clock."""
    own = contract.phase.period_s if contract.phase is not None else period_s
    words = f"the contract's phase.period_s is {own:.5g} s, the motion's cycle takes {period_s:.5g} s"
    error = abs(own - period_s)
    return at_most("phase_period", error, SAME * period_s, "s", "" if error <= SAME * period_s else words)


def _joint_values(contract: Contract, robot: Robot) -> list[str]:
    joints, wrong = contract.joints, []
    for name in ("default_pos", "lower", "upper", "kp", "kd", "torque_limit", "velocity_limit"):
        said, true = np.array(getattr(joints, name)), getattr(robot, name)
        wrong += [
            f"{name} of '{joint}' is {one:.5g}, the robot's {other:.5g}"
            for joint, one, other in zip(joints.names, said, true, strict=True)
            if _differ(one, other)
        ]
    return wrong


def _differ(one: float, other: float) -> bool:
    return bool(abs(one - other) > SAME * max(abs(one), abs(other), SAME))
