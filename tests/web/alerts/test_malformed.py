import logging

import pytest

from webfoot.web.alerts.made import MALFORMED

WHOLE = "tgram://123456789:abcdefghijklmnopqrstuvwxyz1234567890/12315544/"
MALFORMED_ONES = {
    "tgram://x": "tgram://telegram.org",
    "tgram://secret-secret/12315544": "tgram://telegram.org",
    "slack://secret-secret": "slack://slack.com",
    "discord://secret-secret": "discord://discord.com",
    "pover://secret-secret": "pover://pushover.net",
    "gchat://secret-secret": "gchat://googleapis.com",
}


@pytest.fixture
def channels(caller):
    """A user's channels, as they are made and changed."""
    trainer = caller()

    def call(method: str, tail: str = "", **given):
        return trainer(method, f"/api/v1/alerts/channels{tail}", **given)

    return call


@pytest.mark.parametrize(("url", "shown"), MALFORMED_ONES.items(), ids=MALFORMED_ONES)
def test_an_address_of_which_no_channel_can_be_made_is_refused(channels, caplog, url, shown):
    with caplog.at_level(logging.DEBUG):
        answer = channels("POST", json={"name": "phone", "url": url})
    assert (answer.status_code, answer.json["error"]) == (400, f"{shown}: {MALFORMED}")
    assert channels("GET").json["items"] == []
    assert "secret" not in answer.text + caplog.text


def test_a_channel_keeps_its_address_where_another_one_is_malformed(channels):
    made = channels("POST", json={"name": "phone", "url": WHOLE})
    assert made.status_code == 201, made.json
    id = made.json["id"]
    answer = channels("PATCH", f"/{id}", json={"name": "another", "url": "slack://x"})
    assert (answer.status_code, answer.json["error"]) == (400, f"slack://slack.com: {MALFORMED}")
    kept = channels("GET", f"/{id}").json
    assert (kept["name"], kept["address"]) == ("phone", "tgram://telegram.org")
