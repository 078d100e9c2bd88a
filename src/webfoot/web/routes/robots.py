"""Robots are uploaded; and those that come with the program."""

from typing import Any

from apiflask import APIBlueprint

from webfoot.motion.bundled import BUNDLED_MOTIONS
from webfoot.robots.table import ROBOTS
from webfoot.web.context import service
from webfoot.web.gate import allow
from webfoot.web.routes.objects import received, received_version
from webfoot.web.schemas.objects import BundledRobots, ObjectList, RobotForm, VersionMade
from webfoot.web.services.receiving import Receiver, Upload

bp = APIBlueprint("robots", __name__, tag="Motions and robots")


def _receiver() -> Receiver:
    return Receiver(service().session, service().user, service().settings)


@bp.get("/bundled")
@allow("viewer")
@bp.output(BundledRobots)
def bundled() -> dict[str, Any]:
    """The robots that come with the program, with their motions."""
    return {"items": [{"name": name, "motions": sorted(BUNDLED_MOTIONS.get(name, {}))} for name in ROBOTS]}


@bp.post("")
@allow("trainer")
@bp.input(RobotForm, location="form_and_files", arg_name="form")
@bp.output(ObjectList, status_code=201)
@bp.doc(responses={200: "You have this already."})
def create(form: RobotForm) -> tuple[dict[str, Any], int]:
    """A new robot of a zip, or of all files together; it is compiled where it can do no harm, and stands on trial."""
    came = _receiver().add_robot(Upload(form.sent(), form.name, together=True), form.model)
    service().commit()
    return received(came)


@bp.post("/<int:robot_id>/versions")
@allow("trainer")
@bp.input(RobotForm, location="form_and_files", arg_name="form")
@bp.output(VersionMade, status_code=201)
@bp.doc(responses={200: "The content is that of a version that is there already."})
def add_version(robot_id: int, form: RobotForm) -> tuple[dict[str, Any], int]:
    """Another content; the same content is the same version."""
    upload = Upload(form.sent(), form.name, together=True)
    came = _receiver().add_robot_version(robot_id, upload, form.model)
    service().commit()
    return received_version(came)
