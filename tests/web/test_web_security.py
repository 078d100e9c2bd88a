"""What attackers and fuzzers try, and what they are told: never more than one sentence, never a fault of ours."""

import re
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest
from browser import PAGE, PASSWORD, Browser, csrf_in, logged_in, make_user
from sqlalchemy import text

from webfoot.web.app import create_app
from webfoot.web.database import SAFE_METHODS
from webfoot.web.gate import rule_of

WALK = {"reference_motion": "walk", "epochs": 1, "batch_size": 8}


def addresses(app, *, safe: bool) -> list[tuple[str, str]]:
    """Method and address of every route that is open to somebody, with 1 for every id."""
    found = []
    for rule in app.url_map.iter_rules():
        if rule_of(rule.endpoint, app.view_functions[rule.endpoint]) is None:
            continue
        path = re.sub(r"<any\((\w+)[^>]*>", r"\1", rule.rule)
        path = re.sub(r"<[^>]*>", "1", path)
        found += [(method, path) for method in sorted(rule.methods or ()) if (method in SAFE_METHODS) == safe]
    return found


# --- CSRF -----------------------------------------------------------------------------------------------------------


def test_a_cookie_alone_changes_nothing_anywhere(app):
    """Whatever a page elsewhere makes a browser send, in whatever form: no route takes it."""
    chief = logged_in(app, "administrator")
    tried = addresses(app, safe=False)
    assert len(tried) > 20
    bodies = [
        {"json": {}},
        {"data": "{}", "content_type": "text/plain"},
        {"data": {"a": "b"}},
        {"data": {"a": "b"}, "content_type": "multipart/form-data"},
    ]
    for method, path in tried:
        for body in bodies:
            for wrong in ({}, {"X-CSRFToken": "guessed"}, {"X-Requested-With": "XMLHttpRequest"}):
                answer = chief.client.open(path, method=method, headers=wrong, **body)
                assert answer.status_code == 400, (method, path, body, wrong)
                assert "CSRF" in answer.json["error"], (method, path, body, wrong)


def test_a_csrf_token_beside_the_cookie_is_enough_and_an_api_token_needs_none(app, caller):
    person = logged_in(app, "trainer")
    csrf = person.csrf()
    header = person.client.patch("/api/v1/me", json={"name": "Ada"}, headers={"X-CSRFToken": csrf})
    assert (header.status_code, header.json["name"]) == (200, "Ada")
    assert caller()("PATCH", "/api/v1/me", json={"name": "Ada"}).status_code == 200


def test_a_csrf_token_is_its_owners(app):
    person, attacker = logged_in(app, "trainer"), logged_in(app, "trainer")
    assert person.csrf() != attacker.csrf()
    stolen = {"X-CSRFToken": attacker.csrf()}
    answer = person.client.patch("/api/v1/me", json={"name": "Eve"}, headers=stolen)
    assert (answer.status_code, answer.json["error"]) == (
        400,
        "The CSRF tokens do not match. Reload the page and send it again.",
    )


def test_no_other_page_may_read_an_answer(app, caller):
    for method in ("GET", "OPTIONS"):
        answer = caller()(method, "/api/v1/me", headers={"Origin": "https://evil.example"})
        assert not [name for name, _ in answer.headers if name.startswith("Access-Control")]


# --- logging in and out ---------------------------------------------------------------------------------------------


def test_a_planted_cookie_is_worth_nothing_after_the_login(app):
    attacker, victim = Browser(app.test_client()), Browser(app.test_client())
    known = csrf_in(attacker.get("/login").text)
    planted = attacker.client.get_cookie("session")
    assert planted is not None
    victim.client.set_cookie("session", planted.value)
    form = {"email": make_user(app, "trainer")[1], "password": PASSWORD, "csrf_token": known}
    assert victim.client.post("/login", data=form).status_code == 302
    assert victim.is_logged_in
    assert not attacker.is_logged_in
    renewed = victim.client.get_cookie("session")
    assert renewed is not None
    assert renewed.value != planted.value
    answer = victim.client.patch("/api/v1/me", json={"name": "Eve"}, headers={"X-CSRFToken": known})
    assert answer.status_code == 400  # the CSRF token that the attacker knows went with the old cookie


@pytest.mark.parametrize("secure", [False, True])
def test_cookies_are_for_this_site_and_not_for_scripts(settings, secure):
    app = create_app(settings.model_copy(update={"secure_cookies": secure}))
    guest = Browser(app.test_client())
    email = make_user(app, "trainer")[1]
    base = {"base_url": "https://localhost"}
    form = {"email": email, "password": PASSWORD, "remember": "y"}
    form["csrf_token"] = csrf_in(guest.client.get("/login", headers=PAGE, **base).text)
    headers = {"Referer": "https://localhost/login"}
    done = guest.client.post("/login", data=form, headers=headers, **base)
    cookies = done.headers.getlist("Set-Cookie")
    assert {cookie.partition("=")[0] for cookie in cookies} == {"session", "remember_token"}
    for cookie in cookies:
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert ("Secure" in cookie) == secure
    app.extensions["webfoot"].database.engine.dispose()


