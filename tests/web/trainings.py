"""Trainings to ask for, and what one is told of them."""

from typing import Any

SMALL = {
    "reference_motion": "walk",
    "epochs": 3,
    "batch_size": 8,
    "parameters": {"checkpoint_every": 1, "rollout": {"episodes": 2, "episode_s": 1.0}, "stop_when_passed": False},
}
"""Over in a second or two."""
LONG = {**SMALL, "epochs": 100_000}
"""Over when somebody ends it."""


def started(caller, asked: dict[str, Any]) -> int:
    """Id of a session that a user asked for."""
    answer = caller("POST", "/training/start", json=asked)
    assert answer.status_code == 202, answer.json
    return answer.json["id"]


def status_of(caller, session_id: int) -> dict[str, Any]:
    """What a user is told of a session."""
    return caller("GET", f"/training/status/{session_id}").json


def state_is(caller, session_id: int, *states: str):
    """A condition to wait for: the session is in one of some states; gives what its user is told."""

    def check() -> dict[str, Any] | None:
        told = status_of(caller, session_id)
        return told if told["status"] in states else None

    return check
