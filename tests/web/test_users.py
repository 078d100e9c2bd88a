import threading

import pytest
from browser import logged_in, make_user
from sqlalchemy.exc import IntegrityError

from webfoot.web import failures
from webfoot.web.app import create_app
from webfoot.web.models.user import User
from webfoot.web.services import accounts

WALK = {"reference_motion": "walk", "epochs": 3, "batch_size": 8}


def test_links_begin_as_the_settings_say(settings):
    app = create_app(settings.model_copy(update={"public_url": "https://lab.example.org/"}))
    chief, _ = make_user(app, "administrator")
    with app.app_context(), app.extensions["webfoot"].database.writing() as session:
        token = accounts.make_token(session, session.get_one(User, chief), "t", ["admin"], None)
    headers = {"Authorization": f"Bearer {token.text}", "Host": "127.0.0.1:8800"}
    made = app.test_client().post("/api/v1/users", json={"email": "a@example.org"}, headers=headers).json
    assert made["invitation"].startswith("https://lab.example.org/invitation/")
    app.extensions["webfoot"].database.engine.dispose()


@pytest.mark.parametrize(
    ("asked", "status", "sentence"),
    [
        ({"email": "nobody"}, 400, "'nobody' is no e-mail address"),
        ({"email": "a@b\r\nBcc: c@d"}, 400, "is no e-mail address"),
        ({"email": "a@example.org", "role": "king"}, 422, "field 'role'"),
        ({"email": "a@example.org", "password": "x"}, 422, "field 'password'"),
    ],
)
def test_a_wrong_account_is_refused(caller, asked, status, sentence):
    answer = caller("administrator")("POST", "/api/v1/users", json=asked)
    assert answer.status_code == status
    assert sentence in answer.json["error"]


def test_an_address_has_one_account(caller):
    chief, taken = caller("administrator"), caller()
    answer = chief("POST", "/api/v1/users", json={"email": taken.email.upper()})
    assert (answer.status_code, answer.json["error"]) == (
        400,
        f"{taken.email} has an account already; invite it again instead",
    )


def test_users_are_listed_searched_and_paged(caller):
    chief = caller("administrator")
    emails = sorted([chief.email, *(caller(role).email for role in ("viewer", "trainer", "trainer"))])
    told = chief("GET", "/api/v1/users?per_page=3").json
    assert ([row["email"] for row in told["items"]], told["total"]) == (emails[:3], 4)
    assert [row["email"] for row in chief("GET", "/api/v1/users?per_page=3&page=2").json["items"]] == emails[3:]
    assert chief("GET", "/api/v1/users?role=trainer").json["total"] == 2
    found = chief("GET", f"/api/v1/users?search={chief.email[-22:].upper()}").json
    assert [row["email"] for row in found["items"]] == [chief.email]
    assert chief("GET", "/api/v1/users?search=%25").json["total"] == 0  # no wildcard
    assert chief("GET", "/api/v1/users?active=false").json["total"] == 0


def test_the_last_administrator_stays(app, administrator):
    me = administrator.get("/api/v1/me").json
    for change in ({"active": False}, {"role": "trainer"}):
        answer = administrator.send("PATCH", f"/api/v1/users/{me['id']}", json=change)
        assert (answer.status_code, answer.json["error"]) == (
            400,
            f"{me['email']} is the last administrator; make somebody else one first",
        )
    make_user(app, "administrator", password=None)  # who never took the invitation cannot manage anything
    assert administrator.send("PATCH", f"/api/v1/users/{me['id']}", json={"role": "viewer"}).status_code == 400
    make_user(app, "administrator")
    assert administrator.send("PATCH", f"/api/v1/users/{me['id']}", json={"role": "viewer"}).json["role"] == "viewer"
    assert administrator.get("/api/v1/users").status_code == 403  # at once


def test_of_two_administrators_who_unseat_each_other_one_stays(app):
    people = [(logged_in(app, "administrator"), "administrator") for _ in range(2)]
    ids = [browser.get("/api/v1/me").json["id"] for browser, _ in people]
    csrf = [browser.csrf() for browser, _ in people]
    begin, statuses = threading.Barrier(2), []

    def unseat(which: int) -> None:
        begin.wait()
        path, headers = f"/api/v1/users/{ids[1 - which]}", {"X-CSRFToken": csrf[which]}
        statuses.append(people[which][0].client.patch(path, json={"role": "viewer"}, headers=headers).status_code)

    threads = [threading.Thread(target=unseat, args=(which,)) for which in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses)[0] == 200
    assert sorted(statuses)[1] in (400, 403)  # last one, or no administrator any more


