import json
import os
import signal
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from webfoot.learn.events import Alert, Diverged, Evaluated, Metrics, Progress
from webfoot.monitor.log import EventLog
from webfoot.web.alerts.condition import Moment, follow
from webfoot.web.alerts.rules import ALERT_RULES, AlertConfig, Snapshot
from webfoot.web.models.notice import AlertChannel, AlertNotice
from webfoot.web.models.training import TrainingSession
from webfoot.web.models.user import Role, User
from webfoot.web.notices import Herald
from webfoot.web.states import State
from webfoot.web.watchman import Watchman
from webfoot.web.work.progress import Follower
from webfoot.web.work.worker import Worker

PATIENCE_S = 120.0
PUBLIC = "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"
SMALL = {
    "reference_motion": "walk",
    "epochs": 3,
    "batch_size": 8,
    "name": "short",
    "parameters": {"rollout": {"episodes": 2, "episode_s": 1.0}, "stop_when_passed": False, "checkpoint_every": 1},
}


class Receiver(ThreadingHTTPServer):
    """A webhook on loopback."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Hook)
        self.heard: list[tuple[str, str]] = []

    @property
    def url(self) -> str:
        return f"json://127.0.0.1:{self.server_port}/hook"


class Hook(BaseHTTPRequestHandler):
    def do_POST(self):
        document = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.heard.append((document["title"], document["message"]))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format, *args):
        pass


@pytest.fixture
def receiver():
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def wait_for(what, condition):
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        found = condition()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"{what} did not come")


def add(service, user_id, rule="plateau", session_id=None, **given):
    with service.database.writing() as session:
        row = AlertNotice(
            user_id=user_id, session_id=session_id, rule=rule, severity="warning", message=f"walk: {rule}", **given
        )
        session.add(row)
        session.flush()
        return row.id


def new_session(service, user_id, state=State.RUNNING, **given) -> int:
    with service.database.writing() as session:
        row = TrainingSession(
            owner_id=user_id, name="walk", reference_motion="walk", robot="duckling", parameters={},
            state=state, timeout_minutes=60.0, total_epochs=10, attempt=1, **given,
        )  # fmt: skip
        session.add(row)
        session.flush()
        return row.id


def test_alerts_are_listed_unread_first_and_only_to_their_user(caller, service):
    trainer, other = caller(), caller("administrator")
    mine = new_session(service, trainer.user_id)
    ids = [add(service, trainer.user_id, rule, mine) for rule in ("plateau", "nan", "disk_low")]
    add(service, other.user_id, "finished")
    assert trainer("POST", f"/api/v1/alerts/{ids[2]}/read").json["read_at"] is not None
    told = trainer("GET", "/api/v1/alerts").json
    assert [item["id"] for item in told["items"]] == [ids[1], ids[0], ids[2]]
    assert (told["total"], told["unread"]) == (3, 2)
    assert [item["rule"] for item in other("GET", "/api/v1/alerts").json["items"]] == ["finished"]
    for query, found in (
        ({"rule": "nan"}, [ids[1]]),
        ({"session": mine + 1}, []),
        ({"session": mine, "unread": "true"}, [ids[1], ids[0]]),
        ({"search": "DISK"}, [ids[2]]),
        ({"per_page": 2, "page": 2}, [ids[2]]),
    ):
        assert [item["id"] for item in trainer("GET", "/api/v1/alerts", query_string=query).json["items"]] == found
    assert trainer("POST", "/api/v1/alerts/read-all").json == {"read": 2}
    assert trainer("GET", "/api/v1/alerts").json["unread"] == 0
    assert other("GET", "/api/v1/alerts").json["unread"] == 1


def test_nobody_reads_the_alerts_of_others(caller, service):
    foreign = add(service, caller().user_id)
    answer = caller("administrator")("POST", f"/api/v1/alerts/{foreign}/read")
    assert (answer.status_code, answer.json["error"]) == (404, f"there is no alert {foreign}")
    reader = caller(scopes=("read",))
    assert reader("GET", "/api/v1/alerts").status_code == 200
    assert reader("POST", "/api/v1/alerts/read-all").status_code == 403


def test_every_rule_is_listed(caller):
    told = caller("viewer")("GET", "/api/v1/alerts/rules").json["items"]
    assert [rule["name"] for rule in told] == list(ALERT_RULES)
    assert {rule["name"]: rule["lasts"] for rule in told}["finished"] is False


def test_a_channel_is_kept_locked_and_shown_masked(caller, service):
    trainer = caller()
    made = trainer("POST", "/api/v1/alerts/channels", json={"name": "team", "url": PUBLIC, "rules": ["nan"]})
    assert made.status_code == 201
    assert (made.json["address"], made.json["rules"], made.json["active"]) == ("slack://slack.com", ["nan"], True)
    with service.database.reading() as session:
        row = session.get_one(AlertChannel, made.json["id"])
        assert "TIiajkdnlazkcOXrIdevi7FQ" not in row.url
    path = f"/api/v1/alerts/channels/{made.json['id']}"
    assert trainer("PATCH", path, json={"name": "all", "rules": []}).json["rules"] == []
    assert trainer("PATCH", path, json={"active": False}).json["active"] is False
    assert [item["name"] for item in trainer("GET", "/api/v1/alerts/channels").json["items"]] == ["all"]
    for method, tail in (("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/test")):
        answer = caller("administrator")(method, path + tail, json={} if method == "PATCH" else None)
        assert answer.status_code == 404, (method, tail)
    assert trainer("DELETE", path).status_code == 204
    assert trainer("GET", path).json["error"] == f"there is no alert channel {made.json['id']}"


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"url": "file:///etc/passwd"}, "unknown scheme of an alert address 'file': choose one of"),
        ({"url": "json://127.0.0.1/"}, "json://127.0.0.1 leads inside: 127.0.0.1 is a loopback address; give a host"),
        ({"url": PUBLIC, "rules": ["weather"]}, "unknown alert rule 'weather': choose one of"),
        ({"url": "nothing"}, "the alert address has no scheme"),
    ],
)
def test_a_wrong_channel_is_refused_in_one_sentence(caller, asked, sentence):
    trainer = caller()
    answer = trainer("POST", "/api/v1/alerts/channels", json={"name": "x", **asked})
    assert answer.status_code == 400
    assert sentence in answer.json["error"]
    assert trainer("GET", "/api/v1/alerts/channels").json["items"] == []


def test_an_administrator_may_send_inside_but_not_by_a_token_that_may_do_less(caller):
    inside = {"name": "x", "url": "json://127.0.0.1:9/"}
    assert caller("administrator")("POST", "/api/v1/alerts/channels", json=inside).status_code == 201
    less = caller("administrator", scopes=("train",))
    assert "loopback address" in less("POST", "/api/v1/alerts/channels", json=inside).json["error"]


def test_a_user_may_have_twenty_channels(caller):
    trainer = caller()
    for _ in range(20):
        assert trainer("POST", "/api/v1/alerts/channels", json={"name": "x", "url": PUBLIC}).status_code == 201
    refused = trainer("POST", "/api/v1/alerts/channels", json={"name": "x", "url": PUBLIC})
    assert (refused.status_code, refused.json["error"][:24]) == (429, "20 alert channels are yo")


def test_a_test_is_sent_at_once_and_says_why_it_fails(caller, receiver):
    boss = caller("administrator")
    good = boss("POST", "/api/v1/alerts/channels", json={"name": "desk", "url": receiver.url}).json["id"]
    closed = {"name": "gone", "url": "json://127.0.0.1:9/"}
    bad = boss("POST", "/api/v1/alerts/channels", json=closed).json["id"]
    assert boss("POST", f"/api/v1/alerts/channels/{good}/test").json == {"sent": True, "reason": None}
    assert receiver.heard == [("webfoot: test", "This is a test of the alert channel 'desk'.")]
    told = boss("POST", f"/api/v1/alerts/channels/{bad}/test").json
    assert told["sent"] is False
    assert told["reason"].startswith("json://127.0.0.1: the server could not be reached")
    assert boss("GET", f"/api/v1/alerts/channels/{bad}").json["failed"] == told["reason"]


def test_six_tests_a_minute_are_enough(caller):
    trainer, other = caller(), caller()
    statuses = [trainer("POST", "/api/v1/alerts/channels/1/test").status_code for _ in range(7)]
    assert statuses == [404] * 6 + [429]
    assert other("POST", "/api/v1/alerts/channels/1/test").status_code == 404


def test_no_transaction_waits_for_a_test_that_is_slow(caller, service):
    held = threading.Event()
    reached = threading.Event()

    class Slow(BaseHTTPRequestHandler):
        def do_POST(self):
            reached.set()
            held.wait(PATIENCE_S)
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Slow)
    serving = threading.Thread(target=server.serve_forever, args=(0.01,))
    serving.start()
    boss = caller("administrator")
    slow = {"name": "slow", "url": f"json://127.0.0.1:{server.server_port}/"}
    channel = boss("POST", "/api/v1/alerts/channels", json=slow).json["id"]
    testing = threading.Thread(target=boss, args=("POST", f"/api/v1/alerts/channels/{channel}/test"))
    testing.start()
    assert reached.wait(PATIENCE_S)
    with service.database.writing() as session:  # would wait for twenty seconds, and then fail
        session.get_one(AlertChannel, channel).name = "renamed"
    held.set()
    testing.join()
    server.shutdown()
    server.server_close()
    serving.join()


def deliver(herald: Herald) -> None:
    herald.deliver()
    with herald._sending:
        pass


def channel_to(service, caller, receiver, **given) -> int:
    asked = {"name": "desk", "url": receiver.url, **given}
    return caller("POST", "/api/v1/alerts/channels", json=asked).json["id"]


def test_an_alert_is_sent_once_to_the_channels_that_want_it_whoever_sends(caller, service, receiver):
    boss = caller("administrator")
    channel_to(service, boss, receiver)
    channel_to(service, boss, receiver, rules=["finished"])
    channel_to(service, boss, receiver, active=False)
    add(service, boss.user_id, "nan")
    heralds = [Herald(service.database, service.settings) for _ in range(4)]
    for herald in heralds:
        herald.deliver()
    for herald in heralds:
        deliver(herald)
    assert receiver.heard == [("webfoot: nan", "walk: nan")]


def test_a_user_who_may_not_log_in_is_told_nothing(caller, service, receiver):
    boss = caller("administrator")
    channel_to(service, boss, receiver)
    with service.database.writing() as session:
        session.get_one(User, boss.user_id).active = False
    add(service, boss.user_id, "nan")
    deliver(Herald(service.database, service.settings))
    assert receiver.heard == []


def test_an_address_inside_is_closed_to_who_is_no_administrator_any_more(caller, service, receiver):
    boss = caller("administrator")
    channel = channel_to(service, boss, receiver)
    with service.database.writing() as session:
        session.get_one(User, boss.user_id).roles = [session.query(Role).filter_by(name="trainer").one()]
    add(service, boss.user_id, "nan")
    deliver(Herald(service.database, service.settings))
    assert receiver.heard == []
    assert "leads inside: 127.0.0.1" in boss("GET", f"/api/v1/alerts/channels/{channel}").json["failed"]


def run(worker: Worker) -> threading.Thread:
    thread = threading.Thread(target=worker.run, daemon=True)
    thread.start()
    return thread


def test_a_real_training_tells_each_alert_once_also_after_its_worker_was_lost_and_begun_anew(caller, service, receiver):
    boss = caller("administrator")
    channel_to(service, boss, receiver)
    worker = Worker(service.database, service.settings, "one")
    thread = run(worker)
    session_id = boss("POST", "/training/start", json={**SMALL, "epochs": 100_000}).json["id"]

    def status():
        return boss("GET", f"/training/status/{session_id}").json

    wait_for("progress", lambda: status()["current_epoch"] >= 2)
    os.kill(next(iter(worker.attempts.values())).pid, signal.SIGKILL)
    wait_for("another attempt", lambda: status()["attempt"] == 2)
    wait_for("the alert", lambda: "webfoot: worker_lost" in [title for title, _ in receiver.heard])
    worker.drain()
    thread.join(PATIENCE_S)
    again = Worker(service.database, service.settings, "two")
    thread = run(again)
    wait_for("the third attempt", lambda: status()["attempt"] == 3)
    short = boss("POST", "/training/start", json=SMALL).json["id"]
    boss("POST", f"/api/v1/sessions/{session_id}/cancel")
    wait_for("the end", lambda: boss("GET", f"/training/status/{short}").json["status"] == "completed")
    told = wait_for("the verdict", lambda: [m for title, m in receiver.heard if title == "webfoot: failed_validation"])
    assert told[0].startswith("short: the policy failed")
    again.drain()
    thread.join(PATIENCE_S)
    deliver(Herald(service.database, service.settings))
    titles = [title for title, _ in receiver.heard]
    assert sorted(titles) == sorted(set(titles)), receiver.heard
    rows = boss("GET", "/api/v1/alerts", query_string={"per_page": 100}).json["items"]
    assert sorted(f"webfoot: {row['rule']}" for row in rows) == sorted(titles)
    assert "(once so far)" in next(row["message"] for row in rows if row["rule"] == "worker_lost")


def test_a_drained_session_whose_worker_was_lost_before_is_no_news(caller, service):
    mine = new_session(service, caller().user_id, State.QUEUED, lost=1)
    herald = Herald(service.database, service.settings)
    with service.database.writing() as session:
        herald.ended(session, session.get_one(TrainingSession, mine), None)
    with service.database.writing() as session:
        row = session.get_one(TrainingSession, mine)
        assert session.query(AlertNotice).count() == 0
        row.error_message = "worker 'one' fell silent; another one goes on from the last checkpoint"
        herald.lost(session, row)
        assert [notice.rule for notice in session.query(AlertNotice)] == ["worker_lost"]


def test_where_no_worker_is_left_the_web_server_tells_that_it_was_lost(caller, service, receiver):
    boss = caller("administrator")
    channel_to(service, boss, receiver)
    mine = new_session(service, boss.user_id, worker="one")
    clock = iter([0.0, 0.7, 1.4, 2.1, 2.8])  # the lease is 2 s, and three looks at least
    watchman = Watchman(service.database, service.settings, lambda: next(clock))
    for state in ("running", "running", "running", "queued", "queued"):
        watchman.look()
        assert boss("GET", f"/training/status/{mine}").json["status"] == state
    deliver(watchman._herald)
    assert [title for title, _ in receiver.heard] == ["webfoot: worker_lost"]


def progress(iteration):
    return Progress(iteration, 10, float(iteration), None, 100 * iteration, 1.0, 0.5, 0.0)


def tell(path, *events):
    log = EventLog(path)
    for event in events:
        log(event)
    log.close()


@pytest.fixture
def log_of_the_first_attempt(tmp_path):
    """Plateau stands since iteration 2, falls rose in 2 and were calm in 3, logits were bad in 4, and it broke down."""
    path = tmp_path / "events.jsonl"
    tell(
        path,
        progress(2), Metrics(2, {"surrogate_loss": 1.0, "value_loss": 2.0}),
        Alert(2, "plateau", "warning", "stands still"), Alert(2, "falls_return", "serious", "falls"),
        progress(3), Alert(3, "falls_return", "serious", "falls", cleared=True),
        progress(4), Metrics(4, {"surrogate_loss": float("nan"), "value_loss": 2.0}),
        Alert(4, "logit_spread", "warning", "too wide"), Evaluated(4, False, 0.5, {}),
        Diverged(4, "the loss is not finite"),
    )  # fmt: skip
    return path


def test_what_an_earlier_attempt_complained_of_is_no_complaint_of_this_one(log_of_the_first_attempt):
    follower = Follower(log_of_the_first_attempt, 0.02)
    follower.look()
    assert (follower.epochs, follower.has_begun, follower.raised) == (4, False, {})
    assert (follower.diverged, follower.metrics, follower.scores) == (None, {}, [])


def test_a_resumed_attempt_has_the_complaints_that_stood_at_its_checkpoint(log_of_the_first_attempt):
    follower = Follower(log_of_the_first_attempt, 0.02)
    tell(log_of_the_first_attempt, progress(3), Metrics(3, {"surrogate_loss": 1.0, "value_loss": 2.0}))
    follower.look()
    assert follower.has_begun
    assert follower.raised == {"plateau": "stands still", "falls_return": "falls"}
    assert (follower.diverged, follower.loss, follower.metrics["value_loss"]) == (None, 3.0, 2.0)
    tell(log_of_the_first_attempt, Alert(3, "plateau", "warning", "stands still", cleared=True), Diverged(3, "again"))
    follower.look()
    assert (follower.raised, follower.diverged) == ({"falls_return": "falls"}, "again")


def test_lines_that_the_last_attempt_wrote_too_late_do_not_count(log_of_the_first_attempt):
    follower = Follower(log_of_the_first_attempt, 0.02)
    tell(log_of_the_first_attempt, progress(5), Evaluated(5, False, 0.25, {}), Diverged(5, "late"))
    follower.look()
    assert follower.diverged == "late"
    tell(log_of_the_first_attempt, progress(2))
    follower.look()
    assert (follower.diverged, follower.raised, follower.scores) == (None, {}, [])


def test_a_half_line_that_is_cut_off_hides_nothing_of_this_attempt(tmp_path):
    path = tmp_path / "events.jsonl"
    tell(path, progress(1))
    with path.open("a") as file:
        file.write('{"event": "metrics", "iteration": 2, "values": {"a_long_name": 1.2345678901234567890123456789')
    follower = Follower(path, 0.02)
    tell(path, Diverged(1, "x"))
    follower.look()
    assert follower.diverged == "x"


def test_an_alert_of_learning_outlasts_the_start_of_the_next_attempt_and_is_not_told_again():
    running = Snapshot(State.RUNNING, health={"plateau": "stands still"})
    told, first = follow({}, running, Moment(0.0, 1), AlertConfig())
    assert [notice.rule for notice in first] == ["plateau"]
    silent = Snapshot(State.RUNNING, is_learning=False)
    for at in (10.0, 500.0):
        told, nothing = follow(told, silent, Moment(at, 2), AlertConfig())
        assert nothing == []
    told, nothing = follow(told, running, Moment(510.0, 2), AlertConfig())
    assert nothing == []
