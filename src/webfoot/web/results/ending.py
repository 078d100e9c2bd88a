"""`ending_of`: what happened to a training that left no verdict, and what can be done now."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from webfoot.runs import Run
from webfoot.web.models.training import TrainingSession
from webfoot.web.states import State


@dataclass(frozen=True)
class Ending:
    """An end without a verdict."""

    headline: str
    sentence: str
    checkpoint_at: datetime | None
    """When the last state of the learner was kept, from which it can go on."""
    can_go_on: bool

    @property
    def go_on(self) -> str:
        """What the button says."""
        return "Go on from the checkpoint" if self.checkpoint_at else "Try again from the start"


def ending_of(row: TrainingSession, folder: Path) -> Ending:
    """In plain words."""
    headline, sentence = _words(row, folder)
    return Ending(headline, sentence, _checkpoint_at(folder), row.status is not State.COMPLETED)


def _words(row: TrainingSession, folder: Path) -> tuple[str, str]:
    far = f"{row.current_epoch} of {row.total_epochs} epochs were done."
    match row.status:
        case State.CANCELLED:
            return "It was stopped before it had a policy", f"Somebody cancelled it. {far}"
        case State.TIMED_OUT:
            said = _sentence(row.error_message) or f"It took longer than {row.timeout_minutes:.4g} minutes."
            return "It ran out of time", f"{said} {far} It may have as many minutes again, or learn fewer epochs."
        case State.FAILED:
            return "It failed", f"{_sentence(row.error_message) or 'Its log says why.'} {far}"
    if not folder.is_dir():
        return "Its files are gone", "It has ended; the service removed its files, as it does when they are old."
    return "There is no verdict", "It has ended, and its report is missing or cannot be read; train it again."


def _sentence(text: str | None) -> str:
    said = (text or "").strip()
    return f"{said[0].upper()}{said[1:]}{'' if said[-1] in '.!?' else '.'}" if said else ""


def _checkpoint_at(folder: Path) -> datetime | None:
    try:
        return datetime.fromtimestamp(Run(folder).checkpoint_file.stat().st_mtime, UTC)
    except FileNotFoundError:
        return None
