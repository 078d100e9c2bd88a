"""Which part of an observation is not what the contract says, and how: order, sign, scale, unit, offset or delay.

    what was seen ─┐
                   ├─► diagnose ─► findings
    what should be ┘

Pure functions of arrays and a `Layout`, for policies, for logs of robots and for programs that feed a policy.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from webfoot_runtime.edits import Edit, edits
from webfoot_runtime.explain import Cause, Kind, Pair, explain, signed_order
from webfoot_runtime.layout import Layout, TermLayout

TOLERANCE = 1e-4
"""Differences in an observation that come of float32."""
ANSWERED = 1e-4
"""How well an edit has to reproduce the golden answers."""
MOST_FINDINGS = 4
ANSWERS = ("actions", "joint_pos_target")
LARGEST_ANGLE = 0.9
"""Of the length of the phase vector; below, it is no phase."""

Run = Callable[[NDArray[np.float32]], tuple[NDArray[np.float32], NDArray[np.float32]]]


@dataclass(frozen=True)
class Finding:
    """One stretch of an observation, or of an answer, that is wrong."""

    term: str
    """Of the observation; `actions` or `joint_pos_target` of an answer."""
    kind: Kind
    words: str
    """One sentence without its full stop."""
    columns: tuple[int, ...]
    """Of the whole observation or answer."""
    error: float
    """Largest difference, in the numbers that the graph sees."""


@dataclass(frozen=True)
class Answers:
    """Observations and the right answers to them."""

    obs: NDArray[np.float32]
    """(B, n)."""
    actions: NDArray[np.float32]
    """(B, nu)."""
    joint_pos_target: NDArray[np.float32]
    """[rad], (B, nu)."""


@dataclass(frozen=True)
class Suspect:
    """Another way in which a term may have been made by mistake."""

    term: str
    words: str
    """The rest of a sentence that begins with the term's name, e.g. "is made of a quaternion in xyzw"."""
    values: NDArray[np.floating]
    """The term made so, unscaled, (T, width)."""


def diagnose(
    seen: NDArray[np.floating],
    expected: NDArray[np.floating],
    layout: Layout,
    suspects: Iterable[Suspect] = (),
    tolerance: float = TOLERANCE,
) -> tuple[Finding, ...]:
    """What is wrong with what a policy was fed, term by term; empty where nothing is.

    Args:
        seen: observations that the graph was given, control step by control step, (T, n).
        expected: what the contract makes of the same sensors, (T, n); see `webfoot_runtime.expected`.
        layout: of the observation.
        suspects: mistakes to think of beside the usual ones.
        tolerance: differences that do not matter.
    """
    if seen.shape != expected.shape or seen.ndim != 2 or seen.shape[1] != layout.obs_size:
        words = f"observations are {seen.shape}, where {(len(expected), layout.obs_size)} would be right"
        return (Finding("observation", "?", words, (), float("inf")),)
    found = []
    for term in layout.terms:
        place = slice(term.start, term.stop)
        pair = Pair(
            np.asarray(seen[:, place], dtype=float),
            np.asarray(expected[:, place], dtype=float),
            column_names(term, layout),
            tolerance,
        )
        if pair.wrong:
            cause = _cause(pair, term, layout, [s for s in suspects if s.term == term.name])
            found.append(_finding(term.name, term.start, cause, pair))
    return tuple(found)


def diagnose_answers(run: Run, layout: Layout, known: Answers | None = None) -> tuple[Finding, ...]:
    """Why a graph does not answer as it should; empty where it does.

    First the answers are compared as such; where they tell nothing, the observations are edited one by one as if the
    graph wanted its input otherwise, until it answers rightly.

    Args:
        run: the graph.
        layout: of its observation.
        known: right answers; None: the golden vectors.
    """
    known = known or Answers(layout.golden_obs, layout.golden_actions, layout.golden_joint_pos_target)
    found = [
        _answer_finding(name, said, meant, layout)
        for name, said, meant in zip(ANSWERS, run(known.obs), (known.actions, known.joint_pos_target), strict=True)
        if not np.abs(said - meant).max() <= ANSWERED
    ]
    if all(finding.kind != "?" for finding in found):
        return tuple(found)
    fitting = _fitting(run, layout, known)
    return tuple(
        Finding(edit.term, edit.kind, f"the graph wants its input otherwise: {edit.words}", edit.columns, error)
        for edit, error in fitting[:MOST_FINDINGS]
    ) or tuple(found)


def column_names(term: TermLayout, layout: Layout) -> list[str]:
    """What the columns of a term are called, newest value first."""
    width = len(term.initial)
    single = {
        "joint_pos": list(layout.joint_names),
        "joint_vel": list(layout.joint_names),
        "last_action": list(layout.joint_names),
        "phase": ["cos", "sin"],
    }.get(term.name, ["x", "y", "z"] if width == 3 else [str(i) for i in range(width)])
    return [name if age == 0 else f"{name} {age} before" for age in range(term.history) for name in single]


