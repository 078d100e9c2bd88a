"""How a session is doing, alone or beside others."""

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from webfoot.runs import Run
from webfoot.web.context import service
from webfoot.web.gate import allow
from webfoot.web.models.training import TrainingSession
from webfoot.web.routes.pages.blueprint import bp
from webfoot.web.services.access import NotFound, listed, may_change, seen
from webfoot.web.services.monitor import TrainingMonitor
from webfoot.web.services.spoken import spoken
from webfoot.web.words.advice import advice

MOST_BESIDE = 7
"""Sessions beside the one that is watched: there are eight colours."""
OFFERED = 30
"""Newest sessions that are offered to be shown beside it."""


@bp.get("/training/monitor/<int:session_id>")
@allow("viewer")
def monitor(session_id: int) -> ResponseReturnValue:
    """How a session is doing."""
    row = seen(service().session, service().user, TrainingSession, session_id)
    beside = [other for other in _beside() if other.id != row.id][:MOST_BESIDE]
    shown = [{"id": each.id, "name": each.name, "state": each.state} for each in [row, *beside]]
    return render_template(
        "training/monitor.html", shown=shown, beside={each.id for each in beside}, offered=_offered(row), **_about(row)
    )


@bp.get("/training/monitor/<int:session_id>/standing")
@allow("viewer")
def standing(session_id: int) -> ResponseReturnValue:
    """The part of the page that changes with the state of the session: badge, what to do, buttons."""
    return render_template(
        "training/_standing.html", **_about(seen(service().session, service().user, TrainingSession, session_id))
    )


def _about(row: TrainingSession) -> dict[str, Any]:
    monitor = TrainingMonitor(service().session, service().settings)
    return {
        "session": row,
        "said": spoken(service().session, service().user, [row.reference_motion, row.robot]),
        "status": monitor.get_session_status(row.id),
        "may_change": may_change(service().user, row),
        "advice": advice(row, Run(monitor.folder(row)).checkpoint_file.is_file()),
    }


def _beside() -> list[TrainingSession]:
    """The sessions that `with` names: divided by commas, or one each.

    Raises:
        NotFound: there is no such session.
    """
    asked = [word for value in request.args.getlist("with") for word in value.split(",") if word]
    wrong = next((word for word in asked if not (word.isascii() and word.isdigit() and len(word) < 10)), None)
    if wrong is not None:
        raise NotFound(f"there is no session '{wrong[:40]}'")
    numbers = list(dict.fromkeys(map(int, asked)))[: MOST_BESIDE + 1]
    return [seen(service().session, service().user, TrainingSession, number) for number in numbers]


def _offered(row: TrainingSession) -> list[TrainingSession]:
    query = listed(service().user, TrainingSession).where(TrainingSession.id != row.id)
    return list(service().session.scalars(query.order_by(TrainingSession.id.desc()).limit(OFFERED)).unique())
