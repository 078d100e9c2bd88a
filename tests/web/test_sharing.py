from datetime import timedelta

import pytest
from rows import training_row
from sqlalchemy import update

from webfoot.web.models.access import ShareLink
from webfoot.web.models.base import now
from webfoot.web.models.objects import Motion, MotionVersion, Robot, RobotVersion
from webfoot.web.states import State

WALK = {"reference_motion": "walk", "epochs": 3, "batch_size": 8}


@pytest.fixture
def make_object(service):
    """Makes an object of a kind, whole enough to be shown, and gives its id."""

    def make(owner, kind: str) -> int:
        if kind == "sessions":
            id = owner("POST", "/training/start", json=WALK).json["id"]
            folder = service.settings.runs_dir / str(id)
            folder.mkdir(parents=True)
            (folder / "policy.onnx").write_bytes(b"a policy")
            return id
        model, version = (Motion, MotionVersion) if kind == "motions" else (Robot, RobotVersion)
        with service.database.writing() as session:
            row = model(owner_id=owner.user_id, name="gallop")
            session.add(row)
            session.flush()
            more = {"motion_id": row.id} if kind == "motions" else {"robot_id": row.id, "model": "robot.xml"}
            session.add(
                version(number=1, sha256="0" * 64, filename="gallop.npz", size=7, report={}, usable=True, **more)
            )
            return row.id

    return make


@pytest.fixture(params=["sessions", "motions", "robots"])
def shared(request, caller, make_object):
    """Owner, and the path of an object of theirs."""
    owner = caller()
    return owner, f"/api/v1/{request.param}/{make_object(owner, request.param)}"


def test_a_share_is_given_listed_and_taken_away(caller, shared):
    owner, path = shared
    friend = caller("viewer")
    given = owner("POST", f"{path}/shares", json={"email": f" {friend.email.upper()}"})
    assert (given.status_code, given.json["user_id"], given.json["email"]) == (201, friend.user_id, friend.email)
    assert owner("POST", f"{path}/shares", json={"email": friend.email}).json == given.json  # twice is once
    assert owner("GET", f"{path}/shares").json["items"] == [given.json]
    assert owner("DELETE", f"{path}/shares/{friend.user_id}").status_code == 204
    assert owner("GET", f"{path}/shares").json["items"] == []
    gone = owner("DELETE", f"{path}/shares/{friend.user_id}")
    assert gone.status_code == 404
    assert f"is not shared with user {friend.user_id}" in gone.json["error"]


@pytest.mark.parametrize("what", ["shares", "links"])
def test_only_owners_and_administrators_share(caller, shared, what):
    owner, path = shared
    friend, stranger, chief = caller(), caller(), caller("administrator")
    owner("POST", f"{path}/shares", json={"email": friend.email})
    asked = {"email": stranger.email} if what == "shares" else {}
    for method, given in (("GET", {}), ("POST", {"json": asked}), ("DELETE", {})):
        place = f"{path}/{what}" + (f"/{friend.user_id}" if method == "DELETE" else "")
        told = [who(method, place, **given).status_code for who in (stranger, friend)]
        assert told == [404, 403], (method, place)
    assert "only they may change it" in friend("GET", f"{path}/{what}").json["error"]
    assert chief("POST", f"{path}/{what}", json=asked).status_code == 201


def test_what_is_shared_is_seen_and_not_changed(caller, make_object):
    owner, friend, stranger = caller(), caller(), caller()
    id = make_object(owner, "sessions")
    owner("POST", f"/api/v1/sessions/{id}/shares", json={"email": friend.email})
    assert friend("GET", f"/api/v1/sessions/{id}").json["name"] == "walk on duckling"
    assert friend("GET", "/api/v1/sessions").json["total"] == 1
    with friend("GET", f"/api/v1/sessions/{id}/artifacts/policy") as policy:
        assert policy.data == b"a policy"
    for method, what in (("PATCH", ""), ("DELETE", ""), ("POST", "/cancel"), ("POST", "/pause"), ("POST", "/resume")):
        given = {"json": {"name": "mine"}} if method == "PATCH" else {}
        refused = friend(method, f"/api/v1/sessions/{id}{what}", **given)
        assert refused.status_code == 403, (method, what)
        assert "only they may change it" in refused.json["error"]
        assert stranger(method, f"/api/v1/sessions/{id}{what}", **given).status_code == 404
    owner("DELETE", f"/api/v1/sessions/{id}/shares/{friend.user_id}")
    assert friend("GET", f"/api/v1/sessions/{id}").status_code == 404


def test_a_share_needs_somebody_else_with_an_account(caller, shared):
    owner, path = shared
    unknown = owner("POST", f"{path}/shares", json={"email": "who@example.org"})
    assert (unknown.status_code, unknown.json["error"]) == (
        404,
        "nobody here has the address who@example.org; ask an administrator to invite them",
    )
    own = owner("POST", f"{path}/shares", json={"email": owner.email})
    assert own.status_code == 400
    assert own.json["error"].endswith("'s own; name somebody else")
    assert "is no e-mail address" in owner("POST", f"{path}/shares", json={"email": "nobody"}).json["error"]