def _cause(pair: Pair, term: TermLayout, layout: Layout, suspects: Sequence[Suspect]) -> Cause:
    for suspect in suspects:
        if pair.explains(np.tile(suspect.values * term.scale, (1, term.history))):
            return Cause("misread", suspect.words, pair.wrong)
    if term.name == "phase" and np.isfinite(pair.seen).all():
        found = _phase_cause(pair, layout)
        if found is not None:
            return found
    if term.history > 1:
        found = _history_cause(pair, term)
        if found is not None:
            return found
    return explain(pair, _offsets(term, layout), in_time=True)


def _offsets(term: TermLayout, layout: Layout) -> dict[str, NDArray[np.float64]]:
    if term.name != "joint_pos":
        return {}
    default = np.tile(layout.default_pos * term.scale, term.history)
    return {
        "is absolute: joints.default_pos was not subtracted": default,
        "is wrong by joints.default_pos, which was subtracted twice": -default,
    }


def _phase_cause(pair: Pair, layout: Layout) -> Cause | None:
    """A clock that is late, or runs at another speed."""
    one, other = (values[:, 0] + 1j * values[:, 1] for values in (pair.seen, pair.expected))
    if min(np.abs(one).min(), np.abs(other).min()) < LARGEST_ANGLE or layout.phase_period_s is None:
        return None
    ahead = np.unwrap(np.angle(one * other.conj())) / (2 * np.pi)  # cycles
    step = layout.control_dt / layout.phase_period_s
    if np.ptp(ahead) < 1e-3:
        mean = float(ahead.mean())
        late = f"{abs(mean) / step:.3g} control steps {'early' if mean > 0 else 'late'}"
        return Cause("delay", f"is {abs(mean):.3g} of a cycle off, that is {late}", pair.wrong)
    exchanged = signed_order(pair)
    if exchanged is not None:
        return exchanged
    time = np.arange(len(ahead))
    rate, start = np.polyfit(time, ahead, 1)
    if np.abs(ahead - rate * time - start).max() < 1e-3 and abs(rate + step) > 1e-6:
        period = layout.control_dt / (step + rate)
        return Cause("scale", f"runs with a period of {period:.4g} s instead of {layout.phase_period_s:.4g} s", (0, 1))
    return None


def _history_cause(pair: Pair, term: TermLayout) -> Cause | None:
    """The remembered values in another order, or one step off."""
    expected = pair.expected.reshape(len(pair.expected), term.history, -1)
    if pair.explains(expected[:, ::-1].reshape(pair.expected.shape)):
        return Cause("history", "has its history oldest first instead of newest first", pair.wrong)
    if pair.explains(expected.transpose(0, 2, 1).reshape(pair.expected.shape)):
        return Cause("history", "has its history joint by joint instead of step by step", pair.wrong)
    seen = pair.seen.reshape(expected.shape)
    late = Pair(seen[1:].reshape(len(seen) - 1, -1), pair.expected[:-1], pair.names, pair.tolerance)
    if not late.wrong:
        return Cause("history", "has its history off by one: the newest value is missing", pair.wrong)
    rolled = np.roll(expected, 1, axis=1).reshape(pair.expected.shape)
    if pair.explains(rolled):
        return Cause("history", "has its history off by one: the newest value stands in the second place", pair.wrong)
    if pair.explains(np.roll(expected, -1, axis=1).reshape(pair.expected.shape)):
        return Cause("history", "has its history off by one: the newest value stands in the last place", pair.wrong)
    return None


def _finding(name: str, start: int, cause: Cause, pair: Pair) -> Finding:
    error = float(np.abs(pair.seen - pair.expected).max())
    columns = tuple(start + column for column in cause.columns)
    return Finding(name, cause.kind, f"{name} {cause.words}", columns, error)


def _answer_finding(name: str, said: NDArray, meant: NDArray, layout: Layout) -> Finding:
    pair = Pair(said.astype(float), meant.astype(float), layout.joint_names, ANSWERED)
    return _finding(name, 0, explain(pair, {}, in_time=False), pair)


def _fitting(run: Run, layout: Layout, known: Answers) -> list[tuple[Edit, float]]:
    """Edits of the observations with which the graph answers rightly, the best first, and their errors."""
    tried, count = edits(layout), len(known.obs)
    rows = np.concatenate([edit.apply(known.obs) for edit in tried]).astype(np.float32)
    errors = np.zeros(len(tried))
    for said, meant in zip(run(rows), (known.actions, known.joint_pos_target), strict=True):
        off = np.abs(said.reshape(len(tried), count, -1) - meant)
        errors = np.maximum(errors, off.max(axis=(1, 2)))
    best = [i for i in np.argsort(errors, kind="stable") if errors[i] <= ANSWERED]
    return [(tried[i], float(errors[i])) for i in best]
