"""What came of a training, as documents: how it walked, its contract, its options, and all of it in one file."""

from typing import Any

from apiflask import APIBlueprint
from flask import Response

from webfoot.web.context import service
from webfoot.web.gate import allow
from webfoot.web.models.training import TrainingSession
from webfoot.web.results.bundle import bundle, read_contract
from webfoot.web.results.configuration import configuration_of
from webfoot.web.results.gait import read_gait
from webfoot.web.schemas.results import Configuration, Gait
from webfoot.web.services.access import seen

bp = APIBlueprint("results", __name__, tag="Results")

ZIP: dict[int | str, Any] = {200: {"description": "The zip.", "content": {"application/zip": {}}}}
CONTRACT: dict[int | str, Any] = {200: {"description": "The contract.", "content": {"application/json": {}}}}


def _seen(session_id: int) -> TrainingSession:
    return seen(service().session, service().user, TrainingSession, session_id)


@bp.get("/<int:session_id>/gait")
@allow("viewer")
@bp.output(Gait)
def gait(session_id: int) -> dict[str, Any]:
    """Joints and feet over the gait cycle, policy and reference; every fall, and the footfall of one episode."""
    row = _seen(session_id)
    return read_gait(service().settings.runs_dir / str(row.id), row.id)


@bp.get("/<int:session_id>/configuration")
@allow("viewer")
@bp.output(Configuration)
def configuration(session_id: int) -> dict[str, Any]:
    """Every option, with those that were not given."""
    return configuration_of(_seen(session_id), service().settings)


@bp.get("/<int:session_id>/contract")
@allow("viewer")
@bp.doc(responses=CONTRACT)
def contract(session_id: int) -> Response:
    """What the policy's file says of itself: `webfoot-contract/1`."""
    return send_contract(_seen(session_id))


@bp.get("/<int:session_id>/bundle")
@allow("viewer")
@bp.doc(responses=ZIP)
def whole(session_id: int) -> Response:
    """Policy, contract, report, rollout, options and how to run it, as one zip."""
    return send_bundle(_seen(session_id))


def send_contract(row: TrainingSession) -> Response:
    """The contract of a session that may be seen by who asks."""
    text = read_contract(service().settings.runs_dir / str(row.id), row.id)
    return _saved(Response(text, mimetype="application/json"), f"{row.id}-contract.json")


def send_bundle(row: TrainingSession) -> Response:
    """The bundle of a session that may be seen by who asks."""
    return _saved(Response(bundle(row, service().settings), mimetype="application/zip"), f"webfoot-{row.id}.zip")


def _saved(answer: Response, name: str) -> Response:
    answer.headers["Content-Disposition"] = f"attachment; filename={name}"
    return answer
