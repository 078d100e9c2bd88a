import re
from datetime import timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families
from rows import alert_row, training_row

from webfoot.web.app import create_app
from webfoot.web.models.base import now
from webfoot.web.models.notice import WorkerRow
from webfoot.web.states import State


def read(answer) -> dict[tuple[str, ...], float]:
    """Every sample by its name and the values of its labels."""
    assert answer.status_code == 200, answer.text
    families = text_string_to_metric_families(answer.text)
    return {(s.name, *s.labels.values()): s.value for family in families for s in family.samples}


@pytest.fixture
def filled(service, caller):
    """Two sessions that train, one that waits; a worker that was heard of a minute ago, one long gone; three alerts."""
    user = caller()
    with service.database.writing() as session:
        for state, speed in ((State.RUNNING, 1000.0), (State.RUNNING, 500.0), (State.QUEUED, None)):
            session.add(training_row(user.user_id, state, name="very secret", steps_per_s=speed))
        silent = now() - timedelta(seconds=60)
        session.add(WorkerRow(name="host-of-somebody", concurrency=3, running=2, seen_at=silent))
        session.add(WorkerRow(name="killed", concurrency=8, running=8, seen_at=now() - timedelta(hours=1)))
        for cleared in (None, None, now()):
            session.add(alert_row(user.user_id, message="secret", cleared_at=cleared))
    return user


def test_the_numbers_of_the_service_are_those_of_its_rows(caller, filled):
    told = read(caller("administrator")("GET", "/metrics"))
    assert {name: told["webfoot_sessions", name] for name in State} == {
        **dict.fromkeys(State, 0.0), "running": 2.0, "queued": 1.0
    }  # fmt: skip
    assert told["webfoot_queue_length",] == 1.0
    assert told["webfoot_steps_per_second",] == 1500.0
    assert (told["webfoot_workers",], told["webfoot_worker_places",]) == (1.0, 3.0)
    assert 60.0 <= told["webfoot_worker_silence_seconds", "1"] < 600.0
    assert (told["webfoot_alerts", "plateau"], told["webfoot_alerts_standing", "plateau"]) == (3.0, 2.0)
    assert (told["webfoot_alerts", "nan"], told["webfoot_streams",]) == (0.0, 0.0)
    assert told["process_resident_memory_bytes",] > 1e6


def test_requests_are_counted_by_endpoint_and_status_also_those_that_the_gate_refused(app, caller, filled):
    boss = caller("administrator")
    for _ in range(3):
        filled("GET", "/api/v1/sessions/1")
    app.test_client().get("/api/v1/sessions/1")
    filled("GET", "/api/v1/sessions/999")
    for n in range(5):
        filled("GET", f"/made/up/{n}")
    app.test_client().open("/healthz", method="BREW")
    with filled("GET", "/api/v1/stream"):
        told = read(boss("GET", "/metrics"))
    counted = {tuple(key[1:]): value for key, value in told.items() if key[0] == "webfoot_http_requests_total"}
    assert counted["sessions.show", "GET", "200"] == 3.0
    assert counted["sessions.show", "GET", "401"] == 1.0
    assert counted["sessions.show", "GET", "404"] == 1.0
    assert counted["none", "GET", "404"] == 5.0
    assert counted["none", "other", "405"] == 1.0
    assert told["webfoot_streams",] == 1.0
    buckets = [told["webfoot_http_request_seconds_bucket", "sessions.show", le] for le in ("0.005", "30.0", "+Inf")]
    assert buckets == sorted(buckets) and buckets[-1] == 5.0
    assert told["webfoot_http_request_seconds_count", "live.of_user"] == 1.0


def test_no_name_of_anybody_or_anything_is_told(caller, filled):
    text = caller("administrator")("GET", "/metrics").text
    assert not re.search(r"secret|host-of-somebody|@|example\.org|duckling", text)


def test_only_an_administrator_reads_them(app, caller):
    here = {"REMOTE_ADDR": "127.0.0.1"}
    assert app.test_client().get("/metrics", environ_base=here).status_code == 401
    assert caller("trainer")("GET", "/metrics").status_code == 403
    assert caller("administrator", scopes=("train",))("GET", "/metrics").status_code == 403
    assert caller("administrator")("GET", "/metrics").status_code == 200


@pytest.fixture
def settings(settings, request):
    return settings.model_copy(update=getattr(request, "param", {}))


@pytest.mark.parametrize("settings", [{"local_metrics": True}], indirect=True)
def test_where_the_settings_say_so_this_machine_reads_them_and_no_proxy_does_so_for_others(app, caller):
    client = app.test_client()

    def status(address, **headers):
        return client.get("/metrics", environ_base={"REMOTE_ADDR": address}, headers=headers).status_code

    assert [status(address) for address in ("127.0.0.1", "127.8.0.1", "::1")] == [200, 200, 200]
    assert [status(address) for address in ("10.0.0.1", "192.0.2.1", "", "unix:")] == [401] * 4
    for name in ("X-Forwarded-For", "Forwarded", "X-Real-IP"):
        assert status("127.0.0.1", **{name: "127.0.0.1"}) == 401
    far = {"environ_base": {"REMOTE_ADDR": "192.0.2.1"}}
    assert caller("administrator")("GET", "/metrics", **far).status_code == 200
    assert caller("trainer")("GET", "/metrics", **far).status_code == 403
    assert caller("administrator", scopes=("train",))("GET", "/metrics", **far).status_code == 403


def test_applications_in_one_process_count_for_themselves(app, caller, settings, tmp_path):
    other = create_app(settings.model_copy(update={"data_dir": tmp_path / "other", "database_url": ""}))
    other.test_client().get("/healthz")
    other.extensions["webfoot"].database.engine.dispose()
    told = read(caller("administrator")("GET", "/metrics"))
    assert ("webfoot_http_requests_total", "operations.health", "GET", "200") not in told
