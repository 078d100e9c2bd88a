"""What a policy answers, held against itself, against ONNX's own arithmetic and against its contract."""

import numpy as np
import onnx
import onnx.reference
from numpy.typing import NDArray

from webfoot.errors import PolicyError
from webfoot.export.contract import Contract, parse_contract
from webfoot.export.extremes import extremes, huge
from webfoot.export.measured import Check, at_most
from webfoot_runtime.layout import Layout
from webfoot_runtime.policy import GOLDEN_TOLERANCE, OnnxPolicy

BATCH_SIZE = 64
LIMIT_SLACK = 1e-6
"""Targets are float32, limits are not [rad]."""
MAP_TOLERANCE = 1e-5
"""How far a target may be from what the contract makes of the action [rad]."""
LEAST_SWING = 1e-3
"""Actions that differ by less tell nothing of their scale."""


def answer_checks(policy: OnnxPolicy, model: onnx.ModelProto) -> list[Check]:
    """Every check of what the graph answers.

    Args:
        policy: to be asked.
        model: the same file, for ONNX's own arithmetic.
    """
    contract = _contract(policy)
    usual = probe_observations(policy)
    edge = usual if contract is None else np.concatenate([usual, extremes(contract)])
    wide = np.concatenate([edge, 10 * usual, *([] if contract is None else [huge(contract)])])
    return [
        determinism(policy, wide),
        batch_agreement(policy, edge),
        reference_agreement(policy, model, edge),
        nonfinite_answers(policy, wide),
        targets_outside_limits(policy, wide),
        action_map(policy, contract),
    ]


def probe_observations(policy: OnnxPolicy) -> NDArray[np.float32]:
    """The golden observations, which were recorded, and random variations of them, (BATCH_SIZE, n)."""
    golden = policy.layout.golden_obs
    rows = golden[np.arange(BATCH_SIZE) % len(golden)]
    noise = np.random.default_rng(0).normal(scale=0.1, size=rows.shape)
    noise[: len(golden)] = 0.0
    return (rows + noise).astype(np.float32)


def determinism(policy: OnnxPolicy, obs: NDArray[np.float32]) -> Check:
    """Largest difference between two answers to the same observations."""
    return at_most("determinism", _difference(policy.run(obs), policy.run(obs)), 0)


def batch_agreement(policy: OnnxPolicy, obs: NDArray[np.float32]) -> Check:
    """Largest difference between robots run together and the same run one by one."""
    together, single = policy.run(obs), [policy.run(obs[i : i + 1]) for i in range(len(obs))]
    apart = tuple(np.concatenate([answers[k] for answers in single]) for k in range(2))
    return at_most("batch_agreement", _difference(together, apart), GOLDEN_TOLERANCE)


def reference_agreement(policy: OnnxPolicy, model: onnx.ModelProto, obs: NDArray[np.float32]) -> Check:
    """Largest difference between onnxruntime and the reference implementation of ONNX, which is numpy."""
    name = "reference_agreement"
    try:
        with np.errstate(all="ignore"):
            actions, target = onnx.reference.ReferenceEvaluator(model).run(
                ["actions", "joint_pos_target"], {"obs": obs}
            )
    except (RuntimeError, ValueError, TypeError, IndexError, KeyError, NotImplementedError, AttributeError) as error:
        # what ONNX's interpreter raises on graphs that it cannot run: no agreement, and the check fails with the reason
        return at_most(name, float("nan"), GOLDEN_TOLERANCE, detail=" ".join(str(error).split())[:200])
    return at_most(name, _difference(policy.run(obs), (np.asarray(actions), np.asarray(target))), GOLDEN_TOLERANCE)


def nonfinite_answers(policy: OnnxPolicy, obs: NDArray[np.float32]) -> Check:
    """Observations, of sensors that are broken too, to which the graph answers NaN or infinity."""
    finite = [np.isfinite(answer).all(axis=1) for answer in policy.run(obs)]
    return at_most("nonfinite_answers", int((~(finite[0] & finite[1])).sum()), 0)


def targets_outside_limits(policy: OnnxPolicy, obs: NDArray[np.float32]) -> Check:
    """How far a target leaves the joint limits, whatever is observed."""
    _, target = policy.run(obs)
    beyond = np.maximum(policy.layout.lower - target, target - policy.layout.upper).max()
    return at_most("targets_outside_limits", max(0.0, float(beyond)), LIMIT_SLACK, "rad")


def action_map(policy: OnnxPolicy, contract: Contract | None) -> Check:
    """How far targets are from what the contract makes of the actions.

        target - scale * action = default_pos, or the same for all observations with one phase and command

    Targets at a joint's limit are left out.
    """
    if contract is None:
        return at_most("action_map", float("nan"), MAP_TOLERANCE, "rad", "the contract cannot be read")
    obs = _with_one_phase(policy)
    actions, target = policy.run(obs)
    free = (target > policy.layout.lower + LIMIT_SLACK) & (target < policy.layout.upper - LIMIT_SLACK)
    worst, detail = 0.0, ""
    for joint, name in enumerate(contract.joints.names):
        action, said = actions[free[:, joint], joint].astype(float), target[free[:, joint], joint].astype(float)
        if len(action) < 2:
            continue
        rest = said - contract.action.scale[joint] * action
        expected = contract.joints.default_pos[joint] if contract.action.base == "default" else rest.mean()
        error = float(np.abs(rest - expected).max())
        if not error <= max(worst, MAP_TOLERANCE):
            worst, detail = error, _map_words(name, action, said, contract.action.scale[joint])
        worst = max(worst, error)
    return at_most("action_map", worst, MAP_TOLERANCE, "rad", detail)


def _map_words(joint: str, action: NDArray[np.float64], target: NDArray[np.float64], scale: float) -> str:
    if np.ptp(action) < LEAST_SWING:
        return f"joint '{joint}': the target at rest is not the contract's default_pos"
    slope, rest = np.polyfit(action, target, 1)
    if np.abs(target - slope * action - rest).max() > 10 * MAP_TOLERANCE:
        return f"joint '{joint}': its target does not follow its own action; joints may be in another order"
    if abs(slope - scale) > 1e-3 * abs(scale):
        return f"joint '{joint}': the graph scales its action by {slope:.4g}, the contract says {scale:.4g}"
    return f"joint '{joint}': the graph adds its action to {rest:.4g} rad, which is not the contract's default_pos"


def _with_one_phase(policy: OnnxPolicy) -> NDArray[np.float32]:
    """Probes that all have the phase and the command of the first golden observation."""
    layout: Layout = policy.layout
    obs = probe_observations(policy)
    for term in layout.terms:
        if term.name in ("phase", "command"):
            obs[:, term.start : term.stop] = layout.golden_obs[0, term.start : term.stop]
    return obs


def _contract(policy: OnnxPolicy) -> Contract | None:
    try:
        return parse_contract(policy.contract_text, "policy")
    except PolicyError:  # `contract_problems` tells
        return None


def _difference(
    one: tuple[NDArray[np.float32], ...], other: tuple[NDArray[np.float32], ...]
) -> float:  # NaN stays NaN and fails
    return max(float(np.abs(a - b).max()) for a, b in zip(one, other, strict=True))
