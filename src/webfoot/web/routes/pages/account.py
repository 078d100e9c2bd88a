"""One's own account: name, password, API tokens, alert channels, and what one takes up."""

from flask import render_template
from flask.typing import ResponseReturnValue

from webfoot.web.alerts.examples import EXAMPLES
from webfoot.web.alerts.rules import ALERT_RULES
from webfoot.web.context import service
from webfoot.web.gate import allow
from webfoot.web.models.base import now
from webfoot.web.routes.pages.blueprint import bp
from webfoot.web.services import accounts, alerts
from webfoot.web.services.access import SCOPES, rank
from webfoot.web.services.quota import usage
from webfoot.web.services.users import role_of


@bp.get("/account")
@allow("viewer")
def account() -> ResponseReturnValue:
    """One's own account."""
    here = service()
    secret = here.settings.secret()
    return render_template(
        "account/account.html",
        user=here.user,
        role=role_of(here.user),
        scopes=dict(list(SCOPES.items())[: rank(here.user) + 1]),
        tokens=accounts.tokens_of(here.session, here.user),
        now=now(),
        channels=[alerts.shown(row, secret) for row in alerts.channels(here.session, here.user)],
        examples=EXAMPLES,
        rules=ALERT_RULES,
        quota=here.user.quota_over(here.settings.quota),
        usage=usage(here.session, here.user.id),
        may_change=rank(here.user) >= 0,
    )
