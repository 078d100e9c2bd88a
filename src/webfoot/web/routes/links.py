"""What a share link shows, to whoever has it: one object, its curves and files where it is a training; nothing else."""

from typing import Any

from apiflask import APIBlueprint
from flask import Response, render_template

from webfoot.web.context import service
from webfoot.web.gate import allow
from webfoot.web.models.training import TrainingSession
from webfoot.web.routes.sessions import artifacts_of, send_artifact
from webfoot.web.schemas.sharing import SharedObject, SharedSession, SharedVersion
from webfoot.web.schemas.training import Metrics, MetricsQuery
from webfoot.web.services.access import NotFound
from webfoot.web.services.monitor import TrainingMonitor
from webfoot.web.services.sharing import linked

bp = APIBlueprint("links", __name__, tag="Shared links")


def _told(kind: str, row: Any) -> dict[str, Any]:
    """An object as `SharedObject` has it: what it is, not whose it is or who else may see it."""
    told: dict[str, Any] = {"kind": kind, "name": row.name, "created_at": row.created_at}
    if kind == "session":
        names = [name for name in SharedSession.model_fields if name != "artifacts"]
        return told | {"session": {name: getattr(row, name) for name in names} | {"artifacts": artifacts_of(row.id)}}
    names = list(SharedVersion.model_fields)
    return told | {"versions": [{name: getattr(version, name) for name in names} for version in row.versions]}


def _training(secret: str) -> TrainingSession:
    kind, row = linked(service().session, secret)
    if kind != "session":
        raise NotFound(f"this link shows a {kind}, which has no curves and no artifacts")
    return row


@bp.get("/shared/<secret>")
@allow(None)
@bp.doc(hide=True)
def page(secret: str) -> str:
    """The page of what a link shows."""
    kind, row = linked(service().session, secret)
    return render_template("shared.html", secret=secret, shown=_told(kind, row))


@bp.get("/api/v1/shared/<secret>")
@allow(None)
@bp.output(SharedObject)
def show(secret: str) -> dict[str, Any]:
    """What a link shows."""
    return _told(*linked(service().session, secret))


@bp.get("/api/v1/shared/<secret>/metrics")
@allow(None)
@bp.input(MetricsQuery, location="query", arg_name="asked")
@bp.output(Metrics)
def metrics(secret: str, asked: MetricsQuery) -> dict[str, Any] | None:
    """Curves of the training that a link shows."""
    names = [name for name in asked.names.split(",") if name] or None
    monitor = TrainingMonitor(service().session, service().settings)
    return monitor.get_training_metrics(_training(secret).id, names, asked.since)


@bp.get("/api/v1/shared/<secret>/artifacts/<name>")
@allow(None)
@bp.doc(responses={200: {"description": "The file.", "content": {"application/octet-stream": {}}}})
def artifact(secret: str, name: str) -> Response:
    """A file of the training that a link shows."""
    return send_artifact(_training(secret).id, name)
