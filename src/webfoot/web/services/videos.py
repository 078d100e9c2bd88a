"""The video of a session: where it stands, and having it drawn."""

from sqlalchemy.orm import Session

from webfoot.runs import Run
from webfoot.web.models.training import TrainingSession
from webfoot.web.models.user import User
from webfoot.web.services import audit
from webfoot.web.services.access import NotFound
from webfoot.web.services.scenes import robot_of_session
from webfoot.web.settings import Settings
from webfoot.web.viewer.video import Video


def video_of(settings: Settings, row: TrainingSession) -> Video:
    """The video of a session, drawn or not."""
    return Video(Run((settings.runs_dir / str(row.id)).resolve()))


def draw_video(session: Session, user: User, settings: Settings, row: TrainingSession) -> Video:
    """Have the video of a session drawn, unless it is there or being drawn.

    Raises:
        NotFound: there is no rollout to draw.
        Busy: too many others wait.
    """
    video = video_of(settings, row)
    if video.stage in ("there", "drawing"):
        return video
    if not video.run.rollout_file.is_file():
        raise NotFound(
            f"session {row.id} has no rollout to draw; it comes with the validation at the end of the training"
        )
    if video.begin(robot_of_session(session, settings, row)):
        audit.note(session, user, "session.video", "session", row.id)
    return video
