"""Training sessions as a resource: list, look at, change, and everything that can be done with one."""

from pathlib import Path
from typing import Any

from apiflask import APIBlueprint
from flask import Response, send_file

from webfoot.web.context import service
from webfoot.web.gate import allow
from webfoot.web.models.training import TrainingSession
from webfoot.web.paging import contains, page_of
from webfoot.web.queue import place_in_queue
from webfoot.web.routes.training import idempotency_key, queued, wake_workers
from webfoot.web.schemas.training import (
    CloneRequest,
    LogQuery,
    SessionChange,
    SessionDetail,
    SessionOut,
    SessionPage,
    SessionQuery,
    Started,
)
from webfoot.web.services import sessions
from webfoot.web.services.access import NotFound, listed, owned, seen
from webfoot.web.work.attempt import LOG, read_log

bp = APIBlueprint("sessions", __name__, tag="Sessions")

ORDERS = {
    "newest": (TrainingSession.id.desc(),),
    "oldest": (TrainingSession.id,),
    "name": (TrainingSession.name, TrainingSession.id),
}
ARTIFACTS: dict[str, tuple[str, str]] = {
    "policy": ("policy.onnx", "application/octet-stream"),
    "report": ("report.json", "application/json"),
    "page": ("report.html", "text/html"),
    "rollout": ("rollout.npz", "application/octet-stream"),
    "video": ("preview.webm", "video/webm"),
    "events": ("events.jsonl", "application/x-ndjson"),
}
"""What can be fetched from a run folder: name, file, type. Nothing else in it can be reached."""

LOG_OFFSET = "X-Log-Offset"

REPORT_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; sandbox allow-scripts"
)


def as_row(row: TrainingSession) -> dict[str, Any]:
    """A session as `SessionOut` has it."""
    names = [column.key for column in TrainingSession.__table__.columns]
    return {name: getattr(row, name) for name in names} | {"owner_name": row.owner.name}


def _only(model: type, values: dict[str, Any]) -> dict[str, Any]:
    return {name: values[name] for name in model.model_fields}


def artifacts_of(session_id: int) -> list[str]:
    """Names of what can be fetched from a run."""
    return [name for name, (file, _) in ARTIFACTS.items() if (_folder(session_id) / file).is_file()]


def _folder(session_id: int) -> Path:
    return service().settings.runs_dir / str(session_id)


def _detail(row: TrainingSession) -> dict[str, Any]:
    return _only(
        SessionDetail,
        as_row(row)
        | {
            "queue_position": place_in_queue(service().session, row),
            "artifacts": artifacts_of(row.id),
        },
    )


def _mine(session_id: int) -> TrainingSession:
    return owned(service().session, service().user, TrainingSession, session_id)


@bp.get("")
@allow("viewer")
@bp.input(SessionQuery, location="query", arg_name="asked")
@bp.output(SessionPage)
def index(asked: SessionQuery) -> dict[str, Any]:
    """The sessions that one may see."""
    query = listed(service().user, TrainingSession)
    if asked.state:
        query = query.where(TrainingSession.state == asked.state)
    if asked.mine:
        query = query.where(TrainingSession.owner_id == service().user.id)
    if asked.search:
        query = query.where(contains(TrainingSession.name, asked.search))
    rows, page = page_of(service().session, query.order_by(*ORDERS[asked.sort]), asked)
    return page | {"items": [_only(SessionOut, as_row(row)) for row in rows]}


@bp.get("/<int:session_id>")
@allow("viewer")
@bp.output(SessionDetail)
def show(session_id: int) -> dict[str, Any]:
    """One session."""
    return _detail(seen(service().session, service().user, TrainingSession, session_id))


@bp.patch("/<int:session_id>")
@allow("trainer")
@bp.input(SessionChange, arg_name="asked")
@bp.output(SessionDetail)
def change(session_id: int, asked: SessionChange) -> dict[str, Any]:
    """Another name or priority."""
    row = _mine(session_id)
    sessions.change(service().session, service().user, service().settings, row, **asked.model_dump())
    service().commit()
    return _detail(row)


