"""`Layout`: what assembling an observation needs from a contract, checked without pydantic."""

import json
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from webfoot_runtime.errors import PolicyError
from webfoot_runtime.terms import KNOWN_TERMS, term_width

SCHEMA = "webfoot-contract/1"
MAX_CONTRACT_BYTES = 8 * 2**20


class _WrongError(Exception):
    """A place in the contract, and what would be right there."""


@dataclass(frozen=True)
class TermLayout:
    """One stretch of the observation."""

    name: str
    start: int
    stop: int
    scale: float
    history: int
    initial: NDArray[np.float64]
    """One value, unscaled, (width,)."""


@dataclass(frozen=True)
class Layout:
    """Sizes, limits and terms of one policy; joints in the order of `joint_names`."""

    joint_names: tuple[str, ...]
    default_pos: NDArray[np.float64]
    """[rad], (nu,)."""
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    kp: NDArray[np.float64]
    """Stiffness that the servos are to have [Nm/rad], (nu,)."""
    kd: NDArray[np.float64]
    """Their damping [Nm s/rad], (nu,)."""
    torque_limit: NDArray[np.float64]
    """[Nm], (nu,)."""
    velocity_limit: NDArray[np.float64]
    """[rad/s], (nu,)."""
    command_lower: NDArray[np.float64]
    command_upper: NDArray[np.float64]
    command_default: NDArray[np.float64]
    command_rate: NDArray[np.float64] | None
    """Most that the command which is followed changes in a second; None: at once."""
    control_dt: float
    """[s]."""
    settle_s: float
    """Time for which the standing pose is held before the first step [s]."""
    phase_period_s: float | None
    phase_initial: float
    obs_size: int
    terms: tuple[TermLayout, ...]
    golden_obs: NDArray[np.float32]
    """(G, n)."""
    golden_actions: NDArray[np.float32]
    golden_joint_pos_target: NDArray[np.float32]

    @property
    def nu(self) -> int:
        """Number of actuated joints."""
        return len(self.joint_names)

    @property
    def command_size(self) -> int:
        """Numbers in a command."""
        return len(self.command_lower)


def _at(tree: Any, place: str) -> Any:
    for key in place.split("."):
        if not isinstance(tree, dict) or key not in tree:
            raise _WrongError(f"{place} is missing")
        tree = tree[key]
    return tree


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e30


def _number(tree: Any, place: str, above: float = -math.inf) -> float:
    value = _at(tree, place)
    if not _is_number(value) or value <= above:
        bound = "" if above == -math.inf else f" above {above:g}"
        raise _WrongError(f"{place} must be a finite number{bound}")
    return float(value)


def _count(tree: Any, place: str, least: int) -> int:
    value = _at(tree, place)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= 1_000_000:
        raise _WrongError(f"{place} must be a whole number of at least {least}")
    return value


def _vector(tree: Any, place: str, length: int) -> NDArray[np.float64]:
    values = _at(tree, place)
    if not isinstance(values, list) or len(values) != length or not all(map(_is_number, values)):
        raise _WrongError(f"{place} must be a list of {length} finite numbers")
    return np.array(values, dtype=np.float64)


def _names(tree: Any, place: str) -> tuple[str, ...]:
    values = _at(tree, place)
    if not isinstance(values, list) or not values or not all(isinstance(n, str) and n.isprintable() for n in values):
        raise _WrongError(f"{place} must be a list of names")
    return tuple(values)


def _term(tree: Any, place: str, nu: int, command_size: int) -> TermLayout:
    name, history = _at(tree, "name"), _count(tree, "history", 1)
    width = term_width(name, nu, command_size) if isinstance(name, str) else None
    if width is None:
        shown = str(name)[:60]
        raise _WrongError(
            f"{place} is {shown!r}, which this runtime cannot measure (it knows {', '.join(KNOWN_TERMS)})"
        )
    start, stop = _count(tree, "start", 0), _count(tree, "stop", 1)
    if stop - start != width * history:
        raise _WrongError(f"{place} ('{name}') spans {stop - start} numbers, where {history} x {width} would be right")
    return TermLayout(name, start, stop, _number(tree, "scale"), history, _vector(tree, "initial", width))


