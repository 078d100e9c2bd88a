"""Alerts and the channels they go to: what is asked, and what is told."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from webfoot.web.alerts.schemes import MOST_CHARACTERS
from webfoot.web.schemas.base import Model, Page, PageQuery

Severity = Literal["info", "warning", "serious"]


class AlertQuery(PageQuery):
    """Which alerts."""

    search: str = Field(default="", max_length=120, description="Words in the message.")
    session: int | None = Field(default=None, ge=1, le=2**31 - 1, description="Only those of one session.")
    rule: str = Field(default="", max_length=40, description="Only those of one rule.")
    unread: bool = Field(default=False, description="Only those that were not read yet.")


class AlertOut(Model):
    """One alert."""

    id: int
    session_id: int | None
    rule: str
    severity: Severity
    message: str
    created_at: datetime
    cleared_at: datetime | None
    """When what it tells of had ended."""
    read_at: datetime | None


class AlertPage(Page):
    """A part of the alerts, those first that were not read."""

    items: list[AlertOut]
    unread: int
    """Of all alerts of the user."""


class AlertsRead(Model):
    """Alerts were marked as read."""

    read: int


class RuleOut(Model):
    """Something that alerts are told of."""

    name: str
    severity: Severity
    help: str
    lasts: bool
    """Whether it is told when it ends, too."""


class RuleList(Model):
    """Every rule."""

    items: list[RuleOut]


class ChannelRequest(Model):
    """Where to be told."""

    name: str = Field(min_length=1, max_length=80)
    url: str = Field(min_length=1, max_length=MOST_CHARACTERS, description="Like mailtos://... or jsons://...")
    rules: list[str] = Field(default_factory=list, max_length=100, description="Rules that are told; empty: all.")
    active: bool = True


class ChannelChange(Model):
    """What is to be different; what is not given stays."""

    name: str | None = Field(default=None, min_length=1, max_length=80)
    url: str | None = Field(default=None, min_length=1, max_length=MOST_CHARACTERS)
    rules: list[str] | None = Field(default=None, max_length=100)
    active: bool | None = None


class ChannelOut(Model):
    """One channel; its address is a secret, of which only scheme and host are told."""

    id: int
    name: str
    address: str
    rules: list[str]
    active: bool
    created_at: datetime
    failed: str | None
    """Why the last alert could not be sent."""


class ChannelList(Model):
    """All channels of a user."""

    items: list[ChannelOut]


class ChannelTest(Model):
    """What became of a test alert."""

    sent: bool
    reason: str | None
    """Why it could not be sent."""
