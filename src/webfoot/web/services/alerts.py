"""Alerts of a user, and the channels by which they are told."""

from typing import Any

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from webfoot.errors import ConfigError, UnknownName, WebfootError
from webfoot.web.alerts.addresses import check_destination
from webfoot.web.alerts.channels import send
from webfoot.web.alerts.made import MALFORMED, load, make
from webfoot.web.alerts.rules import ALERT_RULES
from webfoot.web.alerts.schemes import AlertError, masked
from webfoot.web.models.base import now
from webfoot.web.models.notice import AlertChannel, AlertNotice
from webfoot.web.models.user import User
from webfoot.web.paging import contains
from webfoot.web.schemas.alerts import AlertQuery, ChannelChange, ChannelRequest
from webfoot.web.services import audit
from webfoot.web.services.access import NotFound, is_administrator
from webfoot.web.services.quota import OverQuota
from webfoot.web.vault import lock, unlock

MOST_CHANNELS = 20
"""Of one user."""


def listed(user: User, asked: AlertQuery) -> Select[AlertNotice]:
    """A query for a user's alerts, those first that were not read, then the newest."""
    query = select(AlertNotice).where(AlertNotice.user_id == user.id)
    if asked.session is not None:
        query = query.where(AlertNotice.session_id == asked.session)
    if asked.rule:
        query = query.where(AlertNotice.rule == asked.rule)
    if asked.unread:
        query = query.where(AlertNotice.read_at.is_(None))
    if asked.search:
        query = query.where(contains(AlertNotice.message, asked.search))
    return query.order_by(AlertNotice.read_at.is_not(None), AlertNotice.id.desc())


def count_unread(session: Session, user: User) -> int:
    """How many alerts a user has not read."""
    unread = select(func.count()).where(AlertNotice.user_id == user.id, AlertNotice.read_at.is_(None))
    return session.scalar(unread) or 0


def read(session: Session, user: User, alert_id: int) -> AlertNotice:
    """Mark one alert as read.

    Raises:
        NotFound: the user has no such alert.
    """
    mine = select(AlertNotice).where(AlertNotice.id == alert_id, AlertNotice.user_id == user.id)
    row = session.scalars(mine).first()
    if row is None:
        raise NotFound(f"there is no alert {alert_id}")
    row.read_at = row.read_at or now()
    return row


def unread(session: Session, user: User, alert_id: int) -> AlertNotice:
    """Mark one alert as not read, after all.

    Raises:
        NotFound: the user has no such alert.
    """
    row = read(session, user, alert_id)
    row.read_at = None
    return row


def read_all(session: Session, user: User) -> int:
    """Mark all alerts of a user as read; how many were not."""
    unread = (AlertNotice.user_id == user.id, AlertNotice.read_at.is_(None))
    done = session.execute(update(AlertNotice).where(*unread).values(read_at=now()))
    return done.rowcount  # pyright: ignore[reportAttributeAccessIssue]


def channels(session: Session, user: User) -> list[AlertChannel]:
    """The channels of a user."""
    return list(session.scalars(select(AlertChannel).where(AlertChannel.user_id == user.id).order_by(AlertChannel.id)))


def channel(session: Session, user: User, channel_id: int) -> AlertChannel:
    """One channel of a user; those of others are nobody else's, not even an administrator's.

    Raises:
        NotFound: the user has no such channel.
    """
    mine = select(AlertChannel).where(AlertChannel.id == channel_id, AlertChannel.user_id == user.id)
    row = session.scalars(mine).first()
    if row is None:
        raise NotFound(f"there is no alert channel {channel_id}")
    return row


def shown(row: AlertChannel, secret: str) -> dict[str, Any]:
    """A channel as it may be shown, without what is secret in its address."""
    try:
        address = masked(unlock(row.url, secret))
    except ConfigError:
        address = "***"
    names = ("id", "name", "rules", "active", "created_at", "failed")
    return {"address": address, **{name: getattr(row, name) for name in names}}


def add_channel(session: Session, user: User, secret: str, asked: ChannelRequest) -> AlertChannel:
    """Another place where a user is told.

    Raises:
        WebfootError: the address cannot be used, a rule is not known, or there are too many.
    """
    _check_rules(asked.rules)
    _check_address(session, user, asked.url)
    if len(channels(session, user)) >= MOST_CHANNELS:
        raise OverQuota(f"you have {MOST_CHANNELS} alert channels, which is the most; delete one")
    row = AlertChannel(
        user_id=user.id, name=asked.name, url=lock(asked.url, secret), rules=asked.rules, active=asked.active
    )
    session.add(row)
    session.flush()
    audit.note(session, user, "channel.create", "channel", row.id, address=masked(asked.url))
    return row


def change_channel(session: Session, user: User, secret: str, channel_id: int, asked: ChannelChange) -> AlertChannel:
    """Another address, name or choice of rules.

    Raises:
        WebfootError: there is no such channel, the address cannot be used, or a rule is not known.
    """
    channel(session, user, channel_id)
    if asked.rules is not None:
        _check_rules(asked.rules)
    if asked.url is not None:
        _check_address(session, user, asked.url)
    row = channel(session, user, channel_id)
    if asked.url is not None:
        row.url, row.failed = lock(asked.url, secret), None
    for name in ("name", "rules", "active"):
        if getattr(asked, name) is not None:
            setattr(row, name, getattr(asked, name))
    audit.note(session, user, "channel.change", "channel", row.id)
    return row


def delete_channel(session: Session, user: User, channel_id: int) -> None:
    """Tell no more there.

    Raises:
        NotFound: the user has no such channel.
    """
    session.delete(channel(session, user, channel_id))
    audit.note(session, user, "channel.delete", "channel", channel_id)


def test_channel(session: Session, user: User, secret: str, channel_id: int) -> str | None:
    """Send a test alert now; why it could not be sent, or None.

    Raises:
        NotFound: the user has no such channel.
    """
    row = channel(session, user, channel_id)
    session.commit()  # nobody shall wait for a transaction that waits for somebody's server
    reason = None
    try:
        told = f"This is a test of the alert channel '{row.name}'."
        send(unlock(row.url, secret), "webfoot: test", told, is_administrator(user))
    except WebfootError as error:
        reason = str(error)
    row = channel(session, user, channel_id)
    row.failed = reason
    audit.note(session, user, "channel.test", "channel", channel_id, sent=reason is None)
    return reason


def _check_rules(names: list[str]) -> None:
    for name in names:
        if name not in ALERT_RULES:
            raise UnknownName("alert rule", name, ALERT_RULES)


def _check_address(session: Session, user: User, url: str) -> None:
    """Refuse an address that cannot be used. Only administrators may send into the inner network."""
    session.commit()  # a name server may take its time, and nobody shall wait for a transaction that waits for it
    target = check_destination(url, is_administrator(user)).target
    load()
    if make(url) is None:
        raise AlertError(f"{target.masked}: {MALFORMED}")
