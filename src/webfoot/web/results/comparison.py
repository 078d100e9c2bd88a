"""`compared`: several sessions beside each other, check by check and figure by figure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from webfoot.errors import WebfootError
from webfoot.web.models.training import TrainingSession
from webfoot.web.models.user import User
from webfoot.web.results.amounts import Amount, amount, scale_of
from webfoot.web.results.checks import about, title_of
from webfoot.web.results.outcome import FIGURES
from webfoot.web.results.report import read_report
from webfoot.web.services.access import seen

MOST = 8
"""Sessions on one page; there are as many colours of curves."""


class ComparisonError(WebfootError):
    """Sessions that cannot be laid beside each other."""


@dataclass(frozen=True)
class Line:
    """A check or figure, over all sessions."""

    title: str
    meaning: str
    cells: tuple[tuple[Amount, bool | None] | None, ...]
    """Value and verdict by session; None where it was not measured."""


@dataclass(frozen=True)
class Compared:
    """What stands on the page."""

    rows: tuple[TrainingSession, ...]
    checks: tuple[Line, ...]
    figures: tuple[Line, ...]
    numbers: tuple[dict[str, Any], ...]
    """By session: its key figures as numbers, for the parallel axes."""


def ids_in(text: str) -> list[int]:
    """Sessions as the address names them: `1,2,3`, each once.

    Raises:
        ComparisonError: something else, or too many.
    """
    words = [word for word in re.split(r"[\s,]+", text) if word]
    for word in words:
        if not re.fullmatch(r"[0-9]{1,9}", word):
            raise ComparisonError(f"ids holds '{word[:40]}'; numbers of sessions, divided by commas, would be right")
    ids = list(dict.fromkeys(int(word) for word in words))
    if len(ids) > MOST:
        raise ComparisonError(f"ids names {len(ids)} sessions; up to {MOST} can be compared at once")
    return ids


def compared(session: Session, user: User, ids: Iterable[int], runs_dir: Path) -> Compared:
    """Sessions that a user may see.

    Raises:
        NotFound: one of them the user may not see.
    """
    rows = tuple(seen(session, user, TrainingSession, number) for number in ids)
    reports = [read_report(runs_dir / str(row.id)) or {} for row in rows]
    checks = [{check["name"]: check for check in report.get("checks", ())} for report in reports]
    metrics: list[dict[str, Any]] = [report.get("metrics", {}) for report in reports]
    return Compared(
        rows=rows,
        checks=tuple(_check_line(name, checks) for name in _names(checks)),
        figures=tuple(_figure_line(name, metrics) for name in FIGURES if _is_figure(name, metrics, checks)),
        numbers=tuple(
            {"id": row.id, "name": row.name, "passed": row.passed, "figures": _figures(known)}
            for row, known in zip(rows, metrics, strict=True)
        ),
    )


def _is_figure(name: str, metrics: list[dict[str, Any]], checks: list[dict[str, Any]]) -> bool:
    """Whether it was measured, and is no check that stands on the page anyway."""
    return any(name in known for known in metrics) and not any(name in table for table in checks)


def _names(tables: list[dict[str, Any]]) -> list[str]:
    return list(dict.fromkeys(name for table in tables for name in table))


def _check_line(name: str, checks: list[dict[str, Any]]) -> Line:
    cells = tuple(
        (amount(name, table[name].get("value"), table[name].get("unit", "")), bool(table[name].get("passed")))
        if name in table
        else None
        for table in checks
    )
    return Line(title_of(name), about(name).meaning, cells)


def _figure_line(name: str, metrics: list[dict[str, Any]]) -> Line:
    cells = tuple((amount(name, known[name]), None) if name in known else None for known in metrics)
    return Line(title_of(name), "", cells)


def _figures(known: dict[str, Any]) -> dict[str, float]:
    """Key figures under their titles with their units, those that are numbers."""
    found: dict[str, float] = {}
    for name in FIGURES:
        factor, unit = scale_of(name)
        if isinstance(known.get(name), int | float):
            found[f"{title_of(name)} [{unit}]" if unit else title_of(name)] = factor * known[name]
    return found
