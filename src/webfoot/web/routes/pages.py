"""Pages for people: sessions, configure, monitor, results. They ask the API for everything that moves."""

from apiflask import APIBlueprint
from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from webfoot.config import TrainConfig
from webfoot.learn.ppo import PpoConfig
from webfoot.motion.bundled import BUNDLED_MOTIONS
from webfoot.robots.table import ROBOTS
from webfoot.sim.presets import PRESETS
from webfoot.web.context import service
from webfoot.web.fields import Field, field_of
from webfoot.web.gate import allow
from webfoot.web.models.objects import Motion, Robot
from webfoot.web.models.training import TrainingSession
from webfoot.web.services.access import listed, seen
from webfoot.web.services.monitor import TrainingMonitor
from webfoot.web.services.results import read_report

bp = APIBlueprint("pages", __name__, enable_openapi=False)

NEWEST = 50


def four_parameters() -> list[Field]:
    """The parameters of the user's sketch, with the ranges and defaults of the options that they are."""
    return [
        field_of(TrainConfig, "epochs", "Training epochs"),
        field_of(TrainConfig, "batch_size", "Batch size"),
        field_of(PpoConfig, "learning_rate", "Learning rate"),
        field_of(PpoConfig, "hidden_size", "Hidden layer size"),
    ]


@bp.get("/")
@allow("viewer")
def home() -> ResponseReturnValue:
    """The newest sessions."""
    query = listed(service().user, TrainingSession).order_by(TrainingSession.id.desc()).limit(NEWEST)
    return render_template("home.html", sessions=service().session.scalars(query).unique().all())


@bp.get("/training/configure")
@allow("trainer")
def configure() -> ResponseReturnValue:
    """What to train, and how."""
    here = service()
    motions = here.session.scalars(listed(here.user, Motion).where(Motion.deleted_at.is_(None))).unique().all()
    robots = here.session.scalars(listed(here.user, Robot).where(Robot.deleted_at.is_(None))).unique().all()
    return render_template(
        "training/configure.html",
        bundled=BUNDLED_MOTIONS,
        reference_motions=[motion for motion in motions if motion.versions and motion.versions[-1].usable],
        bundled_robots=list(ROBOTS),
        robots=[robot for robot in robots if robot.versions and robot.versions[-1].usable],
        parameters=four_parameters(),
        presets=list(PRESETS),
    )


@bp.get("/training/monitor/<int:session_id>")
@allow("viewer")
def monitor(session_id: int) -> ResponseReturnValue:
    """How a session is doing."""
    row = seen(service().session, service().user, TrainingSession, session_id)
    status = TrainingMonitor(service().session, service().settings).get_session_status(row.id)
    return render_template("training/monitor.html", session=row, status=status)


@bp.get("/training/results/<int:session_id>")
@allow("viewer")
def results(session_id: int) -> ResponseReturnValue:
    """What came of a session."""
    row = seen(service().session, service().user, TrainingSession, session_id)
    if not row.status.is_finished:
        return redirect(url_for("pages.monitor", session_id=session_id))
    folder = TrainingMonitor(service().session, service().settings).folder(row)
    return render_template("training/results.html", session=row, report=read_report(folder))
