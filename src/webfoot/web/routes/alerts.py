"""Alerts of whoever asks, and the channels by which they want to be told."""

from typing import Any, cast

from apiflask import APIBlueprint
from flask.blueprints import BlueprintSetupState
from flask_limiter import Limiter

from webfoot.web.alerts.rules import ALERT_RULES
from webfoot.web.context import service
from webfoot.web.gate import allow
from webfoot.web.models.notice import AlertChannel
from webfoot.web.paging import page_of
from webfoot.web.schemas.alerts import (
    AlertOut,
    AlertPage,
    AlertQuery,
    AlertsRead,
    ChannelChange,
    ChannelList,
    ChannelOut,
    ChannelRequest,
    ChannelTest,
    RuleList,
)
from webfoot.web.services import alerts

bp = APIBlueprint("alerts", __name__, tag="Alerts")

TESTS = "6 per minute"
"""Test alerts of one user: nobody shall write to others through us as often as they like."""


@bp.get("")
@allow("viewer")
@bp.input(AlertQuery, location="query", arg_name="asked")
@bp.output(AlertPage)
def index(asked: AlertQuery) -> dict[str, Any]:
    """One's own alerts, those first that were not read."""
    here = service()
    rows, page = page_of(here.session, alerts.listed(here.user, asked), asked)
    items = [AlertOut.model_validate(row).model_dump() for row in rows]
    return page | {"items": items, "unread": alerts.count_unread(here.session, here.user)}


@bp.post("/<int:alert_id>/read")
@allow("viewer", "train")
@bp.output(AlertOut)
def read(alert_id: int) -> dict[str, Any]:
    """Mark one as read."""
    row = alerts.read(service().session, service().user, alert_id)
    service().commit()
    return AlertOut.model_validate(row).model_dump()


@bp.post("/<int:alert_id>/unread")
@allow("viewer", "train")
@bp.output(AlertOut)
def unread(alert_id: int) -> dict[str, Any]:
    """Mark one as not read, after all."""
    row = alerts.unread(service().session, service().user, alert_id)
    service().commit()
    return AlertOut.model_validate(row).model_dump()


@bp.post("/read-all")
@allow("viewer", "train")
@bp.output(AlertsRead)
def read_all() -> dict[str, int]:
    """Mark all as read."""
    count = alerts.read_all(service().session, service().user)
    service().commit()
    return {"read": count}


@bp.get("/rules")
@allow("viewer")
@bp.output(RuleList)
def rules() -> dict[str, Any]:
    """What alerts are told of."""
    items = [
        {"name": name, "severity": rule.severity, "help": rule.help, "lasts": not rule.once}
        for name, rule in ALERT_RULES.items()
    ]
    return {"items": items}


@bp.get("/channels")
@allow("viewer")
@bp.output(ChannelList)
def channels() -> dict[str, Any]:
    """Where one is told; addresses are shown without what is secret in them."""
    return {"items": [_shown(row) for row in alerts.channels(service().session, service().user)]}


@bp.post("/channels")
@allow("viewer", "train")
@bp.input(ChannelRequest, arg_name="asked")
@bp.output(ChannelOut, status_code=201)
def add_channel(asked: ChannelRequest) -> dict[str, Any]:
    """Be told somewhere else, too. Only administrators may give an address in the inner network."""
    here = service()
    row = alerts.add_channel(here.session, here.user, here.settings.secret(), asked)
    here.commit()
    return _shown(row)


@bp.get("/channels/<int:channel_id>")
@allow("viewer")
@bp.output(ChannelOut)
def channel(channel_id: int) -> dict[str, Any]:
    """One channel."""
    return _shown(alerts.channel(service().session, service().user, channel_id))


@bp.patch("/channels/<int:channel_id>")
@allow("viewer", "train")
@bp.input(ChannelChange, arg_name="asked")
@bp.output(ChannelOut)
def change_channel(channel_id: int, asked: ChannelChange) -> dict[str, Any]:
    """Another name, address or choice of rules."""
    here = service()
    row = alerts.change_channel(here.session, here.user, here.settings.secret(), channel_id, asked)
    here.commit()
    return _shown(row)


@bp.delete("/channels/<int:channel_id>")
@allow("viewer", "train")
@bp.output({}, status_code=204)
def delete_channel(channel_id: int) -> str:
    """Be told there no more."""
    alerts.delete_channel(service().session, service().user, channel_id)
    service().commit()
    return ""


@bp.post("/channels/<int:channel_id>/test")
@allow("viewer", "train")
@bp.output(ChannelTest)
def test_channel(channel_id: int) -> dict[str, Any]:
    """Send a test alert now, and say why where it fails; six times a minute at most."""
    here = service()
    reason = alerts.test_channel(here.session, here.user, here.settings.secret(), channel_id)
    here.commit()
    return {"sent": reason is None, "reason": reason}


@bp.record_once
def _limit_tests(state: BlueprintSetupState) -> None:
    endpoint = f"{state.name}.{test_channel.__name__}"
    for limiter in cast(set[Limiter], state.app.extensions["limiter"]):
        view = state.app.view_functions[endpoint]
        state.app.view_functions[endpoint] = cast(Any, limiter.limit(TESTS)(view))


def _shown(row: AlertChannel) -> dict[str, Any]:
    return alerts.shown(row, service().settings.secret())
