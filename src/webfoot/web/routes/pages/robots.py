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
from webfoot.web.models.objects import Robot, RobotVersion
from webfoot.web.routes.pages.blueprint import bp
from webfoot.web.routes.pages.fragment import address_of, render_list
from webfoot.web.routes.pages.things import shown_many, shown_one
from webfoot.web.schemas.lists import RobotsAsked, VersionAsked
from webfoot.web.services.access import NotFound, rank
from webfoot.web.services.spoken import spoken
from webfoot.web.words.robot_words import in_words


@bp.get("/robots")
@allow("viewer")
@bp.input(RobotsAsked, location="query", arg_name="asked")
def robots(asked: RobotsAsked) -> Response:
    """The robots that one may see, and those that come with the program."""
    return render_list(
        "robots/index.html",
        "robots/_list.html",
        address_of("pages.robots", asked),
        **shown_many(Robot, asked),
        bundled={name: sorted(BUNDLED_MOTIONS.get(name, {})) for name in ROBOTS},
    )


@bp.get("/robots/<int:robot_id>")
@allow("viewer")
@bp.input(VersionAsked, location="query", arg_name="asked")
def robot(robot_id: int, asked: VersionAsked) -> ResponseReturnValue:
    """One robot: how it stands, its joints and servos, its versions, and what was trained with it."""
    shown = shown_one(Robot, robot_id, asked)
    version: RobotVersion = shown["version"]
    motions = [item.reference_motion for item in shown["trained"]]
    return render_template(
        "robots/robot.html",
        **shown,
        reference=f"robot:{robot_id}@{version.number}",
        words=in_words(version.report, version.usable),
        said=spoken(service().session, service().user, motions),
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
