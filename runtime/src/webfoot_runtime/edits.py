"""`edits`: single mistakes that are made in feeding a policy, as functions of its observations. Needs numpy alone."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from webfoot_runtime.explain import UNITS, Kind
from webfoot_runtime.layout import Layout, TermLayout

FACTORS = (0.5, 2.0, 0.1, 10.0, 0.25, 4.0, 0.05, 20.0)
"""Scales that observations are commonly given."""
LATEST = 5
"""Control steps that a clock is tried late or early."""

Obs = NDArray[np.floating]


@dataclass(frozen=True)
class Edit:
    """One mistake."""

    term: str
    kind: Kind
    words: str
    columns: tuple[int, ...]
    """Of the observation."""
    apply: Callable[[Obs], Obs]
    """Makes it, on a copy; (B, n) to (B, n)."""


def edits(layout: Layout) -> list[Edit]:
    """Every mistake that is thought of, the simplest first."""
    found = [edit for term in layout.terms for edit in _edits_of(term, layout)]
    return [*found, *_exchanged_terms(layout)]


def _edits_of(term: TermLayout, layout: Layout) -> Iterator[Edit]:
    yield from _orders(term, layout)
    yield from _signs(term, layout)
    yield from _factors(term)
    if term.history > 1:
        yield from _histories(term)
    if term.name == "joint_pos":
        default = layout.default_pos * term.scale
        yield _shift(term, default, "joint_pos absolute, joints.default_pos not subtracted")
        yield _shift(term, -default, "joint_pos less joints.default_pos twice")
    if term.name == "phase" and layout.phase_period_s is not None:
        yield from _clocks(term, layout.control_dt / layout.phase_period_s)


def _orders(term: TermLayout, layout: Layout) -> Iterator[Edit]:
    width = len(term.initial)
    names = _names(term, layout)
    for i, j in itertools.combinations(range(width), 2):
        order = np.arange(width)
        order[[i, j]] = j, i
        yield _permuted(term, order, f"'{names[i]}' and '{names[j]}' of {term.name} exchanged")
    if width == 3:
        for turn in (1, 2):
            order = np.roll(np.arange(3), turn)
            yield _permuted(term, order, f"{term.name} in the order {', '.join('xyz'[k] for k in order)}")


def _signs(term: TermLayout, layout: Layout) -> Iterator[Edit]:
    width, names = len(term.initial), _names(term, layout)
    for i in range(width):
        sign = np.ones(width)
        sign[i] = -1.0
        yield _scaled(term, sign, "sign", f"'{names[i]}' of {term.name} with the opposite sign")
    if width > 1:
        yield _scaled(term, -np.ones(width), "sign", f"{term.name} with the opposite sign")


def _factors(term: TermLayout) -> Iterator[Edit]:
    ones = np.ones(len(term.initial))
    for factor in (*FACTORS, term.scale, 1 / term.scale if term.scale else 1.0):
        if factor != 1.0:
            yield _scaled(term, factor * ones, "scale", f"{term.name} {factor:g} times as large")
    for words, factor in UNITS.items():
        yield _scaled(term, factor * ones, "unit", f"{term.name} in {words}")


def _histories(term: TermLayout) -> Iterator[Edit]:
    for words, move in (
        ("newest value in the last place: history off by one", lambda slots: np.roll(slots, -1, axis=1)),
        ("newest value in the second place: history off by one", lambda slots: np.roll(slots, 1, axis=1)),
        ("history oldest first", lambda slots: slots[:, ::-1]),
        (
            "newest value missing: history off by one",
            lambda slots: np.concatenate([slots[:, 1:], slots[:, -1:]], axis=1),
        ),
    ):
        yield _edit(term, "history", f"{term.name} with its {words}", move)


def _clocks(term: TermLayout, step: float) -> Iterator[Edit]:
    for k in itertools.chain(range(1, LATEST + 1), range(-1, -LATEST - 1, -1)):
        cos, sin = np.cos(2 * np.pi * k * step), np.sin(2 * np.pi * k * step)
        turn = np.array([[cos, -sin], [sin, cos]])
        amount = f"{abs(k)} control step{'s' if abs(k) > 1 else ''} {'early' if k > 0 else 'late'}"
        yield _edit(term, "delay", f"the phase {amount}", lambda slots, turn=turn: slots @ turn.T)


def _exchanged_terms(layout: Layout) -> Iterator[Edit]:
    for one, other in itertools.combinations(layout.terms, 2):
        if one.stop - one.start == other.stop - other.start:
            order = np.arange(layout.obs_size)
            order[one.start : one.stop] = np.arange(other.start, other.stop)
            order[other.start : other.stop] = np.arange(one.start, one.stop)
            columns = (*range(one.start, one.stop), *range(other.start, other.stop))
            words = f"{one.name} and {other.name} exchanged"
            yield Edit(one.name, "order", words, columns, lambda obs, order=order: obs[:, order])


def _names(term: TermLayout, layout: Layout) -> list[str]:
    width = len(term.initial)
    if term.name in ("joint_pos", "joint_vel", "last_action"):
        return list(layout.joint_names)
    return ["x", "y", "z"] if width == 3 else [str(i) for i in range(width)]


def _permuted(term: TermLayout, order: NDArray[np.int64], words: str) -> Edit:
    moved = np.flatnonzero(order != np.arange(len(order)))
    return _edit(term, "order", words, lambda slots: slots[..., order], moved)


def _scaled(term: TermLayout, factor: NDArray[np.float64], kind: Kind, words: str) -> Edit:
    return _edit(term, kind, words, lambda slots: slots * factor, np.flatnonzero(factor != 1.0))


def _shift(term: TermLayout, offset: NDArray[np.float64], words: str) -> Edit:
    return _edit(term, "offset", words, lambda slots: slots + offset)


def _edit(
    term: TermLayout,
    kind: Kind,
    words: str,
    change: Callable[[Obs], Obs],
    within: NDArray[np.int64] | None = None,
) -> Edit:
    """An edit of the values of a term, (B, history, width)."""
    width = len(term.initial)
    within = np.arange(width) if within is None else within
    columns = tuple(term.start + age * width + int(i) for age in range(term.history) for i in within)

    def apply(obs: Obs) -> Obs:
        changed = obs.copy()
        slots = obs[:, term.start : term.stop].reshape(len(obs), term.history, width)
        changed[:, term.start : term.stop] = change(slots).reshape(len(obs), -1)
        return changed

    return Edit(term.name, kind, words, columns, apply)
