"""TensorBoard, behind the same gate as everything else: it shows the sessions that whoever asks may see."""

import threading
from collections.abc import Sequence
from typing import Any, cast
from wsgiref.types import WSGIApplication

from apiflask import APIBlueprint
from flask import Flask, Response, current_app, request
from flask.blueprints import BlueprintSetupState

from webfoot.runs import Run
from webfoot.web.boards.board import make_board
from webfoot.web.boards.posted import AskedByPost, as_it_was
from webfoot.web.boards.provider import SessionProvider, Source
from webfoot.web.context import service
from webfoot.web.gate import allow
from webfoot.web.models.training import TrainingSession
from webfoot.web.services.access import listed

bp = APIBlueprint("boards", __name__, enable_openapi=False)

MOST_RUNS = 50
"""Runs that are shown at once: the newest, or those that the address names. Their curves are kept in memory."""
POLICY = "; ".join(
    [
        "default-src 'self'",
        "script-src 'self' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    ]
)
"""What TensorBoard's pages need; no other host is in it, so that they can neither load from one nor tell one anything.
TensorBoard's own policy names two."""
BOARD = "webfoot.board"
_making = threading.Lock()


@bp.record_once
def _take_questions(state: BlueprintSetupState) -> None:
    app = cast(Flask, state.app)
    app.wsgi_app = AskedByPost(app.wsgi_app)


@bp.get("/", defaults={"path": ""})
@bp.get("/<path:path>")
@allow("viewer")
def board(path: str) -> Response:
    """A page, a file or the data of TensorBoard."""
    environ = as_it_was(request.environ)
    environ |= {"SCRIPT_NAME": f"{request.script_root}/tensorboard", "PATH_INFO": f"/{path}"}
    answer = cast(Response, Response.from_app(_board(), environ, buffered=True))
    answer.headers["Content-Security-Policy"] = POLICY
    return answer


def _board() -> WSGIApplication:
    """The TensorBoard of this application, made when it is first asked for."""
    with _making:
        extensions: dict[str, Any] = current_app.extensions
        if BOARD not in extensions:
            extensions[BOARD] = make_board(SessionProvider(_sources))
        return extensions[BOARD]


def _sources(experiment_id: str) -> Sequence[Source]:
    """The runs that whoever asks may see, the newest first."""
    here = service()
    query = listed(here.user, TrainingSession).order_by(TrainingSession.id.desc()).limit(MOST_RUNS)
    if experiment_id:
        named = {int(id) for id in experiment_id.split(",") if id.isascii() and id.isdigit() and len(id) < 10}
        query = query.where(TrainingSession.id.in_(named))
    folder = here.settings.runs_dir.resolve()
    return [
        Source(f"{row.id} {row.name}", Run(folder / str(row.id)).events_file, row.created_at.timestamp())
        for row in here.session.scalars(query).unique()
    ]
