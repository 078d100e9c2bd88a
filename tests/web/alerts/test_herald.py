import os
import signal

from at_work import at_work
from patience import wait_until
from rows import alert_row, keep, training_row
from trainings import LONG, SMALL, started, state_is, status_of

from webfoot.web.models.notice import AlertNotice
from webfoot.web.models.training import TrainingSession
from webfoot.web.models.user import Role, User
from webfoot.web.notices import Herald
from webfoot.web.states import State
from webfoot.web.watchman import Watchman


def deliver(herald: Herald) -> None:
    herald.deliver()
    with herald._sending:
        pass


def channel_to(service, caller, hook, **given) -> int:
    asked = {"name": "desk", "url": hook.url, **given}
    return caller("POST", "/api/v1/alerts/channels", json=asked).json["id"]


def test_an_alert_is_sent_once_to_the_channels_that_want_it_whoever_sends(caller, service, hook):
    boss = caller("administrator")
    channel_to(service, boss, hook)
    channel_to(service, boss, hook, rules=["finished"])
    channel_to(service, boss, hook, active=False)
    keep(service, alert_row(boss.user_id, "nan"))
    heralds = [Herald(service.database, service.settings) for _ in range(4)]
    for herald in heralds:
        herald.deliver()
    for herald in heralds:
        deliver(herald)
    assert hook.heard == [("webfoot: nan", "walk: nan")]


def test_a_user_who_may_not_log_in_is_told_nothing(caller, service, hook):
    boss = caller("administrator")
    channel_to(service, boss, hook)
    with service.database.writing() as session:
        session.get_one(User, boss.user_id).active = False
    keep(service, alert_row(boss.user_id, "nan"))
    deliver(Herald(service.database, service.settings))
    assert hook.heard == []


def test_an_address_inside_is_closed_to_who_is_no_administrator_any_more(caller, service, hook):
    boss = caller("administrator")
    channel = channel_to(service, boss, hook)
    with service.database.writing() as session:
        session.get_one(User, boss.user_id).roles = [session.query(Role).filter_by(name="trainer").one()]
    keep(service, alert_row(boss.user_id, "nan"))
    deliver(Herald(service.database, service.settings))
    assert hook.heard == []
    assert "leads inside: 127.0.0.1" in boss("GET", f"/api/v1/alerts/channels/{channel}").json["failed"]


def test_a_real_training_tells_each_alert_once_also_after_its_worker_was_lost_and_begun_anew(caller, service, hook):
    boss = caller("administrator")
    channel_to(service, boss, hook)
    hasty = service.settings.model_copy(update={"grace_s": 0.5})  # nobody waits for a checkpoint here
    with at_work(service.database, hasty, "one") as worker:
        session_id = started(boss, LONG)
        wait_until("progress", lambda: status_of(boss, session_id)["current_epoch"] >= 2)
        os.kill(next(iter(worker.attempts.values())).pid, signal.SIGKILL)
        wait_until("another attempt", lambda: status_of(boss, session_id)["attempt"] == 2)
        wait_until("the alert", lambda: "webfoot: worker_lost" in [title for title, _ in hook.heard])
    with at_work(service.database, hasty, "two"):
        wait_until("the third attempt", lambda: status_of(boss, session_id)["attempt"] == 3)
        short = started(boss, {**SMALL, "name": "short"})
        boss("POST", f"/api/v1/sessions/{session_id}/cancel")
        wait_until("the end", state_is(boss, short, "completed"))
        verdict = wait_until("the verdict", lambda: dict(hook.heard).get("webfoot: failed_validation"))
        assert verdict.startswith("short: the policy failed")
    deliver(Herald(service.database, service.settings))
    titles = [title for title, _ in hook.heard]
    assert sorted(titles) == sorted(set(titles)), hook.heard
    rows = boss("GET", "/api/v1/alerts", query_string={"per_page": 100}).json["items"]
    assert sorted(f"webfoot: {row['rule']}" for row in rows) == sorted(titles)
    assert "(once so far)" in next(row["message"] for row in rows if row["rule"] == "worker_lost")


def test_a_drained_session_whose_worker_was_lost_before_is_no_news(caller, service):
    mine = keep(service, training_row(caller().user_id, State.QUEUED, attempt=1, lost=1))
    herald = Herald(service.database, service.settings)
    with service.database.writing() as session:
        herald.ended(session, session.get_one(TrainingSession, mine), None)
    with service.database.writing() as session:
        row = session.get_one(TrainingSession, mine)
        assert session.query(AlertNotice).count() == 0
        row.error_message = "worker 'one' fell silent; another one goes on from the last checkpoint"
        herald.lost(session, row)
        assert [notice.rule for notice in session.query(AlertNotice)] == ["worker_lost"]


def test_where_no_worker_is_left_the_web_server_tells_that_it_was_lost(caller, service, hook):
    boss = caller("administrator")
    channel_to(service, boss, hook)
    mine = keep(service, training_row(boss.user_id, attempt=1, worker="one"))
    clock = iter([0.0, 0.7, 1.4, 2.1, 2.8])  # the lease is 2 s, and three looks at least
    watchman = Watchman(service.database, service.settings, lambda: next(clock))
    for state in ("running", "running", "running", "queued", "queued"):
        watchman.look()
        assert boss("GET", f"/training/status/{mine}").json["status"] == state
    deliver(watchman._herald)
    assert [title for title, _ in hook.heard] == ["webfoot: worker_lost"]
