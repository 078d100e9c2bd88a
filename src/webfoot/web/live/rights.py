"""`Rights`: who of those that listen may still do so, and what they may see; read for all of them at once."""

from collections.abc import Collection
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from webfoot.web.models.access import ApiToken, Share
from webfoot.web.models.base import now
from webfoot.web.models.user import User
from webfoot.web.services.access import is_administrator, rank


@dataclass(frozen=True)
class Viewer:
    """Who listens, and by what right."""

    user_id: int
    token: str | None
    """Hash of the API token that the stream was opened with; None: a person who is logged in."""
    login: str
    """Changes when the user's password does, which ends what was opened before."""
    may_see_all: bool = False
    """Whether an administrator asks, by a token that may do what an administrator may."""


@dataclass(frozen=True)
class _Account:
    login: str
    is_administrator: bool
    shared: set[int] = field(default_factory=set)
    """Sessions that others share with the user."""


@dataclass(frozen=True)
class Rights:
    """What viewers may see, as it was a moment ago."""

    accounts: dict[int, _Account]
    """Of users who are active and have a role."""
    tokens: set[str]
    """Hashes of those that are valid; the number of one that was deleted may be another's by now."""

    def admits(self, viewer: Viewer) -> bool:
        """Whether the viewer may listen at all."""
        account = self.accounts.get(viewer.user_id)
        if account is None:
            return False
        return viewer.login == account.login if viewer.token is None else viewer.token in self.tokens

    def shows(self, viewer: Viewer, session_id: int, owner_id: int) -> bool:
        """Whether the viewer may see a session, by `services.access.visible_to`."""
        account = self.accounts.get(viewer.user_id)
        if account is None:
            return False
        sees_all = viewer.may_see_all and account.is_administrator
        return sees_all or owner_id == viewer.user_id or session_id in account.shared


def read_rights(session: Session, viewers: Collection[Viewer]) -> Rights:
    """The rights of all viewers, in three queries."""
    ids = {viewer.user_id for viewer in viewers}
    users = session.scalars(select(User).options(selectinload(User.roles)).where(User.id.in_(ids), User.active))
    accounts = {user.id: _Account(user.fs_uniquifier, is_administrator(user)) for user in users if rank(user) >= 0}
    for user_id, session_id in session.execute(
        select(Share.user_id, Share.object_id).where(Share.kind == "session", Share.user_id.in_(ids))
    ):
        if user_id in accounts:
            accounts[user_id].shared.add(session_id)
    tokens = {viewer.token for viewer in viewers if viewer.token is not None}
    asked = select(ApiToken.secret_hash, ApiToken.expires_at).where(ApiToken.secret_hash.in_(tokens))
    return Rights(accounts, {token for token, until in session.execute(asked) if until is None or until >= now()})
