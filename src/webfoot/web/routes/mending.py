"""A motion is looked at for a robot before anything is spent, and mended."""

from typing import Any

from apiflask import APIBlueprint

from webfoot.web.context import service
from webfoot.web.gate import allow
from webfoot.web.routes.objects import version_told
from webfoot.web.schemas.inspection import Inspection, InspectionQuery
from webfoot.web.schemas.mending import MendOut, MendRequest
from webfoot.web.services.inspections import inspection
from webfoot.web.services.mending import mend

bp = APIBlueprint("mending", __name__, tag="Motions and robots")


@bp.get("/inspection")
@allow("viewer")
@bp.input(InspectionQuery, location="query", arg_name="asked")
@bp.output(Inspection)
def inspect(asked: InspectionQuery) -> dict[str, Any]:
    """What an inspection says of a motion on a robot, in plain words, with what would mend it."""
    here = service()
    return inspection(here.session, here.user, here.settings, asked.motion, asked.robot)


@bp.post("/motions/<int:motion_id>/mend")
@allow("trainer")
@bp.input(MendRequest, arg_name="asked")
@bp.output(MendOut, status_code=201)
@bp.doc(responses={200: "What came of it is a version that is there already."})
def mend_motion(motion_id: int, asked: MendRequest) -> tuple[dict[str, Any], int]:
    """Another version of a motion, repaired or at another speed; it is inspected, and the one before stays."""
    here = service()
    made = mend(here.session, here.user, here.settings, motion_id, asked)
    here.commit()
    return version_told(made.version) | {"done": list(made.done), "is_new": made.is_new}, 201 if made.is_new else 200
