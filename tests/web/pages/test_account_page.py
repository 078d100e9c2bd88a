"""One's own account, and one's own alerts."""

import re

import pytest
from rows import alert_row, keep
from shown import fragment, has_own_script, names, page

from webfoot.web.models.base import now


def test_an_account_shows_tokens_channels_and_what_is_taken(caller, hook):
    administrator = caller("administrator")
    administrator("POST", "/api/v1/tokens", json={"name": "<nightly>", "scopes": ["train"], "expires_days": None})
    made = administrator("POST", "/api/v1/alerts/channels", json={"name": "hook", "url": hook.url, "rules": ["failed"]})
    assert made.status_code == 201, made.json
    text = page(administrator, "/account")
    assert "&lt;nightly&gt;" in text and "never" in text
    assert "Tells of failed" in text and "Send a test" in text and re.search(r'value="failed" checked', text)
    assert 'href="/change"' in text and 'action="/logout"' in text and not has_own_script(text)


@pytest.mark.parametrize(
    ("role", "scopes"),
    [("viewer", ["read"]), ("trainer", ["read", "train"]), ("administrator", ["read", "train", "admin"])],
)
def test_scopes_are_offered_that_the_role_may_give(caller, role, scopes):
    form = page(caller(role), "/account").partition('id="token-scope"')[2].partition("</select>")[0]
    assert re.findall(r'value="(\w+)"', form) == scopes


def test_nobody_sees_the_tokens_of_another(caller):
    one, other = caller(), caller()
    one("POST", "/api/v1/tokens", json={"name": "of one", "scopes": ["read"]})
    assert "of one" in page(one, "/account") and "of one" not in page(other, "/account")


def test_alerts_are_listed_those_first_that_were_not_seen(caller, service):
    trainer = caller()
    for message, read_at in (("first", None), ("second", now()), ("third", None)):
        keep(service, alert_row(trainer.user_id, message=message, read_at=read_at))
    assert names(page(trainer, "/alerts")) == names(fragment(trainer, "/alerts")) == ["third", "first", "second"]
    assert names(fragment(trainer, "/alerts?unread=1")) == ["third", "first"]
    assert names(fragment(trainer, "/alerts?search=SEC&rule=plateau")) == ["second"]
    assert names(fragment(trainer, "/alerts?rule=failed")) == [] and names(page(caller(), "/alerts")) == []


def test_what_was_seen_can_be_not_seen_after_all(caller, service):
    trainer, other = caller(), caller()
    number = keep(service, alert_row(trainer.user_id, read_at=now()))
    assert trainer("POST", f"/api/v1/alerts/{number}/unread").json["read_at"] is None
    assert other("POST", f"/api/v1/alerts/{number}/unread").status_code == 404
    assert 'data-unseen="1"' in page(trainer, "/alerts")


def test_an_empty_list_says_what_to_do(caller):
    assert "You are told here when a training ends" in page(caller(), "/alerts")
    assert "No alert is like that" in page(caller(), "/alerts?search=%25")