LOGIN = "http://localhost/login"
FOREIGN = [
    "https://evil.example",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https:evil.example",
    "javascript:alert(1)",
    "http://localhost@evil.example/",
    "http://localhost.evil.example/",
    " //evil.example",
    "/\t/evil.example",
    "/\r\nLocation: https://evil.example",
]


def leads_within(where: str) -> bool:
    """Whether a browser that reads generously stays on this site: one that takes \\ for / and drops blanks."""
    return where.isprintable() and not set(where) & set("\\ ") and urlsplit(urljoin(LOGIN, where)).netloc == "localhost"


@pytest.mark.parametrize("next", FOREIGN)
def test_a_login_leads_to_no_other_site(app, next):
    email = make_user(app, "trainer")[1]
    for how in ("address", "form"):
        guest = Browser(app.test_client())
        form = {"email": email, "password": PASSWORD, "csrf_token": csrf_in(guest.get("/login").text)}
        query, form = ({"next": next}, form) if how == "address" else ({}, {**form, "next": next})
        answer = guest.client.post("/login", query_string=query, data=form, headers=PAGE)
        assert leads_within(answer.headers.get("Location", "/")), how
        again = guest.client.get("/login", query_string={"next": next}, headers=PAGE)
        assert leads_within(again.headers.get("Location", "/")), how


def test_a_login_leads_to_where_one_wanted(app):
    guest = Browser(app.test_client())
    sent = guest.get("/change")
    assert (sent.status_code, sent.location) == (302, "/login?next=/change")
    done = guest.log_in(make_user(app, "trainer")[1], path=sent.location)
    assert (done.status_code, done.location) == (302, "/change")


def test_one_logs_out_by_post_only(app):
    person = logged_in(app, "trainer")
    assert person.get("/logout").status_code == 405
    assert person.client.post("/logout").status_code == 400
    assert person.is_logged_in
    done = person.client.post("/logout", data={"csrf_token": person.csrf()})
    assert (done.status_code, done.location) == (302, "/login")
    assert not person.is_logged_in


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "Basic", "Bearer wf_", "Bearer  wf_x", "Token wf_x", ""])
def test_a_strange_authorization_is_nobody(app, scheme):
    answer = app.test_client().get("/api/v1/me", headers={"Authorization": scheme})
    assert (answer.status_code, answer.json["code"]) == (401, 401)


def test_flask_securitys_own_tokens_open_nothing(app):
    """Its login may give one; ours are the only ones that count."""
    email = make_user(app, "administrator")[1]
    client = app.test_client()
    csrf = {"X-CSRFToken": csrf_in(client.get("/login", headers=PAGE).text)}
    form = {"email": email, "password": PASSWORD}
    told = client.post("/login?include_auth_token", json=form, headers=csrf).json
    token = told["response"].get("user", {}).get("authentication_token", "none")
    stranger = app.test_client()
    assert stranger.get("/api/v1/me", headers={"Authentication-Token": token}).status_code == 401
    assert stranger.get("/api/v1/me", query_string={"auth_token": token}).status_code == 401


# --- headers --------------------------------------------------------------------------------------------------------


def test_every_answer_says_what_a_browser_may_do_with_it(app, caller):
    chief = caller("administrator")
    paths = [path for method, path in addresses(app, safe=True) if method == "GET" and "stream" not in path]
    for path in [*paths, "/nothing/here", "/training/start"]:
        with chief("GET", path) as answer:
            assert answer.headers["X-Content-Type-Options"] == "nosniff", path
            assert answer.headers["X-Frame-Options"] == "SAMEORIGIN", path
            assert answer.headers["Referrer-Policy"] == "same-origin", path
            policy = answer.headers["Content-Security-Policy"]
            assert "default-src 'self'" in policy, path
            assert "frame-ancestors 'self'" in policy, path


def test_only_an_answer_that_bids_to_wait_says_when_to_come_back(settings):
    app = create_app(settings.model_copy(update={"rate_limit": "2 per minute"}))
    client = app.test_client()
    paths = ("/login", "/api/v1/me", "/nothing", "/static/favicon.svg", "/training/start")
    answers = [client.get(path) for path in paths]
    answers += [client.post("/login"), client.get("/login"), client.get("/login")]
    statuses = [answer.status_code for answer in answers]
    assert {200, 401, 404, 405, 400, 429} <= set(statuses), statuses
    for answer in answers:
        assert ("Retry-After" in answer.headers) == (answer.status_code == 429), answer.request.path
        answer.close()
    app.extensions["webfoot"].database.engine.dispose()


