"""Whether the service lives and works, and what its API looks like."""

from typing import Any

from apiflask import APIBlueprint
from flask import current_app
from sqlalchemy import select, text

from webfoot.web.context import service
from webfoot.web.gate import allow
from webfoot.web.schemas.base import Model

bp = APIBlueprint("operations", __name__, tag="Operations")

DOCUMENT = "webfoot.openapi"


class Health(Model):
    """An answer is proof enough."""

    status: str


@bp.get("/healthz")
@allow(None)
@bp.output(Health)
def health() -> dict[str, str]:
    """Whether the process answers."""
    return {"status": "alive"}


@bp.get("/readyz")
@allow(None)
@bp.output(Health)
def ready() -> dict[str, str]:
    """Whether the database can be read."""
    service().session.execute(select(text("1")))
    return {"status": "ready"}


@bp.get("/api/v1/openapi.json")
@allow(None)
@bp.doc(hide=True)
def openapi() -> Any:
    """The OpenAPI document."""
    kept = current_app.extensions
    if DOCUMENT not in kept:  # it takes 50 ms, and anybody may ask
        kept[DOCUMENT] = current_app.spec  # pyright: ignore[reportAttributeAccessIssue]
    return kept[DOCUMENT]
