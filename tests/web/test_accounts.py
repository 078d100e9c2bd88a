import re
import time
from datetime import timedelta

import pytest
from browser import PASSWORD, Browser, csrf_in, make_user
from sqlalchemy import select, update

from webfoot.web.app import create_app
from webfoot.web.models.access import ApiToken, AuditEntry, Invitation
from webfoot.web.models.base import now
from webfoot.web.models.user import User
from webfoot.web.services import accounts

WALK = {"reference_motion": "walk", "epochs": 3, "batch_size": 8}


def test_one_is_told_who_one_is_and_what_one_takes_up(caller):
    trainer = caller(parallel=3)
    trainer("POST", "/training/start", json={**WALK, "parameters": {"ppo": {"steps": 20}}})
    me = trainer("GET", "/api/v1/me").json
    assert (me["email"], me["role"], me["roles"]) == (trainer.email, "trainer", ["viewer", "trainer"])
    assert (me["scopes"], me["quota"]["parallel"], me["quota"]["unfinished"]) == (["admin"], 3, 20)
    # 3 iterations of 20 steps of 8 robots at 50 Hz
    assert me["usage"] == {
        "running": 0,
        "unfinished": 1,
        "robot_hours": pytest.approx(3 * 20 * 8 / 50 / 3600),
        "storage_bytes": 0,
    }


def test_one_changes_ones_name(caller):
    viewer = caller("viewer")
    assert viewer("PATCH", "/api/v1/me", json={"name": "  Ada "}).json["name"] == "Ada"
    assert viewer("GET", "/api/v1/me").json["name"] == "Ada"


@pytest.mark.parametrize("name", ["", "   ", "a\r\nSet-Cookie: x", "a" * 81, "a\x1b[2J", 7])
def test_a_name_is_one_line(caller, name):
    answer = caller()("PATCH", "/api/v1/me", json={"name": name})
    assert answer.status_code == 422
    assert "field 'name'" in answer.json["error"]


def test_a_tokens_secret_is_shown_once_and_opens_what_its_scope_says(app, caller):
    trainer = caller()
    made = trainer("POST", "/api/v1/tokens", json={"name": "night runs", "scopes": ["read"]})
    assert made.status_code == 201
    secret = made.json["secret"]
    assert secret.startswith("wf_")
    assert secret not in trainer("GET", "/api/v1/tokens").text
    program = app.test_client()
    by = {"Authorization": f"Bearer {secret}"}
    assert program.get("/api/v1/me", headers=by).json["scopes"] == ["read"]
    refused = program.post("/training/start", headers=by, json=WALK)
    assert (refused.status_code, refused.json["error"]) == (
        403,
        "this needs a token with the scope train; this one has read",
    )
    assert trainer("DELETE", f"/api/v1/tokens/{made.json['id']}").status_code == 204
    assert program.get("/api/v1/me", headers=by).status_code == 401


def test_a_token_makes_no_stronger_token(caller):
    weak = caller(scopes=("train",))
    answer = weak("POST", "/api/v1/tokens", json={"name": "more", "scopes": ["admin"]})
    assert (answer.status_code, answer.json["error"]) == (
        403,
        "this needs a token with the scope admin; this one has train",
    )


def test_an_administrators_token_does_no_more_than_its_scope(caller):
    session = caller()("POST", "/training/start", json=WALK).json["id"]
    for scope, seen in (("read", 404), ("train", 404), ("admin", 200)):
        by_token = caller("administrator", scopes=(scope,))
        assert by_token("GET", f"/api/v1/sessions/{session}").status_code == seen
        assert by_token("GET", "/api/v1/sessions").json["total"] == (seen == 200)


def test_a_token_counts_and_not_the_cookie_beside_it(app, caller, administrator):
    weak = caller("viewer", scopes=("read",))
    answer = administrator.client.get("/api/v1/users", headers=weak.headers)
    assert (answer.status_code, administrator.get("/api/v1/users").status_code) == (403, 200)
    unknown = administrator.client.get("/api/v1/me", headers={"Authorization": "Bearer wf_" + "x" * 43})
    assert unknown.status_code == 401


