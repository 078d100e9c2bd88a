"""One's own alerts, and the number of those that were not seen."""

from flask import Response
from flask_login import current_user

from webfoot.web.alerts.rules import ALERT_RULES
from webfoot.web.context import service
from webfoot.web.gate import allow
from webfoot.web.paging import page_of
from webfoot.web.routes.pages.blueprint import bp
from webfoot.web.routes.pages.fragment import address_of, render_list
from webfoot.web.schemas.alerts import AlertQuery
from webfoot.web.schemas.lists import AlertsAsked
from webfoot.web.services import alerts as service_of_alerts


@bp.get("/alerts")
@allow("viewer")
@bp.input(AlertsAsked, location="query", arg_name="asked")
def alerts(asked: AlertsAsked) -> Response:
    """One's own alerts, those first that were not seen."""
    here = service()
    query = service_of_alerts.listed(here.user, AlertQuery(**asked.model_dump()))
    rows, page = page_of(here.session, query, asked)
    return render_list(
        "alerts/index.html",
        "alerts/_list.html",
        address_of("pages.alerts", asked),
        asked=asked,
        rows=rows,
        page=page,
        rules=ALERT_RULES,
        unread=service_of_alerts.count_unread(here.session, here.user),
    )


@bp.app_template_global()
def count_of_alerts() -> int:
    """How many alerts whoever is logged in has not seen, for the bell in the head of every page."""
    return service_of_alerts.count_unread(service().session, service().user) if current_user.is_authenticated else 0
