"""Requests that are not what they say they are: each gets one sentence and a status of 400 to 499."""

import pytest
from browser import Browser, csrf_in
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

WALK = {"reference_motion": "walk", "epochs": 1, "batch_size": 8}
BOUNDED = settings(
    max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


# --- bodies ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "kind", "limit"),
    [
        (b'{"name": "' + b"a" * 2_000_000 + b'"}', "application/json", "2 MB"),
        (b"name=" + b"a" * 2_000_000, "application/x-www-form-urlencoded", "2 MB"),
        (b"a" * 2_000_001, "text/plain", "2 MB"),
    ],
    ids=["json", "form", "text"],
)
def test_a_body_has_a_size(caller, body, kind, limit):
    answer = caller()("PATCH", "/api/v1/me", data=body, content_type=kind)
    assert answer.status_code == 413
    assert f"the request is too large: {limit} may be sent here" in answer.json["error"]


def test_files_have_a_size(caller):
    claimed = {"CONTENT_LENGTH": "256000001"}
    kind = "multipart/form-data; boundary=x"
    answer = caller()("PATCH", "/api/v1/me", data=b"--x\r\n", content_type=kind, environ_overrides=claimed)
    assert answer.status_code == 413
    assert "the request is too large: 256 MB may be sent here" in answer.json["error"]


def test_a_body_that_nobody_may_send_is_not_read(app):
    huge = {"CONTENT_LENGTH": str(10**12)}
    answer = app.test_client().post("/training/start", content_type="application/json", environ_overrides=huge)
    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "the request is no JSON: Expecting value"),
        (b"{", "the request is no JSON: Expecting property name"),
        (b"{'name': 1}", "the request is no JSON: Expecting property name"),
        (b"\xff\xfe\x00", "the request is no JSON: "),
        (b'{"name": NaN}', "the request is no JSON: NaN is no JSON number"),
        (b'{"name": -Infinity}', "the request is no JSON: -Infinity is no JSON number"),
        (b'{"name": ' + b"1" * 5000 + b"}", "the request is no JSON: Exceeds the limit"),
        (b"[" * 100_000, "the JSON of the request is nested deeper than 32"),
        (b"[" * 40 + b"]" * 40, "the JSON of the request is nested deeper than 32"),
        (b'{"a": ' * 40 + b"1" + b"}" * 40, "the JSON of the request is nested deeper than 32"),
        (b'{"name": "a\\u0000b"}', "a text of the request holds the sign U+0000, which is no text"),
        (b'{"name": "a\\ud800b"}', "a text of the request holds the sign U+D800, which is no text"),
        (b'{"a\\udfff": 1}', "a text of the request holds the sign U+DFFF, which is no text"),
    ],
)
def test_what_is_no_json_is_refused_in_one_sentence(caller, body, sentence):
    trainer = caller()
    for method, path in (("PATCH", "/api/v1/me"), ("POST", "/training/start"), ("POST", "/api/v1/tokens")):
        answer = trainer(method, path, data=body, content_type="application/json")
        assert answer.status_code == 400, (path, answer.text)
        assert answer.json["error"].startswith(sentence), path


@pytest.mark.parametrize("body", [b"5", b'"walk"', b"[]", b"null", b"true", b'[{"name": "a"}]', b"1e400"])
def test_json_that_is_no_table_is_refused(caller, body):
    answer = caller()("POST", "/training/start", data=body, content_type="application/json")
    assert answer.status_code == 422, answer.text
    assert answer.json["error"].startswith("field '")


@pytest.mark.parametrize(
    "name", ["search=%00", "search=a%00b", "%00=1", "mine=%00", "search=%ff%fe", "search=%ed%a0%80"]
)
def test_an_address_holds_text(caller, name):
    for path in ("/api/v1/sessions", "/api/v1/users"):
        answer = caller("administrator")("GET", f"{path}?{name}")
        assert answer.status_code in (200, 400, 422), answer.text
        assert answer.status_code == 200 or answer.json["error"]


def test_a_form_holds_text(app):
    guest = Browser(app.test_client())
    for email, password in (
        ("a\0b@example.org", "x"),
        ("a@example.org", "x\0"),
        ("\ud800".encode("utf-8", "surrogatepass"), "x"),
    ):
        answer = guest.client.post(
            "/login", data={"email": email, "password": password, "csrf_token": csrf_in(guest.get("/login").text)}
        )
        assert answer.status_code in (200, 400)