def test_a_closed_account_ends_at_once_everywhere(app, caller, administrator):
    at_browser, by_token = logged_in(app, "trainer"), None
    user_id = at_browser.get("/api/v1/me").json["id"]
    made = at_browser.send("POST", "/api/v1/tokens", json={"name": "mine", "scopes": ["train"]}).json
    by_token = {"Authorization": f"Bearer {made['secret']}"}
    session = at_browser.send("POST", "/training/start", json=WALK).json["id"]
    link = at_browser.send("POST", f"/api/v1/sessions/{session}/links", json={}).json["url"]
    closed = administrator.send("PATCH", f"/api/v1/users/{user_id}", json={"active": False}).json
    assert closed["active"] is False
    assert not at_browser.is_logged_in
    assert app.test_client().get("/api/v1/me", headers=by_token).status_code == 401
    assert app.test_client().get(link).status_code == 404
    refused = administrator.send("POST", f"/api/v1/users/{user_id}/invite")
    assert refused.json["error"].endswith("is closed; open it before it is invited")
    at_browser.log_in(closed["email"])
    assert not at_browser.is_logged_in
    administrator.send("PATCH", f"/api/v1/users/{user_id}", json={"active": True})
    assert app.test_client().get("/api/v1/me", headers=by_token).status_code == 401  # what ended stays ended
    at_browser.log_in(closed["email"])
    assert at_browser.is_logged_in


def test_the_invitation_of_a_closed_account_opens_nothing(app, administrator, invited):
    user, path = invited
    administrator.send("PATCH", f"/api/v1/users/{user['id']}", json={"active": False})
    assert app.test_client().get(path).status_code == 404


def test_a_quota_is_given_and_taken_back(caller):
    chief, trainer = caller("administrator"), caller()
    path = f"/api/v1/users/{trainer.user_id}"
    changed = chief("PATCH", path, json={"quota": {"unfinished": 1}}).json
    assert (changed["quota"]["unfinished"], changed["own_quota"]) == (1, {"unfinished": 1})
    assert trainer("POST", "/training/start", json=WALK).status_code == 202
    assert trainer("POST", "/training/start", json=WALK).status_code == 429
    assert chief("GET", path).json["usage"]["unfinished"] == 1
    assert chief("PATCH", path, json={"quota": {"unfinished": None}}).json["own_quota"] == {}
    assert trainer("POST", "/training/start", json=WALK).status_code == 202


@pytest.mark.parametrize(
    ("quota", "sentence"),
    [
        ({"beer": 1}, "unknown limit 'beer': choose one of"),
        ({"parallel": -1}, "limit 'parallel' is -1: Input should be greater than or equal to 0"),
        ({"parallel": 1.5}, "limit 'parallel' is 1.5: Input should be a valid integer"),
        ({"storage_gb": 1e300}, "limit 'storage_gb' is 1e+300"),
    ],
)
def test_a_wrong_quota_is_refused(caller, quota, sentence):
    chief = caller("administrator")
    answer = chief("PATCH", f"/api/v1/users/{chief.user_id}", json={"quota": quota})
    assert answer.status_code == 400
    assert sentence in answer.json["error"]
    assert chief("GET", f"/api/v1/users/{chief.user_id}").json["own_quota"] == {}


def test_the_audit_log_says_who_did_what(caller):
    chief, trainer = caller("administrator"), caller()
    session = trainer("POST", "/training/start", json=WALK).json["id"]
    chief("POST", f"/api/v1/sessions/{session}/cancel")
    told = chief("GET", f"/api/v1/audit?kind=session&object_id={session}").json
    assert [(row["action"], row["user_email"]) for row in told["items"]] == [
        ("session.cancelled", chief.email),
        ("session.start", trainer.email),
    ]
    assert told["items"][0]["address"] == "127.0.0.1"
    assert chief("GET", f"/api/v1/audit?search=session&user_id={trainer.user_id}").json["total"] == 1
    assert chief("GET", "/api/v1/audit?since=2999-01-01T00:00:00Z").json["total"] == 0
    assert chief("GET", "/api/v1/audit?until=2999-01-01T00:00:00%2B14:00&per_page=1").json["items"]
    assert chief("GET", "/api/v1/audit?since=2026-01-01T00:00:00").status_code == 422  # of which zone?


def test_who_comes_second_is_told_so(app):
    with app.test_request_context("/api/v1/users"):
        told, status = failures.on_conflict(IntegrityError("INSERT", {}, Exception("UNIQUE constraint failed")))
    assert (status, told["error"]) == (
        409,
        "the same was made at the same moment by another request; look, and try again",
    )