def test_a_link_shows_one_object_and_nothing_else(app, caller, shared):
    owner, path = shared
    made = owner("POST", f"{path}/links", json={"expires_days": 2}).json
    listed = owner("GET", f"{path}/links").json["items"]
    assert listed == [{name: made[name] for name in ("id", "created_at", "expires_at")}]
    guest, secret = app.test_client(), made["url"].rpartition("/")[2]
    told = guest.get(f"/api/v1/shared/{secret}")
    kind = path.split("/")[3].removesuffix("s")
    assert (told.status_code, told.json["kind"]) == (200, kind)
    page = guest.get(made["url"])
    assert (page.status_code, told.json["name"] in page.text) == (200, True)
    for text in (told.text, page.text):
        assert owner.email not in text
    assert guest.get(path).status_code >= 400
    assert guest.get(f"{path}/links").status_code == 401
    assert guest.post(f"/api/v1/shared/{secret}").status_code == 405
    assert guest.get(f"/api/v1/shared/{secret[:-1]}").status_code == 404
    with guest.get(f"/api/v1/shared/{secret}/artifacts/policy") as artifact:
        policy = artifact.data
    curves = guest.get(f"/api/v1/shared/{secret}/metrics")
    if kind == "session":
        assert told.json["session"]["artifacts"] == ["policy"]
        assert (policy, curves.json["epochs"]) == (b"a policy", [])
        assert guest.get(f"/api/v1/shared/{secret}/artifacts/..%2f..%2fsecret").status_code == 404
        assert guest.get(f"/api/v1/shared/{secret}/artifacts/trainer.log").status_code == 404
    else:
        assert [version["filename"] for version in told.json["versions"]] == ["gallop.npz"]
        assert (artifact.status_code, curves.status_code) == (404, 404)
        assert curves.json["error"] == f"this link shows a {kind}, which has no curves and no artifacts"


def test_a_link_ends_when_it_is_revoked_or_its_time_is_over(app, caller, shared, service):
    owner, path = shared
    first, second = (owner("POST", f"{path}/links", json={"expires_days": None}).json for _ in range(2))
    guest = app.test_client()
    other = caller()
    assert other("DELETE", f"{path}/links/{first['id']}").status_code == 404
    assert guest.get(first["url"]).status_code == 200
    assert owner("DELETE", f"{path}/links/{first['id']}").status_code == 204
    gone = guest.get(first["url"], headers={"Accept": "application/json"})
    assert (gone.status_code, guest.get(second["url"]).status_code) == (404, 200)
    assert gone.json["error"].startswith("there is no such link, or its time is over")
    with service.database.writing() as session:
        session.execute(update(ShareLink).values(expires_at=now() - timedelta(seconds=1)))
    assert guest.get(second["url"]).status_code == 404


def test_a_link_is_revoked_only_at_the_object_that_it_shows(caller, make_object):
    owner = caller()
    here, there = make_object(owner, "sessions"), make_object(owner, "sessions")
    link = owner("POST", f"/api/v1/sessions/{here}/links", json={}).json["id"]
    wrong = owner("DELETE", f"/api/v1/sessions/{there}/links/{link}")
    assert (wrong.status_code, wrong.json["error"]) == (404, f"session {there} has no link {link}")


def test_what_is_in_the_bin_is_not_shown_and_not_shared(app, caller, make_object, service):
    owner = caller()
    path = f"/api/v1/motions/{(id := make_object(owner, 'motions'))}"
    url = owner("POST", f"{path}/links", json={}).json["url"]
    with service.database.writing() as session:
        session.get_one(Motion, id).deleted_at = now()
    assert app.test_client().get(url).status_code == 404
    assert owner("POST", f"{path}/links", json={}).status_code == 404


def test_who_saw_a_session_does_not_see_another_one_of_its_id(app, caller, make_object, service):
    owner, friend, other = caller(), caller(), caller()
    id = make_object(owner, "sessions")
    owner("POST", f"/api/v1/sessions/{id}/shares", json={"email": friend.email})
    url = owner("POST", f"/api/v1/sessions/{id}/links", json={}).json["url"]
    owner("POST", f"/api/v1/sessions/{id}/cancel")
    assert owner("DELETE", f"/api/v1/sessions/{id}").status_code == 204
    with service.database.writing() as session:  # SQLite gives the id of a deleted last row again; so may a restore
        session.add(training_row(other.user_id, State.QUEUED, id=id, name="secret"))
    assert friend("GET", f"/api/v1/sessions/{id}").status_code == 404
    assert app.test_client().get(url).status_code == 404
