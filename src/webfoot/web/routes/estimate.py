"""What a training would take, before it is started."""

from typing import Any

from apiflask import APIBlueprint

from webfoot.web.context import service
from webfoot.web.gate import allow
from webfoot.web.schemas.estimate import Estimate
from webfoot.web.schemas.training import StartRequest
from webfoot.web.services.estimate import estimate

bp = APIBlueprint("estimate", __name__, tag="Training")


@bp.post("/estimate")
@allow("trainer")
@bp.input(StartRequest, arg_name="asked")
@bp.output(Estimate)
def ask(asked: StartRequest) -> dict[str, Any]:
    """What starting this would take: time, robot hours, place in the queue; nothing is started."""
    here = service()
    return estimate(here.session, here.user, here.settings, asked)
