"""`advice`: what to try with a session that stands where it stands, in plain words."""

from webfoot.web.models.training import TrainingSession
from webfoot.web.states import State

FAILED = {
    "diverged": "Learning broke down: clone it with a lower learning rate.",
    "took ": "It would take as much again: clone it with what the sentence asks for.",
    "the run folder cannot be written": "Delete sessions that nobody needs, or ask an administrator for room.",
    "the trainer broke off": "The log below ends with what went wrong; report it with the version of the program.",
    "the trainer was killed": "It was not the training's fault, most likely memory ran out: retry it.",
}
"""By how the reason begins."""
MISTAKE = "Clone it, and change what the sentence names."
WANTED = {
    State.PAUSED: "It pauses after this epoch, with a checkpoint.",
    State.CANCELLED: "It stops after this epoch, with a checkpoint.",
}


def advice(row: TrainingSession, has_checkpoint: bool) -> str:
    """One or two sentences; empty where there is nothing to say."""
    on = f"it goes on from its checkpoint near epoch {row.current_epoch:,}" if has_checkpoint else "it begins anew"
    if row.wanted:
        return WANTED.get(State(row.wanted), "")
    match row.status:
        case State.QUEUED:
            return "It starts as soon as a worker is free; this page need not stay open."
        case State.PAUSED:
            return f"Resume it when you like: {on}."
        case State.CANCELLED:
            return f"It was stopped. Retry it if that was a mistake: {on}."
        case State.TIMED_OUT:
            return f"Retry gives it as much time again: {on}."
        case State.FAILED:
            return _failed(row.error_message or "", on)
        case State.COMPLETED if row.passed is False:
            return "Its results say by how much, and what would help."
        case _:
            return ""


def _failed(reason: str, on: str) -> str:
    cure = next((cure for begin, cure in FAILED.items() if reason.startswith(begin)), MISTAKE)
    return f"{cure} Retry: {on}." if cure is not MISTAKE else cure