def test_a_token_that_has_expired_opens_nothing(app, caller, service):
    trainer = caller()
    made = trainer("POST", "/api/v1/tokens", json={"name": "short", "scopes": ["read"], "expires_days": 1}).json
    by = {"Authorization": f"Bearer {made['secret']}"}
    assert app.test_client().get("/api/v1/me", headers=by).status_code == 200
    with service.database.writing() as session:
        past = now() - timedelta(seconds=1)
        session.execute(update(ApiToken).where(ApiToken.id == made["id"]).values(expires_at=past))
    assert app.test_client().get("/api/v1/me", headers=by).status_code == 401


def test_nobody_revokes_or_sees_anothers_token(caller):
    mine, other = caller(), caller("administrator")
    token = mine("GET", "/api/v1/tokens").json["items"][0]["id"]
    answer = other("DELETE", f"/api/v1/tokens/{token}")
    assert (answer.status_code, answer.json["error"]) == (404, f"there is no token {token}")
    assert token not in [row["id"] for row in other("GET", "/api/v1/tokens").json["items"]]


def test_of_a_token_no_more_than_its_hash_is_kept(caller, service):
    secret = caller().headers["Authorization"].removeprefix("Bearer ")
    with service.database.reading() as session:
        rows = [str(vars(row)) for table in (ApiToken, AuditEntry) for row in session.scalars(select(table))]
    assert rows
    assert not [row for row in rows if secret in row]


def test_an_invitation_sets_a_password_and_logs_in_once(app, invited):
    user, path = invited
    assert (user["email"], user["opened"]) == ("new@example.org", False)
    guest = Browser(app.test_client())
    page = guest.get(path)
    assert "Choose a password for new@example.org" in page.text
    form = {"password": PASSWORD, "csrf_token": csrf_in(page.text)}
    done = guest.client.post(path, data=form, headers=guest.headers)
    assert (done.status_code, done.location, guest.is_logged_in) == (302, "/", True)
    late = Browser(app.test_client()).get(path, headers={"Accept": "application/json"})
    assert late.status_code == 404
    assert "was used already" in late.json["error"]
    again = Browser(app.test_client())
    again.log_in("new@example.org")
    assert again.is_logged_in


def test_an_invitation_can_be_taken_by_a_program(app, invited):
    _, path = invited
    client = app.test_client()
    told = client.get(path)
    assert (told.json["email"], told.json["name"]) == ("new@example.org", "new")
    done = client.post(path, json={"password": PASSWORD}, headers={"X-CSRFToken": told.json["csrf_token"]})
    assert done.json["email"] == "new@example.org"
    assert client.get("/api/v1/me").json["role"] == "viewer"


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("short", "the password has 5 characters; 10 to 128 are right"),
        ("x" * 129, "the password has 129 characters"),
        ("NEW@example.org", "the password is the e-mail address"),
    ],
)
def test_a_poor_password_is_refused_in_one_sentence_and_the_link_still_works(app, invited, password, sentence):
    _, path = invited
    guest = Browser(app.test_client())
    form = {"password": password, "csrf_token": csrf_in(guest.get(path).text)}
    page = guest.client.post(path, data=form, headers=guest.headers)
    assert page.status_code == 400
    assert sentence in page.text
    csrf = {"X-CSRFToken": form["csrf_token"]}
    assert sentence in guest.client.post(path, json={"password": password}, headers=csrf).json["error"]
    assert guest.client.post(path, json={"password": PASSWORD}, headers=csrf).status_code == 200


def test_a_password_is_the_same_however_its_accents_are_typed(app, invited):
    _, path = invited
    client = app.test_client()
    csrf = {"X-CSRFToken": client.get(path).json["csrf_token"]}
    client.post(path, json={"password": "f\u00fcnf Pferde laufen"}, headers=csrf)  # one sign
    guest = Browser(app.test_client())
    guest.log_in("new@example.org", "fu\u0308nf Pferde laufen")  # a letter, and dots over it
    assert guest.is_logged_in


def test_a_new_invitation_ends_the_old_one_and_time_ends_both(app, administrator, invited, service):
    user, old = invited
    again = administrator.send("POST", f"/api/v1/users/{user['id']}/invite").json["invitation"]
    new = again.removeprefix("http://localhost")
    assert (app.test_client().get(old).status_code, app.test_client().get(new).status_code) == (404, 200)
    with service.database.writing() as session:
        session.execute(update(Invitation).values(expires_at=now() - timedelta(seconds=1)))
    assert app.test_client().get(new).status_code == 404


