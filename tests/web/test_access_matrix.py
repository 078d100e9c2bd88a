"""Every route × method × person, generated from the URL map, and held against the table in `access_policy.py`."""

import io
import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from access_policy import PEOPLE, POLICY, Row
from browser import Browser, csrf_in, make_user
from flask import Flask
from flask.testing import FlaskClient
from rows import training_row
from sqlalchemy.orm import Session
from tokens import kept_token
from werkzeug.routing import Rule

from webfoot.web.app import create_app
from webfoot.web.context import Service
from webfoot.web.models.access import Share
from webfoot.web.models.notice import AlertChannel, AlertNotice
from webfoot.web.models.objects import Motion, MotionVersion, Robot, RobotVersion
from webfoot.web.models.user import User
from webfoot.web.services import accounts, sharing
from webfoot.web.services.access import SCOPES
from webfoot.web.settings import Settings
from webfoot.web.states import State
from webfoot.web.uploads.store import ContentStore


@dataclass(frozen=True)
class World:
    """One application, and those who ask it."""

    app: Flask
    cookies: dict[str, str]
    csrf: dict[str, str]
    ids: dict[str, int]
    tokens: dict[tuple[str, str], str]
    content: dict[str, Any]
    """What the versions of all motions and robots here have in common."""
    emails: dict[str, str] = field(default_factory=dict)

    @property
    def service(self) -> Service:
        return self.app.extensions["webfoot"]

    def come_in(self, person: str, email: str | None) -> None:
        """Let somebody log in, or only look at the login."""
        browser = Browser(self.app.test_client())
        page = browser.get("/login")
        if email is not None:
            self.emails[person] = email
            browser.log_in(email)
            page = browser.get("/change")
        cookie = browser.client.get_cookie("session")
        assert cookie is not None
        self.cookies[person], self.csrf[person] = cookie.value, csrf_in(page.text)

    def at_browser(self, person: str) -> FlaskClient:
        """Somebody with a cookie."""
        client = self.app.test_client()
        client.set_cookie("session", self.cookies[person])
        return client


CLIP = {
    "name": "walk",
    "usable": True,
    "score": {"value": 1.0, "parts": []},
    "metrics": {"frames": 26.0, "fps": 50.0, "duration_s": 0.52},
    "findings": [],
}
"""What an inspection says of a clip."""

Maker = Callable[[World, Session, str], int | str]
"""Makes what an address names: world, transaction, and the kind of object that is meant."""


def _session(world: World, session: Session, _: str) -> int:
    row = training_row(world.ids["owner"], State.QUEUED)
    session.add(row)
    session.flush()
    folder = world.service.settings.runs_dir / str(row.id)
    folder.mkdir(parents=True)
    (folder / "policy.onnx").write_bytes(b"a policy")
    return _shared(world, session, "session", row.id)


def _motion(world: World, session: Session, _: str) -> int:
    row = Motion(owner_id=world.ids["owner"], name="gallop")
    row.versions = [MotionVersion(**world.content)]
    session.add(row)
    session.flush()
    return _shared(world, session, "motion", row.id)


def _robot(world: World, session: Session, _: str) -> int:
    row = Robot(owner_id=world.ids["owner"], name="horse")
    row.versions = [RobotVersion(model="a.xml", **world.content)]
    session.add(row)
    session.flush()
    return _shared(world, session, "robot", row.id)


def _shared(world: World, session: Session, kind: str, id: int) -> int:
    session.add(Share(kind=kind, object_id=id, user_id=world.ids["shared"]))
    return id


def _link(world: World, session: Session, kind: str, id: int) -> accounts.Secret:
    return sharing.make_link(session, session.get_one(User, world.ids["owner"]), kind, id, None)


def _token(world: World, session: Session, _: str) -> int:
    return accounts.make_token(session, session.get_one(User, world.ids["owner"]), "t", ["read"], None).id


def _user(session: Session) -> User:
    return accounts.create(session, None, f"new-{next(NUMBERS)}@example.org", "viewer")


def _added(session: Session, row: AlertNotice | AlertChannel) -> int:
    session.add(row)
    session.flush()
    return row.id


