"""Who may see and change what: the one place that decides, for every kind of object.

What somebody may not see does not exist for them: it is `NotFound`, like an id that was never given.
"""

import hashlib
import secrets
from typing import Any, Literal, TypeVar

from sqlalchemy import ColumnElement, Select, or_, select, true
from sqlalchemy.orm import Session

from webfoot.errors import WebfootError
from webfoot.web.models.access import Share
from webfoot.web.models.objects import Motion, Robot
from webfoot.web.models.training import TrainingSession
from webfoot.web.models.user import ROLES, User

Kind = Literal["session", "motion", "robot"]
Row = TypeVar("Row", TrainingSession, Motion, Robot)
KINDS: dict[str, type[Any]] = {"session": TrainingSession, "motion": Motion, "robot": Robot}
"""Every kind of object that is owned and can be shared."""
KIND_OF = {model: kind for kind, model in KINDS.items()}
SCOPES = {"read": "see", "train": "upload, start and manage trainings", "admin": "manage users and everybody's objects"}
"""What a token may be allowed to do; each includes those before it."""
TOKEN_PREFIX = "wf_"


class NotFound(WebfootError):
    """There is no such thing, or none for this user."""


class Forbidden(WebfootError):
    """It can be seen, and not changed, by this user."""


def rank(user: User) -> int:
    """Position in `ROLES` of the highest role that the user has and, by a token, may use now; -1 without one."""
    order = list(ROLES)
    return min(user.most_rank, max((order.index(role.name) for role in user.roles if role.name in ROLES), default=-1))


def is_administrator(user: User) -> bool:
    """Whether the user sees and manages everything."""
    return rank(user) == len(ROLES) - 1


def visible_to(user: User, model: type[Row]) -> ColumnElement[bool]:
    """Rows that a user may see: their own, those shared with them, all for an administrator."""
    if is_administrator(user):
        return true()
    shared = select(Share.object_id).where(Share.kind == KIND_OF[model], Share.user_id == user.id)
    return or_(model.owner_id == user.id, model.id.in_(shared))


def listed(user: User, model: type[Row]) -> Select[Row]:
    """A query for what a user may see."""
    return select(model).where(visible_to(user, model))


def seen(session: Session, user: User, model: type[Row], object_id: int) -> Row:
    """One object that a user may see.

    Raises:
        NotFound: there is none.
    """
    row = session.scalars(listed(user, model).where(model.id == object_id)).first()
    if row is None:
        raise NotFound(f"there is no {KIND_OF[model]} {object_id}")
    return row


def may_change(user: User, row: TrainingSession | Motion | Robot) -> bool:
    """Whether a user may change what they see."""
    return is_administrator(user) or (row.owner_id == user.id and rank(user) >= list(ROLES).index("trainer"))


def owned(session: Session, user: User, model: type[Row], object_id: int) -> Row:
    """One object that a user may change.

    Raises:
        NotFound: there is none that the user may see.
        Forbidden: it is somebody else's.
    """
    row = seen(session, user, model, object_id)
    if row.owner_id != user.id and not is_administrator(user):
        raise Forbidden(f"{KIND_OF[model]} {object_id} is {row.owner.name or 'somebody'}'s; only they may change it")
    return row


def new_secret() -> str:
    """256 bits that nobody can guess."""
    return secrets.token_urlsafe(32)


def hash_of(secret: str) -> str:
    """What is kept of a secret. It is random and long, so a fast hash is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()
