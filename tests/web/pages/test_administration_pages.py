"""Administration: accounts, quotas, audit log, service; for administrators and nobody else."""

import pytest
from rows import keep, training_row
from shown import fragment, has_own_script, names, page

from webfoot.web.models.notice import WorkerRow
from webfoot.web.states import State

PLACES = ["/administration/users", "/administration/audit", "/administration/service"]


@pytest.mark.parametrize("path", PLACES)
def test_administrators_only(caller, path):
    assert not has_own_script(page(caller("administrator"), path))
    assert caller("trainer")("GET", path).status_code == 403


def test_administration_begins_with_the_users(caller):
    assert caller("administrator")("GET", "/administration").location == "/administration/users"


def test_users_are_searched_and_filtered(caller):
    chief, trainer, viewer = caller("administrator"), caller("trainer"), caller("viewer")
    assert len(names(page(chief, PLACES[0]))) == 3
    assert names(fragment(chief, f"{PLACES[0]}?role=viewer")) == [viewer.email.partition("@")[0]]
    assert names(fragment(chief, f"{PLACES[0]}?search={trainer.email[:12].upper()}")) == [
        trainer.email.partition("@")[0]
    ]
    assert "No account is like that" in fragment(chief, f"{PLACES[0]}?active=no")
    chief("PATCH", f"/api/v1/users/{viewer.user_id}", json={"active": False})
    assert "closed" in fragment(chief, f"{PLACES[0]}?active=no")


def test_one_account_shows_its_quota_and_what_it_takes(caller, service):
    chief, trainer = caller("administrator"), caller("trainer", parallel=7)
    keep(service, training_row(trainer.user_id, State.RUNNING))
    text = page(chief, f"/administration/users/{trainer.user_id}")
    assert "1 of 7 at once" in text and 'name="parallel" step="1" min="0" value="7"' in text
    assert 'placeholder="2000, as usual"' in text and f'PATCH /api/v1/users/{trainer.user_id}"' in text
    assert chief("GET", "/administration/users/99999").status_code == 404


def test_the_audit_log_is_searched_by_what_was_done_and_who_did_it(caller):
    chief, trainer = caller("administrator"), caller()
    number = trainer("POST", "/training/start", json={"reference_motion": "walk"}).json["id"]
    trainer("PATCH", f"/api/v1/sessions/{number}", json={"name": "<i>other</i>"})
    text = fragment(chief, f"/administration/audit?search={trainer.email}")
    assert names(text) == ["session.change", "session.start"] and "&lt;i&gt;other" in text
    assert names(fragment(chief, f"/administration/audit?kind=session&object_id={number}&search=start")) == [
        "session.start"
    ]
    assert names(fragment(chief, f"/administration/audit?user_id={trainer.user_id}")) == [
        "session.change",
        "session.start",
    ]
    assert "No line is like that" in fragment(chief, "/administration/audit?search=%25")


def test_the_service_tells_of_workers_and_of_the_queue(caller, service):
    chief = caller("administrator")
    assert "No worker was heard of" in page(chief, PLACES[2])
    keep(service, training_row(chief.user_id, State.QUEUED))
    keep(service, WorkerRow(name="<worker>", concurrency=3, running=1))
    text = page(chief, PLACES[2])
    assert names(text) == ["<worker>"] and 'href="/sessions?state=queued">1<' in text


def test_the_doctor_is_asked_apart(caller):
    text = page(caller("administrator"), "/administration/service/findings")
    assert {"database", "disk", "workers"} <= set(names(text)) and "physics" not in names(text)
