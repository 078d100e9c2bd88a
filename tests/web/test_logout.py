from browser import PASSWORD, Browser, logged_in, make_user
from tokens import kept_token

from webfoot.web.models.user import User


def copied(app, person: Browser, *names: str) -> Browser:
    """Whoever has a copy of somebody's cookies."""
    thief = Browser(app.test_client())
    for name in names:
        cookie = person.client.get_cookie(name)
        assert cookie is not None
        thief.client.set_cookie(name, cookie.value)
    return thief


def test_logging_out_ends_every_login_and_every_copy_of_its_cookies(app):
    _, email = make_user(app, "trainer")
    here, elsewhere = Browser(app.test_client()), Browser(app.test_client())
    here.log_in(email, remember="y")
    elsewhere.log_in(email)
    thieves = [copied(app, here, "session"), copied(app, here, "remember_token"), copied(app, elsewhere, "session")]
    assert all(one.is_logged_in for one in (here, elsewhere, *thieves))
    assert "every device" in here.get("/").text  # the page says so
    done = here.client.post("/logout", data={"csrf_token": here.csrf()})
    assert (done.status_code, done.location) == (302, "/login")
    assert not [one for one in (here, elsewhere, *thieves) if one.is_logged_in]
    here.log_in(email, PASSWORD)
    assert here.is_logged_in
    assert not [one for one in thieves if one.is_logged_in]


def test_logging_out_ends_nothing_of_others_and_is_noted(app, caller):
    person, other = logged_in(app, "trainer"), logged_in(app, "trainer")
    me = person.get("/api/v1/me").json["email"]
    assert person.send("POST", "/logout", json={}).status_code == 200
    assert (person.is_logged_in, other.is_logged_in) == (False, True)
    noted = caller("administrator")("GET", "/api/v1/audit?search=logout").json["items"]
    assert [(row["action"], row["user_email"]) for row in noted] == [("user.logout", me)]


def test_a_program_with_a_token_logs_nobody_out(app, service):
    id, email = make_user(app, "trainer")
    person = Browser(app.test_client())
    person.log_in(email)
    with service.database.writing() as session:
        secret = kept_token(session, session.get_one(User, id), ["read"])
    program = app.test_client()
    by = {"Authorization": f"Bearer {secret}"}
    assert program.post("/logout", headers=by).status_code < 400
    assert person.is_logged_in
    assert program.get("/api/v1/me", headers=by).status_code == 200
