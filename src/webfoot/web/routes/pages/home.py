"""Where everybody arrives: what runs, what came of the last sessions, what is to be seen, and what is taken up."""

from flask import render_template
from flask.typing import ResponseReturnValue

from webfoot.web.context import service
from webfoot.web.gate import allow
from webfoot.web.models.training import TrainingSession
from webfoot.web.routes.pages.blueprint import bp
from webfoot.web.schemas.alerts import AlertQuery
from webfoot.web.services import alerts
from webfoot.web.services.access import listed, rank
from webfoot.web.services.quota import usage
from webfoot.web.services.spoken import spoken
from webfoot.web.states import FINISHED, UNFINISHED

MOST_GOING, MOST_ENDED, MOST_ALERTS = 12, 6, 5


@bp.get("/")
@allow("viewer")
def home() -> ResponseReturnValue:
    """What runs, what ended last, what was not seen."""
    here = service()
    sessions = listed(here.user, TrainingSession).order_by(TrainingSession.id.desc())
    going = here.session.scalars(sessions.where(TrainingSession.state.in_(UNFINISHED)).limit(MOST_GOING)).unique().all()
    last = sessions.where(TrainingSession.state.in_(FINISHED)).order_by(None)
    last = last.order_by(TrainingSession.completed_at.desc().nulls_last(), TrainingSession.id.desc()).limit(MOST_ENDED)
    ended = here.session.scalars(last).unique().all()
    unread = alerts.listed(here.user, AlertQuery(unread=True)).limit(MOST_ALERTS)
    return render_template(
        "home.html",
        going=going,
        ended=ended,
        said=spoken(
            here.session, here.user, [ref for row in [*going, *ended] for ref in (row.reference_motion, row.robot)]
        ),
        alerts=here.session.scalars(unread).all(),
        quota=here.user.quota_over(here.settings.quota),
        usage=usage(here.session, here.user.id),
        may_train=rank(here.user) > 0,
    )