NUMBERS = itertools.count()
OBJECTS: dict[str, Maker] = {"session": _session, "motion": _motion, "robot": _robot}
MAKE: dict[str, Maker] = {
    "session_id": _session,
    "motion_id": _motion,
    "robot_id": _robot,
    "object_id": lambda world, session, kind: OBJECTS[kind](world, session, kind),
    "token_id": _token,
    "user_id": lambda world, session, _: _user(session).id,
    "shared": lambda world, session, _: world.ids["shared"],
    "invitation": lambda world, session, _: accounts.invite(session, None, _user(session)).text,
    "link": lambda world, session, _: _link(world, session, "session", _session(world, session, "")).text,
    "alert_id": lambda world, session, _: _added(
        session, AlertNotice(user_id=world.ids["owner"], rule="nan", severity="serious", message="NaN")
    ),
    "channel_id": lambda world, session, _: _added(
        session, AlertChannel(user_id=world.ids["owner"], name="mail", url="", rules=[])
    ),
}
"""Makes what a rule's address names, for each request anew: what one person deleted the next one shall find."""


@pytest.fixture(scope="module")
def world(tmp_path_factory, stack) -> Iterator[World]:
    servers = {} if stack is None else {"database_url": stack.new_database(), "broker_url": stack.broker_url}
    limits = {"rate_limit": "1000000 per minute", "login_limit": "1000000 per minute", "quota": {"unfinished": 9999}}
    settings = Settings.model_validate({"data_dir": tmp_path_factory.mktemp("matrix") / "data", **limits, **servers})
    app = create_app(settings)
    kept = ContentStore(settings.uploads_dir.resolve()).put(io.BytesIO(b"a motion"), 100)
    content = {
        "number": 1,
        "sha256": kept.sha256,
        "filename": "a.npz",
        "size": 8,
        "report": {"for_robot": "duckling", "clips": [CLIP]},
        "usable": True,
    }
    made = World(app, {}, {}, {}, {}, content)
    for person, role in PEOPLE.items():
        email = None
        if role is not None:
            made.ids[person], email = make_user(app, role)
        made.come_in(person, email)
    with app.app_context(), made.service.database.writing() as session:
        accounts.create(session, None, "friend@example.org", "viewer")
        for person, scope in itertools.product(("owner", "administrator"), SCOPES):
            user = session.get_one(User, made.ids[person])
            made.tokens[person, scope] = kept_token(session, user, [scope])
    yield made
    made.service.database.engine.dispose()


def rule_of(app: Flask, route: str) -> Rule:
    """The rule of a route in the URL map."""
    method, _, place = route.partition(" ")
    return next(rule for rule in app.url_map.iter_rules() if rule.rule == place and method in (rule.methods or ()))


def fill(world: World, route: str, row: Row, kind: str) -> str:
    """The address of a route, with things in it that are there."""
    rule = rule_of(world.app, route)
    values: dict[str, Any] = dict(rule.defaults or {})
    if "kinds" in rule.arguments:
        values["kinds"] = f"{kind}s"
    with world.app.app_context(), world.service.database.writing() as session:
        for name in sorted(rule.arguments - values.keys(), reverse=True):  # an object before its link
            what = row.fill.get(name, name)
            if name == "link_id":
                values[name] = _link(world, session, kind, values["object_id"]).id
            else:
                values[name] = MAKE[what](world, session, kind) if what in MAKE else what
    with world.app.test_request_context():
        return world.app.url_map.bind("localhost").build(rule.endpoint, values, method=route.partition(" ")[0])


def kinds_of(route: str) -> list[str]:
    """Kinds of object that a route is for."""
    named = re.search(r"<any\(([\w,]+)\):kinds>", route)
    return [kinds.removesuffix("s") for kinds in named[1].split(",")] if named else ["session"]


def told(client: FlaskClient, method: str, path: str, **given: Any) -> str:
    """What the table says of an answer; a stream is not waited for."""
    with client.open(path, method=method, **given) as answer:
        assert answer.status_code < 500, (method, path, answer.text)
        return str(answer.status_code) if answer.status_code in (401, 403, 404) else "ok"


