"""`follow`: which alerts a session's snapshot brings about; each is told once, and cleared after a calm while.

What was told is kept as a JSON-able dict by rule, so that it can live in the session's row. An alert begins at the
limit of its rule; it ends when the number has kept the limit with a margin for `calm_s`, so that one that flutters
about its limit is told once. A rule that is told `once` speaks once for each attempt, whoever asks and how often.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from webfoot.web.alerts.rules import ALERT_RULES, AlertConfig, Rule, Severity, Snapshot


@dataclass(frozen=True)
class Condition:
    """What a rule has told."""

    message: str
    """Its last complaint."""
    attempt: int
    """In which it complained last."""
    calm_since_s: float | None = None
    """Begin of the calm that goes on; None while it complains."""


@dataclass(frozen=True)
class Notice:
    """Something to tell the user, once."""

    rule: str
    severity: Severity
    message: str
    cleared: bool = False


@dataclass(frozen=True)
class Moment:
    """When a snapshot was taken."""

    now_s: float
    """Any clock that workers share; it may be set back."""
    attempt: int


def follow(
    told: Mapping[str, Any], snapshot: Snapshot, moment: Moment, config: AlertConfig
) -> tuple[dict[str, Any], list[Notice]]:
    """What has been told from now on, and what is to be told now.

    Args:
        told: what the last call returned; empty at first.
    """
    after: dict[str, Any] = {}
    notices: list[Notice] = []
    for name, rule in ALERT_RULES.items():
        before = Condition(**told[name]) if name in told else None
        condition = (_once if rule.once else _while)(rule, before, snapshot, moment, config)
        if condition is not None:
            after[name] = asdict(condition)
            if before is None or (rule.once and condition is not before):
                notices.append(Notice(name, rule.severity, condition.message))
        elif before is not None:
            notices.append(Notice(name, rule.severity, before.message, cleared=True))
    return after, notices


def _once(
    rule: Rule, before: Condition | None, snapshot: Snapshot, moment: Moment, config: AlertConfig
) -> Condition | None:
    """The condition of a rule that speaks once for each attempt."""
    complaint = rule.check(snapshot, config)
    if complaint is None or (before is not None and before.attempt == moment.attempt):
        return before
    return Condition(complaint, moment.attempt)


def _while(
    rule: Rule, before: Condition | None, snapshot: Snapshot, moment: Moment, config: AlertConfig
) -> Condition | None:
    """The condition of a rule that lasts; None where there is nothing to complain of, or nothing any more."""
    if snapshot.state.is_finished:
        return None
    if rule.of_learning and not snapshot.is_learning:
        return before
    complaint = rule.check(snapshot, config)
    if complaint is not None:
        return Condition(complaint, moment.attempt)
    if before is None:
        return None
    if rule.check(snapshot, config.eased()) is not None:
        return replace(before, calm_since_s=None)
    since = moment.now_s if before.calm_since_s is None else min(before.calm_since_s, moment.now_s)
    return None if moment.now_s - since >= config.calm_s else replace(before, calm_since_s=since)
