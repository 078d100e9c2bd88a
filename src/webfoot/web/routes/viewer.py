"""Documents of the 3D viewer: robots, rollouts of sessions, and motions on robots."""

import gzip

from apiflask import APIBlueprint
from flask import Response, request

from webfoot.web.context import service
from webfoot.web.gate import allow
from webfoot.web.models.training import TrainingSession
from webfoot.web.schemas.viewer import EpisodeQuery, MotionQuery, Replay, Scene, SceneQuery
from webfoot.web.services.access import seen
from webfoot.web.services.replays import replay_of_motion, replay_of_session
from webfoot.web.services.scenes import scene_of_robot, scene_of_session
from webfoot.web.viewer.drawing import Drawing

bp = APIBlueprint("viewer", __name__, tag="3D viewer")


@bp.get("/scene")
@allow("viewer")
@bp.input(SceneQuery, location="query", arg_name="asked")
@bp.output(Scene)
def scene(asked: SceneQuery) -> Response:
    """A robot, to be drawn."""
    here = service()
    return send_drawing(scene_of_robot(here.session, here.user, here.settings, asked.robot))


@bp.get("/replay")
@allow("viewer")
@bp.input(MotionQuery, location="query", arg_name="asked")
@bp.output(Replay)
def motion_replay(asked: MotionQuery) -> Response:
    """A motion on a robot: prepared for it and walked for about 10 s; one that cannot be used, as it was read."""
    here = service()
    return send_drawing(replay_of_motion(here.session, here.user, here.settings, asked.motion, asked.robot))


@bp.get("/sessions/<int:session_id>/scene")
@allow("viewer")
@bp.output(Scene)
def session_scene(session_id: int) -> Response:
    """The robot as a session trains it."""
    row = seen(service().session, service().user, TrainingSession, session_id)
    return send_drawing(scene_of_session(service().session, service().settings, row))


@bp.get("/sessions/<int:session_id>/replay")
@allow("viewer")
@bp.input(EpisodeQuery, location="query", arg_name="asked")
@bp.output(Replay)
def session_replay(session_id: int, asked: EpisodeQuery) -> Response:
    """An episode of a session's validation, beside its reference; of its latest trial while it trains."""
    row = seen(service().session, service().user, TrainingSession, session_id)
    return send_drawing(replay_of_session(service().session, service().settings, row, asked.episode))


def send_drawing(drawing: Drawing) -> Response:
    """A document that may be seen by who asks. A browser keeps it, and asks each time whether it still holds."""
    service().session.commit()  # drawing takes a second or more: no transaction stays open meanwhile
    answer = Response(mimetype="application/json")
    answer.set_etag(drawing.key, weak=True)  # of the content, however it is encoded
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.vary.add("Accept-Encoding")
    if request.if_none_match.contains_weak(drawing.key):
        answer.status_code = 304
        return answer
    content = drawing.document(service().settings)
    if request.accept_encodings["gzip"] > 0:
        answer.headers["Content-Encoding"] = "gzip"
        answer.set_data(content)
    else:
        answer.set_data(gzip.decompress(content))
    return answer
