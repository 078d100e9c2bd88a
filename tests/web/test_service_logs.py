import io
import json
import logging
import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webfoot.errors import ConfigError
from webfoot.web.ops.logs import JsonLines, PlainLines, log_requests, set_up_logs
from webfoot.web.ops.mask import mask

SECRET = "Zq3-" + 39 * "x"


@pytest.mark.parametrize(
    ("said", "written"),
    [
        (f"token wf_{SECRET} was used", "token wf_*** was used"),
        ("Authorization: Bearer abc.def-ghi", "Authorization: ***"),
        ("Cookie: session=eyJ; theme=dark", "Cookie: ***"),
        ('{"password": "open sesame", "name": "a"}', '{"password": ***, "name": "a"}'),
        ("password='it''s' and more", "password=***''s' and more".replace("***''s'", "***'s'")),
        ("new_password=hunter2&next=/", "new_password=***&next=/"),
        ("GET /invitation/abc 200", "GET /invitation/*** 200"),
        ("GET /link/abc/curves 200", "GET /link/***/curves 200"),
        (f"secret {SECRET} was guessed", "secret *** was guessed"),
        ("slack://T1/B2/C3 cannot be reached", "slack://*** cannot be reached"),
        ("mailtos://me:pw@example.org?smtp=x", "mailtos://***"),
        ("https://hooks.example.org/services/T/B", "https://hooks.example.org/***"),
        ("postgresql+psycopg://me:pw@host/db is away", "postgresql+psycopg://*** is away"),
        ("http://u:p@127.0.0.1:8800", "http://127.0.0.1:8800"),
    ],
)
def test_secrets_are_hidden(said, written):
    assert mask(said) == written


@pytest.mark.parametrize(
    "said",
    [
        "session 7 is running: done",
        "GET /api/v1/sessions/7 200 1.5 ms",
        "webfoot answers at http://127.0.0.1:8800",
        "upload 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 is kept",
        "worker host-123 is ready for 1 at once",
    ],
)
def test_what_is_no_secret_stays(said):
    assert mask(said) == said


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_token_comes_through_whatever_stands_around_it(before, after):
    secret = secrets.token_hex(16)
    said = f"{before} wf_{secret} {after}\nhttps://host.example/{secret}\npassword={secret}"
    assert secret not in mask(said)


def lines_of(formatter, *told):
    handler, written = logging.StreamHandler(io.StringIO()), []
    handler.setFormatter(formatter)
    logger = logging.getLogger("webfoot.test")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        for tell in told:
            tell(logger)
        written = handler.stream.getvalue().splitlines()
    finally:
        logger.removeHandler(handler)
    return written


def fail(logger):
    try:
        raise ValueError(f"wrong token wf_{SECRET}")
    except ValueError:
        logger.exception("session %d: a fault", 7)


def test_every_record_is_one_json_document_with_ids():
    first, second = map(
        json.loads, lines_of(JsonLines(), lambda log: log.info("two\nlines ü", extra={"user_id": 3}), fail)
    )
    assert (first["level"], first["logger"], first["message"]) == ("info", "webfoot.test", "two\nlines ü")
    assert first["user_id"] == 3 and "session_id" not in first
    assert first["time"].endswith("+00:00")
    assert second["session_id"] == 7
    assert "ValueError: wrong token wf_***" in second["exception"] and SECRET not in second["exception"]


def test_plain_lines_hide_secrets_in_tracebacks_too():
    written = "\n".join(lines_of(PlainLines(), fail))
    assert "ERROR   webfoot.test: session 7: a fault" in written
    assert "wf_***" in written and SECRET not in written


def test_a_request_is_told_with_its_ids_and_without_its_query(app, caller, caplog):
    log_requests(app)
    trainer = caller()
    session_id = trainer("POST", "/training/start", json={"reference_motion": "walk"}).json["id"]
    caplog.handler.setFormatter(JsonLines())
    caplog.set_level(logging.INFO, "webfoot.web.access")
    answer = trainer("GET", f"/training/status/{session_id}?password=x", headers={"X-Request-ID": "from-the-proxy"})
    assert answer.headers["X-Request-ID"] == "from-the-proxy"
    (line,) = (line for line in caplog.text.splitlines() if "webfoot.web.access" in line)
    told = json.loads(line)
    assert told["message"].startswith(f"GET /training/status/{session_id} 200 ")
    assert (told["request_id"], told["session_id"], told["user_id"]) == ("from-the-proxy", session_id, trainer.user_id)


def test_a_request_id_that_could_forge_a_line_is_replaced(app):
    log_requests(app)
    answer = app.test_client().get("/healthz", headers={"X-Request-ID": "a b"})
    assert len(answer.headers["X-Request-ID"]) == 16


def test_an_unknown_format_is_refused():
    with pytest.raises(ConfigError, match="log format is 'xml': one of plain, json would be right"):
        set_up_logs("xml")