@BOUNDED
@given(name=st.text(st.characters(codec=None), max_size=90), words=st.text(max_size=130))
def test_no_text_is_a_fault_of_ours(caller, name, words):
    trainer = caller()
    told = [
        trainer("PATCH", "/api/v1/me", json={"name": name}),
        trainer("POST", "/api/v1/tokens", json={"name": name, "scopes": ["read"]}),
        trainer("POST", "/training/start", json={**WALK, "name": name}),
        trainer("POST", "/training/start", json={"reference_motion": name or "x"}),
        trainer("POST", "/training/start", json={**WALK, "parameters": {name: name}}),
        trainer("GET", "/api/v1/sessions", query_string={"search": words}),
        trainer("GET", "/api/v1/sessions", query_string={words: "1"}),
    ]
    for answer in told:
        assert answer.status_code < 500, (answer.request.path, answer.text)
        assert "error" in answer.json or answer.status_code < 300


@BOUNDED
@given(body=st.binary(max_size=200))
def test_no_bytes_are_a_fault_of_ours(caller, body):
    trainer = caller()
    for kind in ("application/json", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "a/b"):
        assert trainer("POST", "/training/start", data=body, content_type=kind).status_code in (400, 413, 415, 422)


# --- addresses and methods ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    ["page=0", "page=-1", "page=100001", f"page={10**30}", "page=x", "page=", "page=1.5", "per_page=0", "per_page=101"]
    + ["sort=password", "state=king", "beer=1", "mine=perhaps"],
)
def test_an_absurd_page_is_refused(caller, query):
    answer = caller()("GET", f"/api/v1/sessions?{query}")
    assert answer.status_code == 422
    assert answer.json["error"].startswith(f"field '{query.partition('=')[0]}': ")


def test_the_last_possible_page_is_empty(caller):
    for path in ("/api/v1/sessions", "/api/v1/users", "/api/v1/audit"):
        told = caller("administrator")("GET", f"{path}?page=100000&per_page=100")
        assert (told.status_code, told.json["items"]) == (200, [])


@pytest.mark.parametrize("id", ["0", "-1", "2147483647", "2147483648", str(2**63), str(2**64), "9" * 400, "1.5", "x"])
def test_an_id_that_nothing_has_is_of_nothing(caller, id):
    chief = caller("administrator")
    for path in ("/api/v1/sessions/{}", "/training/status/{}", "/api/v1/users/{}", "/api/v1/motions/{}/shares"):
        answer = chief("GET", path.format(id))
        assert (answer.status_code, answer.json["code"]) == (404, 404), path
    assert chief("DELETE", f"/api/v1/tokens/{id}").status_code == 404


def test_options_names_the_methods(caller):
    answer = caller()("OPTIONS", "/training/start")
    assert answer.status_code == 200
    assert set(answer.allow) == {"POST", "OPTIONS"}


@pytest.mark.parametrize("method", ["BREW", "TRACE", "CONNECT", "PUT", "get", "G\xcbT"])
def test_an_unknown_method_is_refused(caller, method):
    answer = caller()(method, "/api/v1/me")
    assert answer.status_code == (405 if method != "get" else 200)
    if method != "get":
        assert answer.json == {"error": "The method is not allowed for the requested URL.", "code": 405}


@pytest.mark.parametrize(
    "path",
    ["../app.py", "..%2fapp.py", "%2e%2e/app.py", "%2e%2e%2f%2e%2e%2f%2e%2e%2fpyproject.toml", "/etc/passwd"]
    + ["..\\app.py", "%00", "....//app.py", "js/../../app.py"],
)
def test_static_files_are_the_static_files(app, path):
    client = app.test_client()
    for place in ("static", "fs-static"):
        with client.get(f"/{place}/{path}") as answer:
            assert answer.status_code in (308, 400, 404), path


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json", "/verify", "/register", "/reset", "/console"])
def test_what_nobody_opened_is_not_there(caller, path):
    assert caller("administrator")("GET", path).status_code == 404


def test_a_key_is_kept_whole_or_refused(caller):
    trainer, key = caller(), "k" * 128
    first, other = (trainer("POST", "/training/start", json=WALK, headers={"Idempotency-Key": key}) for _ in range(2))
    assert first.json["id"] == other.json["id"]
    refused = trainer("POST", "/training/start", json=WALK, headers={"Idempotency-Key": key + "k"})
    assert (refused.status_code, refused.json["error"]) == (
        400,
        "header 'Idempotency-Key' has 129 characters; 128 are possible",
    )
