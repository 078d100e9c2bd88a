import json

import pytest

from webfoot.web import entries

MANIFEST = {
    "_chart.js": {"file": "assets/chart-1.js", "css": ["assets/chart-1.css"], "imports": ["_api.js"]},
    "_api.js": {"file": "assets/api-1.js", "imports": ["_chart.js"]},
    "src/pages/monitor.ts": {"file": "assets/monitor-1.js", "css": ["assets/monitor-1.css"], "imports": ["_chart.js"]},
}


@pytest.fixture
def built(tmp_path, monkeypatch):
    place = tmp_path / "manifest.json"
    monkeypatch.setattr(entries, "MANIFEST", place)
    place.write_text(json.dumps(MANIFEST))
    return place


def test_an_entry_brings_its_styles_and_what_it_imports_once_each(app, built):
    with app.test_request_context():
        tags = str(entries.entry("monitor")).split("\n    ")
    assert tags == [
        '<link rel="stylesheet" href="/static/built/assets/monitor-1.css">',
        '<link rel="stylesheet" href="/static/built/assets/chart-1.css">',
        '<link rel="modulepreload" href="/static/built/assets/chart-1.js">',
        '<link rel="modulepreload" href="/static/built/assets/api-1.js">',
        '<script type="module" src="/static/built/assets/monitor-1.js"></script>',
    ]


def test_a_page_stands_without_a_build_and_the_log_says_so(app, built, caplog):
    built.unlink()
    with app.test_request_context():
        assert str(entries.entry("monitor")) == ""
    entries.offer_entries(app)
    assert "run `make frontend`" in caplog.text


def test_a_build_while_the_service_runs_shows_at_the_next_page(app, built):
    with app.test_request_context():
        entries.entry("monitor")
        built.write_text(json.dumps({"src/pages/monitor.ts": {"file": "assets/monitor-2.js"}}))
        assert "monitor-2.js" in str(entries.entry("monitor"))


def test_built_files_are_kept_by_browsers_and_pages_are_not(app):
    def kept(path):
        with app.test_client().get(path) as answer:
            return answer.status_code, answer.headers.get("Cache-Control", "")

    file = next((entries.BUILT / "assets").glob("base-*.css")).name
    assert kept(f"/static/built/assets/{file}") == (200, "public, max-age=31536000, immutable")
    assert (
        kept("/static/built/assets/gone.css")[0] == 404 and "immutable" not in kept("/static/built/assets/gone.css")[1]
    )
    assert "immutable" not in kept("/static/favicon.svg")[1]
    assert kept("/login") == (200, "no-store")


def test_pages_are_sent_packed(app):
    answer = app.test_client().get("/login", headers={"Accept-Encoding": "gzip", "Accept": "text/html"})
    assert answer.headers["Content-Encoding"] == "gzip"
