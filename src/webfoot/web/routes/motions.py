"""Motions are uploaded; and those that come with the program."""

from typing import Any

from apiflask import APIBlueprint

from webfoot.motion.bundled import BUNDLED_MOTIONS
from webfoot.web.context import service
from webfoot.web.gate import allow
from webfoot.web.routes.objects import received, received_version
from webfoot.web.schemas.objects import BundledMotions, MotionForm, ObjectList, VersionMade
from webfoot.web.services.receiving import MotionAsked, Receiver, Upload

bp = APIBlueprint("motions", __name__, tag="Motions and robots")


def _receiver() -> Receiver:
    return Receiver(service().session, service().user, service().settings)


@bp.get("/bundled")
@allow("viewer")
@bp.output(BundledMotions)
def bundled() -> dict[str, Any]:
    """The motions that come with the program, with the command that each walks by."""
    clips = [(robot, *clip) for robot, known in BUNDLED_MOTIONS.items() for clip in known.items()]
    return {"items": [{"name": name, "robot": robot, "command": command} for robot, name, command in clips]}


@bp.post("")
@allow("trainer")
@bp.input(MotionForm, location="form_and_files", arg_name="form")
@bp.output(ObjectList, status_code=201)
@bp.doc(responses={200: "You have this already."})
def create(form: MotionForm) -> tuple[dict[str, Any], int]:
    """New motions: one of each file or zip; one library of all files where that is asked.

    Each is inspected before it is kept; those that cannot be used are told with the reason. One that you have already
    is not made again.
    """
    upload = Upload(form.sent(), form.name, together=form.library)
    came = _receiver().add_motions(upload, MotionAsked(form.robot, form.columns()))
    service().commit()
    return received(came)


@bp.post("/<int:motion_id>/versions")
@allow("trainer")
@bp.input(MotionForm, location="form_and_files", arg_name="form")
@bp.output(VersionMade, status_code=201)
@bp.doc(responses={200: "The content is that of a version that is there already."})
def add_version(motion_id: int, form: MotionForm) -> tuple[dict[str, Any], int]:
    """Another content; the same content is the same version."""
    upload = Upload(form.sent(), form.name, together=True)
    came = _receiver().add_motion_version(motion_id, upload, MotionAsked(form.robot, form.columns()))
    service().commit()
    return received_version(came)