def _terms(tree: Any, nu: int, command_size: int, obs_size: int) -> tuple[TermLayout, ...]:
    entries = _at(tree, "observation.terms")
    if not isinstance(entries, list):
        raise _WrongError("observation.terms must be a list")
    terms = tuple(_term(entry, f"observation.terms.{i}", nu, command_size) for i, entry in enumerate(entries))
    ends = [0, *(term.stop for term in terms)]
    if [term.start for term in terms] != ends[:-1] or ends[-1] != obs_size:
        raise _WrongError(f"observation.terms must cover 0..{obs_size} in order, without gap or overlap")
    return terms


def _golden(tree: Any, key: str, length: int) -> NDArray[np.float32]:
    entries = _at(tree, "golden")
    if not isinstance(entries, list) or not entries:
        raise _WrongError("golden must be a list of observations with their answers")
    return np.array([_vector(entry, key, length) for entry in entries], dtype=np.float32)


def _layout(tree: Any) -> Layout:
    joint_names = _names(tree, "joints.names")
    nu, command_size = len(joint_names), len(_names(tree, "command.names"))
    obs_size = _count(tree, "observation.size", 1)
    terms = _terms(tree, nu, command_size, obs_size)
    has_phase = _at(tree, "phase") is not None
    velocity_limit = _vector(tree, "joints.velocity_limit", nu)
    if velocity_limit.min() <= 0:
        raise _WrongError("joints.velocity_limit must be above 0")
    if any(term.name == "phase" for term in terms) and not has_phase:
        raise _WrongError("phase is null, but the observation holds the phase")
    return Layout(
        joint_names=joint_names,
        default_pos=_vector(tree, "joints.default_pos", nu),
        lower=_vector(tree, "joints.lower", nu),
        upper=_vector(tree, "joints.upper", nu),
        kp=_vector(tree, "joints.kp", nu),
        kd=_vector(tree, "joints.kd", nu),
        torque_limit=_vector(tree, "joints.torque_limit", nu),
        velocity_limit=velocity_limit,
        command_lower=_vector(tree, "command.lower", command_size),
        command_upper=_vector(tree, "command.upper", command_size),
        command_default=_vector(tree, "command.default", command_size),
        command_rate=_vector(tree, "command.rate", command_size) if tree["command"].get("rate") is not None else None,
        control_dt=_number(tree, "control.control_dt", above=0),
        settle_s=_number(tree, "reset.settle_s"),
        phase_period_s=_number(tree, "phase.period_s", above=0) if has_phase else None,
        phase_initial=_number(tree, "phase.initial") if has_phase else 0.0,
        obs_size=obs_size,
        terms=terms,
        golden_obs=_golden(tree, "obs", obs_size),
        golden_actions=_golden(tree, "actions", nu),
        golden_joint_pos_target=_golden(tree, "joint_pos_target", nu),
    )


def parse_layout(text: str, where: str) -> tuple[dict[str, Any], Layout]:
    """The contract as a dictionary, and the layout in it.

    Args:
        text: JSON text of the contract.
        where: what messages name as its place, e.g. the file's name.

    Raises:
        PolicyError: the text is no contract of this schema, or contradicts itself.
    """
    if len(text) > MAX_CONTRACT_BYTES:
        raise PolicyError(f"{where}: the webfoot_contract has {len(text)} characters, more than {MAX_CONTRACT_BYTES}")
    try:
        tree = json.loads(text)
    except (ValueError, RecursionError):
        raise PolicyError(f"{where}: the webfoot_contract is not valid JSON; export the policy again") from None
    try:
        schema = _at(tree, "schema")
        if schema != SCHEMA:
            raise _WrongError(f"schema is {str(schema)[:60]!r}, but only '{SCHEMA}' is understood")
        return tree, _layout(tree)
    except _WrongError as wrong:
        raise PolicyError(f"{where}: webfoot_contract: {wrong}") from None
