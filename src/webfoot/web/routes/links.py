"""What a share link shows, to whoever has it: one object, its curves and files where it is a training; nothing else."""

from typing import Any

from apiflask import APIBlueprint
from flask import Response, render_template

from webfoot.web.context import service
from webfoot.web.gate import allow
from webfoot.web.models.training import TrainingSession
from webfoot.web.results.configuration import configuration_of
from webfoot.web.results.gait import read_gait
from webfoot.web.routes.addresses import of_link
from webfoot.web.routes.outcome_view import outcome_view
from webfoot.web.routes.results import CONTRACT, ZIP, send_bundle, send_contract
from webfoot.web.routes.sessions import artifacts_of, send_artifact
from webfoot.web.routes.viewer import send_drawing
from webfoot.web.schemas.results import Configuration, Gait
from webfoot.web.schemas.sharing import SharedObject, SharedSession, SharedVersion
from webfoot.web.schemas.training import Metrics, MetricsQuery
from webfoot.web.schemas.viewer import EpisodeQuery, Replay, Scene
from webfoot.web.services.access import NotFound
from webfoot.web.services.monitor import TrainingMonitor
from webfoot.web.services.shared_views import is_drawn, shared_replay, shared_scene
from webfoot.web.services.sharing import linked
from webfoot.web.services.spoken import spoken

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
    shown = _told(kind, row)
    if kind != "session":
        return render_template("shared.html", secret=secret, shown=shown, is_drawn=is_drawn(kind, row))
    view = outcome_view(row, of_link(secret, shown["session"]["artifacts"]))
    said = spoken(service().session, row.owner, [row.reference_motion, row.robot])
    return render_template("shared.html", secret=secret, shown=shown, said=said, **view)


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


@bp.get("/api/v1/shared/<secret>/gait")
@allow(None)
@bp.output(Gait)
def gait(secret: str) -> dict[str, Any]:
    """How the policy of the training walked that a link shows."""
    row = _training(secret)
    return read_gait(service().settings.runs_dir / str(row.id), row.id)


@bp.get("/api/v1/shared/<secret>/configuration")
@allow(None)
@bp.output(Configuration)
def configuration(secret: str) -> dict[str, Any]:
    """Every option of the training that a link shows."""
    return configuration_of(_training(secret), service().settings)


@bp.get("/api/v1/shared/<secret>/contract")
@allow(None)
@bp.doc(responses=CONTRACT)
def contract(secret: str) -> Response:
    """The contract of the policy that a link shows."""
    return send_contract(_training(secret))


@bp.get("/api/v1/shared/<secret>/bundle")
@allow(None)
@bp.doc(responses=ZIP)
def whole(secret: str) -> Response:
    """All of the training that a link shows, as one zip."""
    return send_bundle(_training(secret))


@bp.get("/api/v1/shared/<secret>/scene")
@allow(None)
@bp.output(Scene)
def scene(secret: str) -> Response:
    """The robot that a link shows, or that moves in what it shows."""
    kind, row = linked(service().session, secret)
    return send_drawing(shared_scene(service().session, service().settings, kind, row))


@bp.get("/api/v1/shared/<secret>/replay")
@allow(None)
@bp.input(EpisodeQuery, location="query", arg_name="asked")
@bp.output(Replay)
def replay(secret: str, asked: EpisodeQuery) -> Response:
    """The motion that a link shows, or an episode of its training."""
    kind, row = linked(service().session, secret)
    return send_drawing(shared_replay(service().session, service().settings, kind, row, asked.episode))
