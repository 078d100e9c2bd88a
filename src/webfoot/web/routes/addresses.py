"""`Addresses`: where a page of results finds its parts: by the session's own routes, or by those of a share link."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask import url_for


@dataclass(frozen=True)
class Addresses:
    """Of one session."""

    scene: str
    replay: str
    gait: str
    configuration: str
    contract: str
    bundle: str
    artifacts: dict[str, str]
    """By their names; those that are there."""


def of_session(session_id: int, artifacts: Iterable[str]) -> Addresses:
    """For who may see the session."""
    return Addresses(
        scene=url_for("viewer.session_scene", session_id=session_id),
        replay=url_for("viewer.session_replay", session_id=session_id),
        gait=url_for("results.gait", session_id=session_id),
        configuration=url_for("results.configuration", session_id=session_id),
        contract=url_for("results.contract", session_id=session_id),
        bundle=url_for("results.whole", session_id=session_id),
        artifacts={name: url_for("sessions.artifact", session_id=session_id, name=name) for name in artifacts},
    )


def of_link(secret: str, artifacts: Iterable[str]) -> Addresses:
    """For who has a link to the session."""
    return Addresses(
        scene=url_for("links.scene", secret=secret),
        replay=url_for("links.replay", secret=secret),
        gait=url_for("links.gait", secret=secret),
        configuration=url_for("links.configuration", secret=secret),
        contract=url_for("links.contract", secret=secret),
        bundle=url_for("links.whole", secret=secret),
        artifacts={name: url_for("links.artifact", secret=secret, name=name) for name in artifacts},
    )
