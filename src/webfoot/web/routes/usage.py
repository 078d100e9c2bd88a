"""What the trainer of a session takes up."""

from typing import Any

from apiflask import APIBlueprint

from webfoot.web.context import service
from webfoot.web.gate import allow
from webfoot.web.models.training import TrainingSession
from webfoot.web.schemas.training import Usage, UsageQuery
from webfoot.web.services.access import seen
from webfoot.web.work.usage import read_usage

bp = APIBlueprint("usage", __name__, tag="Sessions")


@bp.get("/sessions/<int:session_id>/usage")
@allow("viewer")
@bp.input(UsageQuery, location="query", arg_name="asked")
@bp.output(Usage)
def of_session(session_id: int, asked: UsageQuery) -> dict[str, Any]:
    """Processor, memory and GPU of a session's trainer over time: at most 2,000 samples, evenly spread."""
    row = seen(service().session, service().user, TrainingSession, session_id)
    return read_usage(service().settings.runs_dir / str(row.id), asked.since)
