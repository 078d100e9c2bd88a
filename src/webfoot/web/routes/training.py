"""Start a training, ask how far it is: the routes of the user's sketch, under their names."""

from typing import Any

from apiflask import APIBlueprint
from flask import request
from kombu.exceptions import OperationalError

from webfoot.web.context import service
from webfoot.web.gate import allow
from webfoot.web.intake import Unreadable
from webfoot.web.models.training import TrainingSession
from webfoot.web.schemas.training import Metrics, MetricsQuery, Started, StartRequest, Status
from webfoot.web.services import sessions
from webfoot.web.services.access import seen
from webfoot.web.services.monitor import TrainingMonitor
from webfoot.web.tasks import train_policy_task

bp = APIBlueprint("training", __name__, tag="Training")

KEY = "Idempotency-Key"
MOST_KEY = 128


@bp.post("/start")
@allow("trainer")
@bp.input(StartRequest, arg_name="asked")
@bp.output(Started, status_code=202)
@bp.doc(description="The same `Idempotency-Key` header gives the session again that it gave before.")
def start(asked: StartRequest) -> dict[str, Any]:
    """Queue a training."""
    return queued(started(asked, idempotency_key()))


def started(asked: StartRequest, key: str | None = None) -> TrainingSession:
    """The session of a request, not yet committed."""
    here = service()
    parent = None
    if asked.parent_id is not None:
        parent = seen(here.session, here.user, TrainingSession, asked.parent_id)
    return sessions.start(
        here.session,
        here.user,
        here.settings,
        reference_motion=asked.reference_motion,
        robot=asked.robot,
        parameters=asked.options(),
        name=asked.name,
        priority=asked.priority,
        timeout_minutes=asked.timeout_minutes,
        parent=parent,
        key=key,
    )


def queued(row: TrainingSession) -> dict[str, Any]:
    """Make a queued session last, wake a worker, and say so."""
    service().commit()
    task = wake_workers(row.id)
    return {"message": "Training started", "task_id": task, "session_id": row.id, "id": row.id, "state": row.state}


def wake_workers(session_id: int) -> str:
    """Tell the workers that a session waits; where the broker is away they find it by themselves a little later."""
    try:
        return str(train_policy_task.delay(session_id).id)  # pyright: ignore[reportCallIssue]  (a Celery proxy)
    except OperationalError:
        return ""


def idempotency_key() -> str | None:
    """The key that tells a repeated request from a second one.

    Raises:
        Unreadable: it is too long to be kept whole; two that begin alike would be taken for one.
    """
    key = request.headers.get(KEY, "").strip()
    if len(key) > MOST_KEY:
        raise Unreadable(f"header '{KEY}' has {len(key)} characters; {MOST_KEY} are possible")
    return key or None


@bp.get("/status/<int:session_id>")
@allow("viewer")
@bp.output(Status)
def status(session_id: int) -> dict[str, Any] | None:
    """Where a session stands."""
    # held by a name, here and below: the database session forgets a row that nobody holds, and would ask for it again
    row = seen(service().session, service().user, TrainingSession, session_id)
    return TrainingMonitor(service().session, service().settings).get_session_status(row.id)


@bp.get("/metrics/<int:session_id>")
@allow("viewer")
@bp.input(MetricsQuery, location="query", arg_name="asked")
@bp.output(Metrics)
def metrics(session_id: int, asked: MetricsQuery) -> dict[str, Any] | None:
    """Curves of a session: at most 2,000 points each, unless asked otherwise; every lowest and highest is kept."""
    row = seen(service().session, service().user, TrainingSession, session_id)
    names = [name for name in asked.names.split(",") if name] or None
    monitor = TrainingMonitor(service().session, service().settings)
    return monitor.get_training_metrics(row.id, names, asked.since, asked.most)