def routes_of(app: Flask) -> set[str]:
    """Every route of the application, as the table names it."""
    return {
        f"{method} {rule.rule}"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def test_every_route_has_a_row_and_every_row_a_route(world):
    routes = routes_of(world.app)
    unknown, gone = sorted(routes - POLICY.keys()), sorted(POLICY.keys() - routes)
    assert not unknown, f"write a line for each, as the head of access_policy.py tells: {', '.join(unknown)}"
    assert not gone, f"these routes are no more; take their lines out of POLICY: {', '.join(gone)}"


@pytest.mark.parametrize("route", POLICY)
def test_everybody_may_what_the_table_says(world, route):
    row, method = POLICY[route], route.partition(" ")[0]
    answers = {}
    for kind, person in itertools.product(kinds_of(route), PEOPLE):
        path = fill(world, route, row, kind)
        headers = {"X-CSRFToken": world.csrf[person]}
        answers[kind, person] = told(world.at_browser(person), method, path, headers=headers, **row.given)
        if method == "GET":
            assert told(world.at_browser(person), "HEAD", path) == answers[kind, person]
        elif route == "POST /logout":
            world.come_in(person, world.emails.get(person))
    assert answers == {(kind, person): row[person] for kind, person in answers}


@pytest.mark.parametrize("route", POLICY)
def test_a_token_may_what_its_scope_says(world, route):
    row, method = POLICY[route], route.partition(" ")[0]
    order = list(SCOPES)
    answers, right = {}, {}
    for kind, (who, scope) in itertools.product(kinds_of(route), world.tokens):
        headers = {"Authorization": f"Bearer {world.tokens[who, scope]}", "Accept": "application/json"}
        path = fill(world, route, row, kind)
        answers[kind, who, scope] = told(world.app.test_client(), method, path, headers=headers, **row.given)
        enough = order.index(scope) >= order.index(row.scope) or row["anonymous"] != "401"
        # with less than its whole scope an administrator's token is that of anybody who trains
        able = row["other"] if who == "administrator" and scope != "admin" else row[who]
        right[kind, who, scope] = "401" if enough and row.by_password else able if enough else "403"
    assert answers == right


@pytest.mark.parametrize("route", [route for route, row in POLICY.items() if row["anonymous"] == "401"])
def test_who_is_unknown_is_told_nothing_by_options(world, route):
    path = fill(world, route, POLICY[route], kinds_of(route)[0])
    assert told(world.app.test_client(), "OPTIONS", path) == "401"


@pytest.mark.parametrize("route", [route for route, row in POLICY.items() if row["other"] == "404" and "_id>" in route])
def test_what_one_may_not_see_is_answered_as_what_there_is_not(world, route):
    """Not even the words differ, but for the id."""
    row, method = POLICY[route], route.partition(" ")[0]
    rule = rule_of(world.app, route)
    number = "object_id" if "object_id" in rule.arguments else next(n for n in rule.arguments if n.endswith("_id"))
    headers = {"X-CSRFToken": world.csrf["other"], "Accept": "application/json"}
    path = fill(world, route, row, kinds_of(route)[0])
    there = path.split("/")
    place = [part.startswith("<") and number in part for part in rule.rule.split("/")].index(True)
    nowhere = [*there[:place], "999999", *there[place + 1 :]]
    answers = [
        world.at_browser("other").open("/".join(parts), method=method, headers=headers, **row.given).json
        for parts in (there, nowhere)
    ]
    assert answers[0] is not None
    assert answers[0]["code"] == answers[1]["code"] == 404
    assert answers[0]["error"].replace(there[place], "ID") == answers[1]["error"].replace("999999", "ID")


@pytest.mark.parametrize("kind", OBJECTS)
def test_lists_hold_what_one_may_see(world, kind):
    """Of an object of the owner: nothing for others, it for who has a share, everything for an administrator."""
    with world.app.app_context(), world.service.database.writing() as session:
        id = OBJECTS[kind](world, session, kind)
    seen = {
        person: id in [row["id"] for row in world.at_browser(person).get(f"/api/v1/{kind}s").json["items"]]
        for person, role in PEOPLE.items()
        if role
    }
    assert seen == {"other": False, "viewer": False, "shared": True, "owner": True, "administrator": True}
