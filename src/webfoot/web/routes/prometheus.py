"""`/metrics`, for Prometheus: for administrators, and where the settings say so for whoever asks from this machine."""

import ipaddress
from typing import cast

from apiflask import APIBlueprint
from flask import Flask, Response, current_app, request
from flask.blueprints import BlueprintSetupState
from flask_login import current_user
from werkzeug.exceptions import Forbidden, Unauthorized

from webfoot.web.context import Service, service
from webfoot.web.gate import allow
from webfoot.web.metrics import Metrics
from webfoot.web.routes.live import FEED
from webfoot.web.services.access import is_administrator

bp = APIBlueprint("prometheus", __name__, tag="Operations")

METRICS = "webfoot.metrics"
TEXT = {"description": "Numbers in Prometheus' text format.", "content": {"text/plain": {"schema": {"type": "string"}}}}
FORWARDED = ("X-Forwarded-For", "Forwarded", "X-Real-IP")
"""Headers by which a proxy on this machine says that it asks for somebody else."""


@bp.get("/metrics")
@allow("administrator")
@bp.doc(responses={200: TEXT})
def metrics() -> Response:
    """Numbers of the service and of this process."""
    return _document()


@allow(None)
def metrics_here() -> Response:
    """The same, also for whoever asks from this machine; in place of `metrics` where the settings say so."""
    if not _is_local():
        if not current_user.is_authenticated:
            raise Unauthorized("send an administrator's API token as 'Authorization: Bearer wf_...'")
        if not is_administrator(service().user):
            raise Forbidden("this needs the role administrator, and a token with the scope admin")
    return _document()


def _is_local() -> bool:
    if any(name in request.headers for name in FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False


def _document() -> Response:
    text, kind = cast(Metrics, current_app.extensions[METRICS]).document()
    return Response(text, content_type=kind)


@bp.record_once
def _count(state: BlueprintSetupState) -> None:
    app = cast(Flask, state.app)
    here: Service = app.extensions["webfoot"]
    app.extensions[METRICS] = Metrics(app, here.database, lambda: len(app.extensions[FEED]))
    if here.settings.local_metrics:
        app.view_functions[f"{state.name}.{metrics.__name__}"] = metrics_here
