"""What to train, and how long."""

from collections.abc import Mapping
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import ValidationError

from webfoot.config import TrainConfig
from webfoot.errors import WebfootError
from webfoot.motion.bundled import BUNDLED_MOTIONS
from webfoot.recipes import PLANS
from webfoot.robots.table import ROBOTS
from webfoot.web.context import service
from webfoot.web.failures import status_of
from webfoot.web.fields import Field, field_of, groups_of
from webfoot.web.gate import allow
from webfoot.web.intake import LARGEST_ID
from webfoot.web.models.objects import Motion, Robot
from webfoot.web.models.training import TrainingSession
from webfoot.web.routes.pages.blueprint import bp
from webfoot.web.routes.training import queued, started
from webfoot.web.schemas.training import StartRequest
from webfoot.web.services.access import NotFound, listed, seen
from webfoot.web.services.choice import Choice, Refused, choice_of_form, choice_of_session, flattened, option_named
from webfoot.web.services.estimate import estimate
from webfoot.web.services.gone import gone_of, without
from webfoot.web.services.spoken import spoken
from webfoot.web.words.motion_words import walk_words

LABELS = {
    "epochs": "Training Epochs",
    "batch_size": "Batch Size",
    "ppo.learning_rate": "Learning Rate",
    "ppo.hidden_size": "Hidden Layer Size",
}
"""The four parameters of the user's sketch, as it labels them."""
MOST_LISTED = 500
"""Motions and robots in a list; the newest come first."""


def four_parameters() -> list[Field]:
    """The parameters of the sketch, with the ranges and defaults of the options that they are."""
    return [field_of(TrainConfig, name, label) for name, label in LABELS.items()]


@bp.get("/training/configure")
@allow("trainer")
def configure() -> ResponseReturnValue:
    """A new training; `?clone=ID` asks what another one did, `?motion=` and `?robot=` choose those."""
    clone = request.args.get("clone", type=int)
    if clone is not None:
        if clone > LARGEST_ID:
            raise NotFound(f"there is no session {clone}")
        row = seen(service().session, service().user, TrainingSession, clone)
        choice = choice_of_session(row)
        gone = gone_of(service().session, service().user, choice)
        return _page(without(choice, gone), origin=row, gone=gone)
    motion, robot = request.args.get("motion", "")[:256], request.args.get("robot", "")[:256]
    usual = Choice()
    return _page(Choice(motion or usual.motion, robot or usual.robot))


@bp.post("/training/configure")
@allow("trainer")
def start_by_form() -> ResponseReturnValue:
    """Start what a plain form asks for, where there is no script to ask the API."""
    choice = choice_of_form(request.form)
    try:
        row = started(StartRequest.model_validate(choice.request()))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = str(first["loc"][0]) if first["loc"] else ""
        return _page(choice, refused=Refused(f"field '{place}': {first['msg']}", place)), 400
    except WebfootError as error:
        service().session.rollback()
        return _page(choice, refused=Refused(str(error), option_named(str(error)))), status_of(error)
    return redirect(url_for("pages.monitor", session_id=queued(row)["id"]))


def _page(
    choice: Choice,
    origin: TrainingSession | None = None,
    refused: Refused | None = None,
    gone: Mapping[str, str] | None = None,
) -> str:
    here, expected = service(), _expected(choice)
    four, own = four_parameters(), {field.name for field in four_parameters()}
    usual = expected["usual"] if expected else flattened(TrainConfig())
    groups = [(group, [field for field in group.fields if field.name not in own]) for group in groups_of(TrainConfig)]
    return render_template(
        "training/configure.html",
        choice=choice,
        origin=origin,
        refused=refused or _first_gone(gone),
        robots=_robots(),
        motions=_motions(),
        bundled={robot: _clips(robot) for robot in ROBOTS},
        plans=PLANS,
        expected=expected,
        usual=usual,
        parameters=four,
        groups=groups,
        count=sum(len(fields) for _, fields in groups),
        page={
            "usual": usual,
            "choice": choice.document(),
            "origin": None if origin is None else {"id": origin.id, **choice_of_session(origin).document()},
            "gone": dict(gone or {}),
            "said": {} if origin is None else spoken(here.session, here.user, [origin.reference_motion, origin.robot]),
        },
    )


def _first_gone(gone: Mapping[str, str] | None) -> Refused | None:
    return next((Refused(sentence, place) for place, sentence in (gone or {}).items()), None)


def _expected(choice: Choice) -> dict[str, Any] | None:
    """The estimate of what is chosen at first; None where that cannot be trained."""
    here = service()
    try:
        asked = StartRequest.model_validate(choice.request())
        return estimate(here.session, here.user, here.settings, asked)
    except (ValidationError, WebfootError):
        return None


def _clips(robot: str) -> dict[str, str]:
    """Bundled clips of a robot, with how they walk."""
    return {name: walk_words(*command) or "" for name, command in BUNDLED_MOTIONS.get(robot, {}).items()}


def _motions() -> list[Motion]:
    query = listed(service().user, Motion).where(Motion.deleted_at.is_(None))
    rows = service().session.scalars(query.order_by(Motion.id.desc()).limit(MOST_LISTED)).unique()
    return [row for row in rows if row.versions]


def _robots() -> list[Robot]:
    query = listed(service().user, Robot).where(Robot.deleted_at.is_(None))
    rows = service().session.scalars(query.order_by(Robot.id.desc()).limit(MOST_LISTED)).unique()
    return [row for row in rows if row.versions and row.versions[-1].usable]