@bp.post("/<int:session_id>/pause")
@allow("trainer")
@bp.output(SessionDetail)
def pause(session_id: int) -> dict[str, Any]:
    """Let it rest, after a checkpoint."""
    return _done(sessions.pause(service().session, service().user, _mine(session_id)))


@bp.post("/<int:session_id>/cancel")
@allow("trainer")
@bp.output(SessionDetail)
def cancel(session_id: int) -> dict[str, Any]:
    """End it, after a checkpoint."""
    return _done(sessions.cancel(service().session, service().user, _mine(session_id)))


@bp.post("/<int:session_id>/resume")
@allow("trainer")
@bp.output(SessionDetail)
def resume(session_id: int) -> dict[str, Any]:
    """Go on from the last checkpoint: a paused session, or one that ended without a policy."""
    return _done(sessions.requeue(service().session, service().user, service().settings, _mine(session_id)))


@bp.post("/<int:session_id>/retry")
@allow("trainer")
@bp.output(SessionDetail)
def retry(session_id: int) -> dict[str, Any]:
    """Try it again, from the last checkpoint."""
    return _done(sessions.requeue(service().session, service().user, service().settings, _mine(session_id)))


def _done(row: TrainingSession) -> dict[str, Any]:
    service().commit()
    wake_workers(row.id)
    return _detail(row)


@bp.post("/<int:session_id>/clone")
@allow("trainer")
@bp.input(CloneRequest, arg_name="asked")
@bp.output(Started, status_code=202)
def clone(session_id: int, asked: CloneRequest) -> dict[str, Any]:
    """Start another one that is asked the same, but for what is given."""
    origin = seen(service().session, service().user, TrainingSession, session_id)
    edits = asked.model_dump(exclude_unset=True, exclude_none=True)
    row = sessions.clone(service().session, service().user, service().settings, origin, edits, idempotency_key())
    return queued(row)


@bp.delete("/<int:session_id>")
@allow("trainer")
@bp.output({}, status_code=204)
def delete(session_id: int) -> str:
    """Remove an ended session with all its files."""
    sessions.delete(service().session, service().user, service().settings, _mine(session_id))
    service().commit()
    return ""


@bp.get("/<int:session_id>/log")
@allow("viewer")
@bp.input(LogQuery, location="query", arg_name="asked")
@bp.doc(responses={200: {"description": "The end of what the trainer said.", "content": {"text/plain": {}}}})
def log(session_id: int, asked: LogQuery) -> Response:
    """What the trainer said; the header `X-Log-Offset` names where its last whole line ends."""
    row = seen(service().session, service().user, TrainingSession, session_id)
    text, behind = read_log(_folder(row.id) / LOG, asked.behind)
    return Response(text, mimetype="text/plain", headers={LOG_OFFSET: str(behind)})


@bp.get("/<int:session_id>/artifacts/<name>")
@allow("viewer")
@bp.doc(responses={200: {"description": "The file.", "content": {"application/octet-stream": {}}}})
def artifact(session_id: int, name: str) -> Response:
    """A file of the run, by its name in the list of artifacts."""
    return send_artifact(seen(service().session, service().user, TrainingSession, session_id).id, name)


def send_artifact(session_id: int, name: str) -> Response:
    """A file of a run that may be seen by who asks."""
    file, mimetype = ARTIFACTS.get(name, ("", ""))
    path = _folder(session_id).resolve() / file
    if not file or not path.is_file():
        raise NotFound(f"session {session_id} has no artifact '{name[:40]}'; it has what its list of artifacts names")
    answer = send_file(path, mimetype=mimetype, as_attachment=name != "page", download_name=f"{session_id}-{file}")
    if name == "page":  # a report brings its own script and styles; it may do nothing else
        answer.headers["Content-Security-Policy"] = REPORT_POLICY
    return answer
