"""The metadata that mjlab's and BeyondMimic's loaders read, so that they run our policies too."""

from collections.abc import Iterable

from webfoot.export.contract import Contract


def _csv(values: Iterable[float | str]) -> str:
    return ",".join(value if isinstance(value, str) else repr(value) for value in values)


def mjlab_metadata(contract: Contract) -> dict[str, str]:
    """All keys that mjlab's loaders read, lists as comma-separated text.

    mjlab rounds its numbers to three decimals; these keep full precision. A history of one is mjlab's 0 ("none"),
    a flag is 1.0 or 0.0, and no observation is clipped (`-inf;inf`).

    Source: FORMATS section 4, mjlab 1.6 `rl/exporter_utils.py`.
    """
    joints, terms = contract.joints, contract.observation.terms
    return {
        "run_path": contract.name,
        "joint_names": _csv(joints.names),
        "joint_stiffness": _csv(joints.kp),
        "joint_damping": _csv(joints.kd),
        "default_joint_pos": _csv(joints.default_pos),
        "command_names": _csv(contract.command.names),
        "observation_names": _csv(term.name for term in terms),
        "observation_terms_scale": _csv(term.scale for term in terms),
        "observation_terms_flatten_history_dim": _csv(1.0 for _ in terms),
        "observation_terms_history_length": _csv(float(term.history if term.history > 1 else 0) for term in terms),
        "observation_terms_clip": _csv("-inf;inf" for _ in terms),
        "action_scale": _csv(contract.action.scale),
        "anchor_body_name": contract.robot.base_body,
        "body_names": contract.robot.base_body,
    }
