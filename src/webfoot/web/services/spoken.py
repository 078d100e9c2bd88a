"""`spoken`: motions and robots by their names, where rows have them as they are asked for."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webfoot.web.models.objects import Motion, Robot
from webfoot.web.models.user import User
from webfoot.web.services.access import visible_to
from webfoot.web.services.sources import UPLOADED

MODELS: dict[str, type[Any]] = {"motion": Motion, "robot": Robot}


def spoken(session: Session, user: User, references: Iterable[str]) -> dict[str, str]:
    """What to call each of some references: a bundled one by its own name, an uploaded one by its row's.

    `motion:7@2#turn` is "my walks (turn)". What the user may not see keeps its number only.
    """
    matches = {reference: UPLOADED.fullmatch(reference) for reference in set(references)}
    names = {kind: _names(session, user, kind, matches.values()) for kind in MODELS}
    told = {}
    for reference, match in matches.items():
        if match is None:
            told[reference] = reference
            continue
        kind, number, clip = match[1], int(match[2]), match[4]
        name = names[kind].get(number, f"{kind} {number}")
        told[reference] = f"{name} ({clip})" if clip else name
    return told


def _names(session: Session, user: User, kind: str, matches: Iterable[Any]) -> dict[int, str]:
    model = MODELS[kind]
    ids = {int(match[2]) for match in matches if match is not None and match[1] == kind}
    if not ids:
        return {}
    query = select(model.id, model.name).where(model.id.in_(ids), visible_to(user, model))
    return {number: name for number, name in session.execute(query)}
