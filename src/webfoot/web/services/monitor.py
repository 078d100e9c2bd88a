"""`TrainingMonitor`: how far a training is, under the names of the user's sketch; numbers come from the run's files."""

from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from webfoot.runs import Run
from webfoot.web.live.series import metrics_of
from webfoot.web.live.story import story_of
from webfoot.web.models.training import TrainingSession
from webfoot.web.queue import place_in_queue
from webfoot.web.settings import Settings


class TrainingMonitor:
    """Answers for sessions, whoever asks: rights are checked before."""

    def __init__(self, session: Session, settings: Settings):
        self.session, self.settings = session, settings

    def get_session_status(self, session_id: int) -> dict[str, Any] | None:
        """Where a session stands; None where there is none."""
        row = self.session.get(TrainingSession, session_id)
        if row is None:
            return None
        return {
            "id": row.id,
            "status": row.state,
            "wanted": row.wanted,
            "current_epoch": row.current_epoch,
            "total_epochs": row.total_epochs,
            "current_loss": row.current_loss,
            "error_message": row.error_message,
            "passed": row.passed,
            "attempt": row.attempt,
            "steps_per_s": row.steps_per_s,
            "elapsed_s": row.elapsed_s,
            "eta_s": row.eta_s,
            "queue_position": place_in_queue(self.session, row),
        }

    def get_training_metrics(
        self, session_id: int, names: list[str] | None = None, since: int | None = None, most: int = 2000
    ) -> dict[str, Any] | None:
        """Curves of a session, thinned with extremes kept, and what stands beside them; None where there is none."""
        row = self.session.get(TrainingSession, session_id)
        if row is None:
            return None
        path = Run(self.folder(row)).events_file
        return metrics_of(path, names, since, most) | story_of(path, since)

    def folder(self, row: TrainingSession) -> Path:
        """The run folder of a session."""
        return self.settings.runs_dir / str(row.id)
