"""Robots: the list, one with its joints and servos, and those that come with the program."""

from functools import cache
from typing import Any

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from webfoot.motion.bundled import BUNDLED_MOTIONS
from webfoot.robots.describe import describe
from webfoot.robots.inspect import inspect_robot
from webfoot.robots.table import ROBOTS, load_robot
from webfoot.web.context import service
from webfoot.web.gate import allow
from webfoot.web.models.objects import Robot
from webfoot.web.paging import page_of
from webfoot.web.routes.pages.blueprint import bp
from webfoot.web.routes.pages.fragment import address_of, render_list
from webfoot.web.schemas.lists import RobotsAsked, VersionAsked
from webfoot.web.services import objects
from webfoot.web.services.access import NotFound, is_administrator, rank
from webfoot.web.services.object_list import matching, shared_with, trained_with
from webfoot.web.services.robot_words import in_words
from webfoot.web.services.spoken import spoken

MOST_TRAINED = 10


@bp.get("/robots")
@allow("viewer")
@bp.input(RobotsAsked, location="query", arg_name="asked")
def robots(asked: RobotsAsked) -> Response:
    """The robots that one may see, and those that come with the program."""
    here = service()
    rows, page = page_of(here.session, matching(here.user, Robot, asked), asked)
    return render_list(
        "robots/index.html",
        "robots/_list.html",
        address_of("pages.robots", asked),
        asked=asked,
        rows=rows,
        page=page,
        shared=shared_with(here.session, Robot, [row.id for row in rows]),
        bundled={name: sorted(BUNDLED_MOTIONS.get(name, {})) for name in ROBOTS},
        user=here.user,
        may_train=rank(here.user) > 0,
        manages=is_administrator(here.user),
    )


@bp.get("/robots/<int:robot_id>")
@allow("viewer")
@bp.input(VersionAsked, location="query", arg_name="asked")
def robot(robot_id: int, asked: VersionAsked) -> ResponseReturnValue:
    """One robot: how it stands, its joints and servos, its versions, and what was trained with it."""
    here = service()
    row = objects.present(here.session, here.user, Robot, robot_id)
    version: Any = objects.version_of(row, asked.version) if asked.version else row.versions[-1]
    trained = here.session.scalars(trained_with(here.user, row).limit(MOST_TRAINED)).unique().all()
    return render_template(
        "robots/robot.html",
        robot=row,
        version=version,
        reference=f"robot:{row.id}@{version.number}",
        words=in_words(version.report, version.usable),
        trained=trained,
        said=spoken(here.session, here.user, [item.reference_motion for item in trained]),
        user=here.user,
        may_train=rank(here.user) > 0,
        may_change=rank(here.user) > 0 and (row.owner_id == here.user.id or is_administrator(here.user)),
    )


@bp.get("/robots/<name>")
@allow("viewer")
def bundled_robot(name: str) -> ResponseReturnValue:
    """A robot that comes with the program."""
    if name not in ROBOTS:
        raise NotFound(f"no robot '{name[:40]}' comes with the program")
    report = _inspected(name)
    return render_template(
        "robots/bundled.html",
        name=name,
        words=in_words(report, report["usable"]),
        motions=BUNDLED_MOTIONS.get(name, {}),
        may_train=rank(service().user) > 0,
    )


@cache
def _inspected(name: str) -> dict[str, Any]:
    """What `webfoot robot inspect` says of it: a fifth of a second, the first time."""
    robot = load_robot(name)
    return describe(robot) | inspect_robot(robot).to_dict()