def test_head_is_get_without_a_body(app, caller):
    chief = caller("administrator")
    for method, path in addresses(app, safe=True):
        if method == "GET" and "stream" not in path:
            with chief("GET", path) as whole, chief("HEAD", path) as head:
                assert (head.status_code, head.data) == (whole.status_code, b""), path


def test_a_line_break_gets_into_no_header(app, caller, service):
    trainer = caller()
    id = trainer("POST", "/training/start", json={**WALK, "name": "a\r\nX-Evil: 1"}).json["id"]
    folder = service.settings.runs_dir / str(id)
    folder.mkdir(parents=True)
    (folder / "policy.onnx").write_bytes(b"a policy")
    for path in (
        f"/api/v1/sessions/{id}",
        f"/api/v1/sessions/{id}/artifacts/policy",
        f"/api/v1/sessions/{id}/artifacts/policy%0d%0aX-Evil:%201",
        "/login?next=/%0d%0aX-Evil:%201",
        "/%0d%0aX-Evil:%201",
        "/api/v1/sessions?search=%0d%0aX-Evil:%201",
    ):
        with trainer("GET", path) as answer:
            assert answer.status_code < 500, path
            assert "X-Evil" not in answer.headers, path
            assert not [value for value in answer.headers.values() if "\n" in value or "\r" in value], path


@pytest.mark.parametrize("key", ["a\r\nX-Evil: 1", "a\0b", "a\nb"])
def test_a_header_is_one_line(caller, key):
    answer = caller()("POST", "/training/start", json=WALK, environ_overrides={"HTTP_IDEMPOTENCY_KEY": key})
    assert (answer.status_code, answer.json["error"]) == (
        400,
        "header 'Idempotency-Key' holds a line break or a NUL; it must be one line",
    )


def test_what_the_request_says_of_its_host_is_not_repeated(app, caller):
    chief = caller("administrator")
    lies = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https", "Forwarded": "host=evil.example"}
    made = chief("POST", "/api/v1/users", json={"email": "a@example.org"}, headers=lies).json
    assert made["invitation"].startswith("http://localhost/invitation/")
    client = app.test_client()
    for path in ("/", "/login", "/change", "/nothing"):
        answer = client.get(path, headers={**PAGE, **lies, "Host": "evil.example"})
        assert answer.status_code < 500
        assert "evil" not in answer.text + str(answer.headers)


# --- pages ----------------------------------------------------------------------------------------------------------


class Inline(HTMLParser):
    """Finds what the content policy forbids: scripts and styles within the page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside = tag if tag in ("script", "style") else ""
        names = dict(attrs)
        self.found += [f"{tag} {name}" for name in names if name.startswith("on") or name == "style"]
        self.found += [f"{tag} {value}" for value in names.values() if (value or "").startswith("javascript:")]
        if tag == "style":
            self.found.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self.inside = ""

    def handle_data(self, data: str) -> None:
        if self.inside == "script" and data.strip():
            self.found.append(f"script: {data.strip()[:40]}")


def test_pages_hold_no_script_and_no_style_and_no_markup_of_users(app, service):
    person = logged_in(app, "administrator")
    evil = "<script>alert(1)</script>"
    person.send("PATCH", "/api/v1/me", json={"name": evil})
    id = person.send("POST", "/training/start", json={**WALK, "name": evil}).json["id"]
    link = person.send("POST", f"/api/v1/sessions/{id}/links", json={}).json["url"]
    invited = person.send("POST", "/api/v1/users", json={"email": "a@example.org", "name": evil}).json["invitation"]
    paths = ["/", "/change", "/training/configure", f"/training/monitor/{id}", "/nothing", link, invited, f"/{evil}"]
    for path in paths:
        page = person.get(path.removeprefix("http://localhost"))
        assert page.mimetype == "text/html", path
        assert evil not in page.text, path
        reader = Inline()
        reader.feed(page.text)
        assert reader.found == [], path
    guest = Browser(app.test_client())
    assert evil not in guest.get(f"/login?next={evil}").text
    assert evil not in guest.log_in(evil).text


def test_when_the_database_is_away_a_page_and_a_program_are_told_so(app, caller, service):
    person, trainer = logged_in(app, "trainer"), caller()
    with service.database.writing() as session:
        session.execute(text("ALTER TABLE users RENAME TO elsewhere"))
    page, told = person.get("/change"), trainer("GET", "/api/v1/sessions")
    for answer in (page, told):
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "The database cannot be reached now, and nothing was changed" in page.text
    assert told.json["code"] == 503
