"""Profile of unitree_rl_lab's controller: `exported/policy.onnx` and `params/deploy.yaml`.

    processed action = clip(offset + scale * action, joint limits)

Its gait clock moves before it is read, once when the controller starts and once a step: two steps ahead of ours.
Source: unitree_rl_lab, `utils/export_deploy_cfg.py`, `deploy/include/isaaclab/envs/mdp` (observations, actions).
"""

from typing import Any

import yaml

from webfoot.errors import PolicyError
from webfoot.export.contract import Contract, Term
from webfoot.export.profiles.adapt import adapt
from webfoot.export.profiles.convention import Clock
from webfoot.export.profiles.managed import managed_convention

NAMES = {
    "gyro": "base_ang_vel",
    "projected_gravity": "projected_gravity",
    "joint_pos": "joint_pos_rel",
    "joint_vel": "joint_vel_rel",
    "last_action": "last_action",
    "command": "velocity_commands",
    "phase": "gait_phase",
}
CLOCK_STEPS_AHEAD = 2


def files(data: bytes, contract: Contract, metadata: dict[str, str]) -> dict[str, bytes]:
    """The files of the profile, by their names.

    Raises:
        PolicyError: a policy that remembers several phases, or commands other than vx, vy, wz.
    """
    if contract.command.names != ("vx", "vy", "wz"):
        raise PolicyError(f"profile 'unitree': commands are vx, vy, wz there, not {', '.join(contract.command.names)}")
    share = contract.control.control_dt / contract.phase.period_s if contract.phase else 0.0
    clock = Clock(ahead=CLOCK_STEPS_AHEAD * share - (contract.phase.initial if contract.phase else 0.0))
    convention = managed_convention(contract, clips=True, clock=clock, sine_first=True)
    text = yaml.safe_dump(deploy_config(contract), default_flow_style=None, sort_keys=False, width=110)
    return {
        "exported/policy.onnx": adapt(data, contract, convention, metadata),
        "params/deploy.yaml": text.encode(),
    }


def deploy_config(contract: Contract) -> dict[str, Any]:
    """What `deploy.yaml` says: joints in the order of the contract, which is taken as that of the motors."""
    joints, command, nu = contract.joints, contract.command, len(contract.joints.names)
    ranges = dict(
        zip(("lin_vel_x", "lin_vel_y", "ang_vel_z"), zip(command.lower, command.upper, strict=True), strict=True)
    )
    return {
        "joint_ids_map": list(range(nu)),
        "step_dt": contract.control.control_dt,
        "stiffness": list(joints.kp),
        "damping": list(joints.kd),
        "default_joint_pos": list(joints.default_pos),
        "commands": {"base_velocity": {"ranges": {name: list(bounds) for name, bounds in ranges.items()}}},
        "actions": {
            "JointPositionAction": {
                "clip": [list(bounds) for bounds in zip(joints.lower, joints.upper, strict=True)],
                "joint_names": list(joints.names),
                "scale": list(contract.action.scale),
                "offset": list(joints.default_pos),
                "joint_ids": None,
            }
        },
        "observations": {NAMES[term.name]: _observation(term, contract) for term in contract.observation.terms},
    }


def _observation(term: Term, contract: Contract) -> dict[str, Any]:
    params: dict[str, Any] = {}
    if term.name == "phase" and contract.phase is not None:
        params = {"period": contract.phase.period_s}
    if term.name == "command":
        params = {"command_name": "base_velocity"}
    return {"params": params, "clip": None, "scale": [term.scale] * len(term.initial), "history_length": term.history}
