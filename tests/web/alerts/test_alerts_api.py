import threading

import pytest
from patience import PATIENCE_S
from rows import alert_row, keep, training_row

from webfoot.web.alerts.rules import ALERT_RULES
from webfoot.web.models.notice import AlertChannel

PUBLIC = "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"


def test_alerts_are_listed_unread_first_and_only_to_their_user(caller, service):
    trainer, other = caller(), caller("administrator")
    mine = keep(service, training_row(trainer.user_id))
    ids = [keep(service, alert_row(trainer.user_id, rule, mine)) for rule in ("plateau", "nan", "disk_low")]
    keep(service, alert_row(other.user_id, "finished"))
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
    foreign = keep(service, alert_row(caller().user_id))
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
    assert (refused.status_code, refused.json["error"][:26]) == (429, "you have 20 alert channels")


def test_a_test_is_sent_at_once_and_says_why_it_fails(caller, hook):
    boss = caller("administrator")
    good = boss("POST", "/api/v1/alerts/channels", json={"name": "desk", "url": hook.url}).json["id"]
    closed = {"name": "gone", "url": "json://127.0.0.1:9/"}
    bad = boss("POST", "/api/v1/alerts/channels", json=closed).json["id"]
    assert boss("POST", f"/api/v1/alerts/channels/{good}/test").json == {"sent": True, "reason": None}
    assert hook.heard == [("webfoot: test", "This is a test of the alert channel 'desk'.")]
    told = boss("POST", f"/api/v1/alerts/channels/{bad}/test").json
    assert told["sent"] is False
    assert told["reason"].startswith("json://127.0.0.1: the server could not be reached")
    assert boss("GET", f"/api/v1/alerts/channels/{bad}").json["failed"] == told["reason"]


def test_six_tests_a_minute_are_enough(caller):
    trainer, other = caller(), caller()
    statuses = [trainer("POST", "/api/v1/alerts/channels/1/test").status_code for _ in range(7)]
    assert statuses == [404] * 6 + [429]
    assert other("POST", "/api/v1/alerts/channels/1/test").status_code == 404


def test_no_transaction_waits_for_a_test_that_is_slow(caller, service, hook):
    boss = caller("administrator")
    slow = {"name": "slow", "url": hook.url.replace("/hook", "/slow")}
    channel = boss("POST", "/api/v1/alerts/channels", json=slow).json["id"]
    testing = threading.Thread(target=boss, args=("POST", f"/api/v1/alerts/channels/{channel}/test"))
    testing.start()
    assert hook.reached.wait(PATIENCE_S)
    with service.database.writing() as session:  # would wait for twenty seconds, and then fail
        session.get_one(AlertChannel, channel).name = "renamed"
    hook.hold.set()
    testing.join()
