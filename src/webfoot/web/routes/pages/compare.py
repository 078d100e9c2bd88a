"""Sessions beside each other."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from webfoot.web.context import service
from webfoot.web.gate import allow
from webfoot.web.models.training import TrainingSession
from webfoot.web.results.comparison import MOST, compared, ids_in
from webfoot.web.routes.pages.blueprint import bp
from webfoot.web.services.access import listed
from webfoot.web.services.spoken import spoken

NEWEST = 50


@bp.get("/training/compare")
@allow("viewer")
def compare() -> ResponseReturnValue:
    """Curves, options, verdicts and replays of up to eight sessions."""
    here = service()
    ids = ids_in(f"{request.args.get('ids', '')},{request.args.get('add', '')}")
    query = listed(here.user, TrainingSession).order_by(TrainingSession.id.desc()).limit(NEWEST)
    others = [row for row in here.session.scalars(query).unique() if row.id not in ids]
    beside = compared(here.session, here.user, ids, here.settings.runs_dir)
    references = [reference for row in beside.rows for reference in (row.reference_motion, row.robot)]
    return render_template(
        "training/compare.html",
        compared=beside,
        said=spoken(here.session, here.user, references),
        others=others,
        most=MOST,
    )
