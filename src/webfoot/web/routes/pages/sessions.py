"""All training sessions that one may see."""

from collections.abc import Sequence

from flask import Response

from webfoot.web.context import service
from webfoot.web.gate import allow
from webfoot.web.models.training import TrainingSession
from webfoot.web.paging import page_of
from webfoot.web.routes.pages.blueprint import bp
from webfoot.web.routes.pages.fragment import address_of, is_fragment, render_list
from webfoot.web.schemas.lists import SessionsAsked
from webfoot.web.services.access import is_administrator, rank
from webfoot.web.services.session_list import choices, matching
from webfoot.web.services.spoken import spoken
from webfoot.web.states import State


@bp.get("/sessions")
@allow("viewer")
@bp.input(SessionsAsked, location="query", arg_name="asked")
def sessions(asked: SessionsAsked) -> Response:
    """The sessions that one may see: searched, filtered, in the order of a column."""
    here = service()
    rows, page = page_of(here.session, matching(here.user, asked), asked)
    motions = robots = []
    if not is_fragment():  # the choices stand in the form, which stays
        motions = choices(here.session, here.user, TrainingSession.reference_motion)
        robots = choices(here.session, here.user, TrainingSession.robot)
    return render_list(
        "sessions/index.html",
        "sessions/_list.html",
        address_of("pages.sessions", asked),
        asked=asked,
        rows=rows,
        page=page,
        mine=_changeable(rows),
        states=list(State),
        motions=motions,
        robots=robots,
        said=spoken(here.session, here.user, [*motions, *robots, *(ref for row in rows for ref in _references(row))]),
        may_train=rank(here.user) > 0,
    )


def _references(row: TrainingSession) -> tuple[str, str]:
    return row.reference_motion, row.robot


def _changeable(rows: Sequence[TrainingSession]) -> set[int]:
    """Sessions that who asks may change."""
    user = service().user
    if rank(user) == 0:
        return set()
    return {row.id for row in rows if row.owner_id == user.id or is_administrator(user)}
