"""The metadata that mjlab's and BeyondMimic's loaders read, so that they run our policies too."""

from collections.abc import Iterable, Mapping

from webfoot.errors import PolicyError
from webfoot.export.contract import Contract, parse_contract
from webfoot.export.measured import Check, at_most

NOT_KEPT = ("run_path",)
"""Keys that users may change at will."""


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


def metadata_disagreement(text: str, metadata: Mapping[str, str]) -> Check:
    """In how many of mjlab's keys the file says something else than in its contract.

    The contract was written with them; whoever changes one has to change the other, or robots will differ by the
    program that reads them. A file without these keys says nothing else.

    Args:
        text: the contract as JSON.
        metadata: everything that stands beside the graph.
    """
    try:
        expected = mjlab_metadata(parse_contract(text, "policy"))
    except PolicyError:  # a check of its own tells
        return at_most("metadata_disagreement", float("nan"), 0, detail="the contract cannot be read")
    wrong = [
        f"{key} is {_first_difference(metadata[key], value)}"
        for key, value in expected.items()
        if key not in NOT_KEPT and key in metadata and metadata[key] != value
    ]
    return at_most("metadata_disagreement", len(wrong), 0, detail="; ".join(wrong)[:300])


def _first_difference(said: str, expected: str) -> str:
    """The first entry that differs, e.g. "'13.37' at place 4, in the contract '26.74'"."""
    ours, theirs = said.split(","), expected.split(",")
    if len(ours) != len(theirs):
        return f"{len(ours)} entries long, in the contract {len(theirs)}"
    place = next(i for i, (one, other) in enumerate(zip(ours, theirs, strict=True)) if one != other)
    return f"'{ours[place][:40]}' at place {place}, in the contract '{theirs[place][:40]}'"
