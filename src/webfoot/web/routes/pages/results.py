"""What came of a session."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from webfoot.web.context import service
from webfoot.web.gate import allow
from webfoot.web.models.training import TrainingSession
from webfoot.web.models.user import ROLES
from webfoot.web.routes.addresses import of_session
from webfoot.web.routes.outcome_view import outcome_view
from webfoot.web.routes.pages.blueprint import bp
from webfoot.web.routes.sessions import artifacts_of
from webfoot.web.services.access import is_administrator, rank, seen
from webfoot.web.services.spoken import spoken
from webfoot.web.services.videos import video_of


@bp.get("/training/results/<int:session_id>")
@allow("viewer")
def results(session_id: int) -> ResponseReturnValue:
    """The verdict, how it walked, and everything that can be taken away; or how it ended without a policy."""
    user = service().user
    row = seen(service().session, user, TrainingSession, session_id)
    if not row.status.is_finished:
        return redirect(url_for("pages.monitor", session_id=session_id))
    trains = rank(user) >= list(ROLES).index("trainer")
    view = outcome_view(row, of_session(row.id, artifacts_of(row.id)))
    return render_template(
        "training/results.html",
        said=spoken(service().session, user, [row.reference_motion, row.robot]),
        can_train=trains,
        may_change=trains and (row.owner_id == user.id or is_administrator(user)),
        video=video_of(service().settings, row),
        **view,
    )
