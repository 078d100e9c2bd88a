"""Motions: the list, one with what its inspection said, and those that come with the program."""

from functools import cache
from typing import Any

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from webfoot.motion.bundled import BUNDLED_MOTIONS, bundled_path
from webfoot.motion.document import document
from webfoot.motion.inspect import inspect
from webfoot.motion.read import read_motions
from webfoot.robots.table import load_robot
from webfoot.web.context import service
from webfoot.web.gate import allow
from webfoot.web.models.objects import Motion, MotionVersion
from webfoot.web.routes.pages.blueprint import bp
from webfoot.web.routes.pages.fragment import address_of, render_list
from webfoot.web.routes.pages.things import shown_many, shown_one
from webfoot.web.schemas.lists import ClipsAsked, MotionsAsked
from webfoot.web.services.access import NotFound, rank
from webfoot.web.services.receiving import USUAL
from webfoot.web.services.spoken import spoken
from webfoot.web.words.motion_words import explained


@bp.get("/motions")
@allow("viewer")
@bp.input(MotionsAsked, location="query", arg_name="asked")
def motions(asked: MotionsAsked) -> Response:
    """The motions that one may see, and those that come with the program."""
    shown = shown_many(Motion, asked)
    robots = [row.versions[-1].for_robot for row in shown["rows"]]
    return render_list(
        "motions/index.html",
        "motions/_list.html",
        address_of("pages.motions", asked),
        **shown,
        said=spoken(service().session, service().user, robots),
        bundled=BUNDLED_MOTIONS,
    )


@bp.get("/motions/<int:motion_id>")
@allow("viewer")
@bp.input(ClipsAsked, location="query", arg_name="asked")
def motion(motion_id: int, asked: ClipsAsked) -> Response:
    """One motion: what it is like, how it looks, its versions, and what was trained with it."""
    shown = shown_one(Motion, motion_id, asked)
    version: MotionVersion = shown["version"]
    first = version.report["clips"][0]["name"]
    if asked.clip and asked.clip not in [clip["name"] for clip in version.report["clips"]]:
        raise NotFound(f"motion {motion_id} has no clip '{asked.clip}'")
    reference, robot = f"motion:{motion_id}@{version.number}", version.for_robot or USUAL
    said = spoken(service().session, service().user, [robot, *(item.robot for item in shown["trained"])])
    return render_list(
        "motions/motion.html",
        "motions/_clips.html",
        address_of("pages.motion", asked, motion_id=motion_id),
        **shown,
        clips=_clips(version, asked),
        clip=asked.clip or first,
        reference=f"{reference}#{asked.clip}" if asked.clip else reference,
        played=f"{reference}#{asked.clip or first}" if version.clip_count > 1 else reference,
        robot=robot,
        said=said,
        words=explained(version.report, said[robot], asked.clip or None, can_mend=shown["may_change"]),
    )


def _clips(version: MotionVersion, asked: ClipsAsked) -> dict[str, Any]:
    """A page of a library's clips whose names hold every word."""
    words = asked.search.lower().split()
    found = [clip for clip in version.report["clips"] if all(word in clip["name"].lower() for word in words)]
    begin = (asked.page - 1) * asked.per_page
    page = {"page": asked.page, "per_page": asked.per_page, "total": len(found)}
    return {"items": found[begin : begin + asked.per_page], "page": page}


@bp.get("/motions/<robot>/<name>")
@allow("viewer")
def bundled_motion(robot: str, name: str) -> ResponseReturnValue:
    """A motion that comes with the program."""
    if name not in BUNDLED_MOTIONS.get(robot, {}):
        raise NotFound(f"no motion '{name[:40]}' of robot '{robot[:40]}' comes with the program")
    return render_template(
        "motions/bundled.html",
        robot=robot,
        name=name,
        words=explained(_inspected(robot, name), robot, None, can_mend=False),
        may_train=rank(service().user) > 0,
    )


@cache
def _inspected(robot: str, name: str) -> dict[str, Any]:
    """What `webfoot motion inspect` says of it: a tenth of a second, the first time."""
    body = load_robot(robot)
    return document(name, [inspect(clip, body) for clip in read_motions(str(bundled_path(robot, name)), body)])