def test_another_password_logs_out_elsewhere(app):
    _, email = make_user(app, "trainer")
    here, elsewhere = Browser(app.test_client()), Browser(app.test_client())
    here.log_in(email)
    elsewhere.log_in(email, remember="y")
    assert here.is_logged_in
    assert elsewhere.is_logged_in
    new = {"new_password": "another horse walks", "new_password_confirm": "another horse walks"}
    wrong = here.client.post("/change", data={**new, "password": "guessed guessed", "csrf_token": here.csrf()})
    assert (wrong.status_code, elsewhere.is_logged_in) == (200, True)
    done = here.client.post("/change", data={**new, "password": PASSWORD, "csrf_token": here.csrf()})
    assert (done.status_code, done.location) == (302, "/")
    assert here.is_logged_in
    assert not elsewhere.is_logged_in
    elsewhere.log_in(email)
    assert not elsewhere.is_logged_in
    elsewhere.log_in(email, "another horse walks")
    assert elsewhere.is_logged_in


def test_who_cannot_log_in_is_not_told_why(app, service):
    (_, known), (_, unopened), (closed_id, closed) = (
        make_user(app, "trainer"),
        make_user(app, "trainer", password=None),
        make_user(app, "trainer"),
    )
    with service.database.writing() as session:
        session.get_one(User, closed_id).active = False
    tries = [(known, "wrong password"), (unopened, PASSWORD), (closed, PASSWORD), ("who@example.org", PASSWORD)]
    pages = set()
    for email, password in tries:
        page = Browser(app.test_client()).log_in(email, password)
        assert page.status_code == 200
        assert "Authentication failed" in page.text
        pages.add(re.sub(r'"[\w.-]{40,}"', "", page.text.replace(email, "")))
    assert len(pages) == 1


def test_attempts_to_log_in_are_counted(settings):
    app = create_app(settings.model_copy(update={"login_limit": "3 per minute"}))
    _, email = make_user(app, "trainer")
    guest = Browser(app.test_client())
    for _ in range(3):
        assert guest.log_in(email, "guessed guessed").status_code == 200
    refused = guest.log_in(email)
    assert refused.status_code == 429
    assert "Too many requests: 3 per 1 minute are allowed; wait a while" in refused.text
    assert int(refused.headers["Retry-After"]) > 0
    assert not guest.is_logged_in
    app.extensions["webfoot"].database.engine.dispose()


def test_the_first_administrator_is_invited_until_one_came(app, service):
    with app.app_context():
        with service.database.writing() as session:
            first = accounts.first_administrator(session)
        assert first is not None
        with service.database.writing() as session:
            accounts.accept(session, first.text, PASSWORD)
        with service.database.writing() as session:
            assert accounts.first_administrator(session) is None
    chief = Browser(app.test_client())
    chief.log_in("admin@localhost")
    assert chief.get("/api/v1/me").json["role"] == "administrator"


def test_who_reads_by_a_token_waits_for_no_writer(caller, service):
    trainer = caller()
    with service.database.writing():  # the token's first use cannot be noted meanwhile
        began = time.monotonic()
        assert trainer("GET", "/api/v1/me").status_code == 200
        assert time.monotonic() - began < 5
    assert trainer("GET", "/api/v1/tokens").json["items"][0]["used_at"] is not None


def test_the_rules_of_passwords_hold_wherever_one_is_set(app, caller):
    _, email = make_user(app, "trainer")
    person = Browser(app.test_client())
    person.log_in(email)
    for password, sentence in (
        ("short", "the password has 5 characters; 10 to 128 are right"),
        (email, "is the e-mail address"),
    ):
        form = {"password": PASSWORD, "new_password": password, "new_password_confirm": password}
        page = person.client.post("/change", data={**form, "csrf_token": person.csrf()}, headers=person.headers)
        assert (page.status_code, sentence in page.text) == (200, True)
    form = {"password": PASSWORD, "new_password": "another horse", "new_password_confirm": "another horse"}
    person.client.post("/change", data={**form, "csrf_token": person.csrf()})
    noted = caller("administrator")("GET", "/api/v1/audit?kind=user&search=user").json["items"]
    mine = [row["action"] for row in noted if row["user_email"] == email]
    assert mine == ["user.password", "user.login", "user.login"]  # who changes the password is logged in anew
