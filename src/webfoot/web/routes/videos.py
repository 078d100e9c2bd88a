"""The video of a session: where it stands, and having it drawn; the file itself is an artifact."""

from typing import Any

from apiflask import APIBlueprint

from webfoot.web.context import service
from webfoot.web.gate import allow
from webfoot.web.models.training import TrainingSession
from webfoot.web.schemas.results import VideoStage
from webfoot.web.services.access import owned, seen
from webfoot.web.services.videos import draw_video, video_of
from webfoot.web.viewer.video import Video

bp = APIBlueprint("videos", __name__, tag="Results")


def _told(video: Video) -> dict[str, Any]:
    stage = video.stage
    return {"stage": stage, "sentence": video.refusal if stage == "refused" else ""}


@bp.get("/<int:session_id>/video")
@allow("viewer")
@bp.output(VideoStage)
def show(session_id: int) -> dict[str, Any]:
    """Whether there is a video, or why not."""
    return _told(video_of(service().settings, seen(service().session, service().user, TrainingSession, session_id)))


@bp.post("/<int:session_id>/video")
@allow("trainer")
@bp.output(VideoStage, status_code=202)
def draw(session_id: int) -> dict[str, Any]:
    """Have a video of the validation drawn; it is the artifact `video` when it is there."""
    here = service()
    row = owned(here.session, here.user, TrainingSession, session_id)
    video = draw_video(here.session, here.user, here.settings, row)
    here.commit()
    return _told(video)
