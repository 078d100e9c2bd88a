import urllib.error
import urllib.request

import pytest
from browser import PAGE, make_user
from patience import wait_until
from running import answers, running
from werkzeug.test import EnvironBuilder, run_wsgi_app

from webfoot.errors import ConfigError
from webfoot.web.app import create_app
from webfoot.web.hosts import is_known, name_of, names_of, own_names
from webfoot.web.settings import Settings, load_settings, read_settings, save_settings

REFUSAL = "the request names a host that is none of this service's; see the setting 'hosts'"


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("localhost", "localhost"),
        ("Lab.Example.org:8800", "lab.example.org"),
        ("lab.example.org.", "lab.example.org"),
        ("127.0.0.1:80", "127.0.0.1"),
        ("[::1]:8800", "::1"),
        ("", ""),
        ("::1", ""),
        ("a b", ""),
        ("a:b", ""),
        ("user@localhost", ""),
        ("localhost/x", ""),
        ("localhost\\.evil.example", ""),
        ("localhost:123456", ""),
    ],
)
def test_a_host_has_a_name_or_is_malformed(host, name):
    assert name_of(host) == name


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "127.9.9.9", "::1", "lab.example.org"])
def test_loopback_and_what_is_listed_is_known(name):
    assert is_known(name, {"lab.example.org"})


@pytest.mark.parametrize(
    "name",
    ["", "localhost.evil.example", "evil.example", "10.0.0.1", "::", "0.0.0.0", "x.lab.example.org", "2130706433"],
)
def test_whatever_else_there_is_is_not(name):
    assert not is_known(name, {"lab.example.org"})


def test_the_settings_name_the_service(tmp_path, monkeypatch):
    told = read_settings(public_url="https://Lab.example.org:8443", hosts=["Webfoot.lan", "[FD00:0::7]"])
    assert names_of(told) == {"lab.example.org", "webfoot.lan", "fd00::7"}
    monkeypatch.setenv("WEBFOOT_HOSTS", "webfoot.lan, 10.0.0.7")
    assert names_of(read_settings()) == {"webfoot.lan", "10.0.0.7"}
    save_settings(told, tmp_path / "settings.json")
    assert load_settings(tmp_path / "settings.json") == told


@pytest.mark.parametrize("host", ["http://webfoot.lan", "webfoot.lan:8800", "a b", ""])
def test_a_host_that_is_none_is_refused_in_the_settings(host):
    with pytest.raises(ConfigError, match=r"setting 'hosts\.0' is .* a name or an address without a port"):
        read_settings(hosts=[host])


def test_a_request_that_names_another_host_is_refused_whatever_it_asks(app, caller):
    chief = caller("administrator")
    for path in ("/healthz", "/login", "/api/v1/me", "/nothing", "/static/favicon.svg"):
        for host in ("evil.example", "localhost.evil.example", "10.0.0.1:8800", "a b", ""):
            answer = chief("GET", path, headers={"Host": host})
            assert (answer.status_code, answer.json) == (400, {"error": REFUSAL, "code": 400}), (path, host)
    page = app.test_client().get("/login", headers={**PAGE, "Host": "evil.example"})
    assert (page.status_code, page.mimetype) == (400, "text/html")
    assert "names a host that is none of this service" in page.text
    assert "evil" not in page.text
    assert chief("PATCH", "/api/v1/me", json={"name": "Eve"}, headers={"Host": "evil.example"}).status_code == 400


def test_a_request_that_names_the_service_or_nothing_is_answered(settings):
    named = settings.model_copy(update={"public_url": "https://lab.example.org", "hosts": ("webfoot.lan",)})
    app = create_app(named)
    client = app.test_client()
    for host in ("localhost", "127.0.0.1:8800", "[::1]:8800", "lab.example.org", "LAB.example.org:443", "webfoot.lan"):
        assert client.get("/healthz", headers={"Host": host}).status_code == 200, host
    silent = EnvironBuilder("/healthz").get_environ()
    del silent["HTTP_HOST"]  # HTTP/1.0
    assert run_wsgi_app(app, silent)[1] == "200 OK"
    app.extensions["webfoot"].database.engine.dispose()


def test_behind_a_proxy_the_host_counts_that_the_user_asked_for(settings):
    app = create_app(settings.model_copy(update={"public_url": "https://lab.example.org", "proxies": 1}))
    client = app.test_client()
    for host, status in (("lab.example.org", 200), ("evil.example", 400)):
        assert client.get("/healthz", headers={"X-Forwarded-Host": host}).status_code == status
    app.extensions["webfoot"].database.engine.dispose()


def test_a_machine_has_names_and_addresses():
    names = own_names("Robots.lan", "0.0.0.0", "no name")
    assert {"127.0.0.1", "robots.lan"} <= set(names)
    assert "no name" not in names and "" not in names
    assert Settings(hosts=tuple(names)).hosts == tuple(names)


@pytest.mark.slow
def test_a_service_that_others_can_reach_is_known_by_the_names_of_its_machine(tmp_path, settings):
    words = ("serve", "--host", "0.0.0.0", "--port", "0", "--threads", "8", "--no-worker")
    with running(tmp_path, settings, *words) as service:
        address = service.line().removeprefix("webfoot answers at ")
        wait_until("an answer", lambda: answers(address))
        for name in own_names():
            host = f"[{name}]" if ":" in name else name
            request = urllib.request.Request(f"{address}/healthz", headers={"Host": host})
            with urllib.request.urlopen(request, timeout=60) as answer:
                assert answer.status == 200, name
        foreign = urllib.request.Request(f"{address}/healthz", headers={"Host": "evil.example"})
        with pytest.raises(urllib.error.HTTPError, match="400") as refused:
            urllib.request.urlopen(foreign, timeout=60)
        refused.value.close()


def test_the_login_of_a_page_elsewhere_is_not_answered(app):
    """DNS rebinding: the browser believes that it is at evil.example, and sends what is stored for it."""
    _, email = make_user(app, "trainer")
    client = app.test_client()
    form = {"email": email, "password": "x"}
    assert client.post("/login", data=form, headers={"Host": "evil.example"}).json["error"] == REFUSAL
