"""Sharing: one object shown to one other user, or to whoever has a link; to be seen, never to be changed."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from webfoot.errors import WebfootError
from webfoot.web.models.access import Share, ShareLink
from webfoot.web.models.base import now
from webfoot.web.models.user import User
from webfoot.web.services import audit
from webfoot.web.services.access import KINDS, NotFound, hash_of, new_secret, owned
from webfoot.web.services.accounts import Secret, normal

MOST_SHARES = 200
"""Shares, and links, of one object."""


class SharingError(WebfootError):
    """Something that cannot be shared so."""


def shareable(session: Session, user: User, kind: str, object_id: int) -> Any:
    """An object that a user may share: their own.

    Raises:
        NotFound: there is none that the user may see.
        Forbidden: it is somebody else's.
    """
    row = owned(session, user, KINDS[kind], object_id)
    if getattr(row, "deleted_at", None) is not None:
        raise NotFound(f"there is no {kind} {object_id}")
    return row


def shares_of(session: Session, kind: str, object_id: int) -> list[Share]:
    """With whom an object is shared."""
    query = select(Share).where(Share.kind == kind, Share.object_id == object_id).order_by(Share.id)
    return list(session.scalars(query))


def share(session: Session, by: User, kind: str, object_id: int, email: str) -> Share:
    """Let another user see an object; a second time changes nothing.

    Raises:
        NotFound: nobody has an account with this address.
        SharingError: it is theirs already, or it is shared with too many.
    """
    row, address = shareable(session, by, kind, object_id), normal(email)
    user = session.scalars(select(User).where(User.email == address, User.active)).first()
    if user is None:
        raise NotFound(f"nobody here has the address {address}; ask an administrator to invite them")
    if user.id == row.owner_id:
        raise SharingError(f"{kind} {object_id} is {address}'s own; name somebody else")
    given = shares_of(session, kind, object_id)
    for old in given:
        if old.user_id == user.id:
            return old
    if len(given) >= MOST_SHARES:
        raise SharingError(f"{kind} {object_id} is shared with {MOST_SHARES} users, which is the most; make a link")
    made = Share(kind=kind, object_id=object_id, user=user)
    session.add(made)
    session.flush()
    audit.note(session, by, "share.create", kind, object_id, with_user=user.id)
    return made


def unshare(session: Session, by: User, kind: str, object_id: int, user_id: int) -> None:
    """Let a user not see an object any more.

    Raises:
        NotFound: it was not shared with them.
    """
    given = [row for row in shares_of(session, kind, object_id) if row.user_id == user_id]
    if not given:
        raise NotFound(f"{kind} {object_id} is not shared with user {user_id}")
    session.delete(given[0])
    audit.note(session, by, "share.delete", kind, object_id, with_user=user_id)


def links_of(session: Session, kind: str, object_id: int) -> list[ShareLink]:
    """The links that show an object, those whose time is over too."""
    query = select(ShareLink).where(ShareLink.kind == kind, ShareLink.object_id == object_id).order_by(ShareLink.id)
    return list(session.scalars(query))


def make_link(session: Session, by: User, kind: str, object_id: int, expires_at: datetime | None) -> Secret:
    """A link that shows an object to whoever has it; its secret is shown this once.

    Raises:
        SharingError: there are too many.
    """
    if len(links_of(session, kind, object_id)) >= MOST_SHARES:
        raise SharingError(f"{kind} {object_id} has {MOST_SHARES} links, which is the most; revoke one")
    secret = new_secret()
    link = ShareLink(
        kind=kind, object_id=object_id, secret_hash=hash_of(secret), created_by=by.id, expires_at=expires_at
    )
    session.add(link)
    session.flush()
    audit.note(session, by, "link.create", kind, object_id, link=link.id)
    return Secret(link.id, secret)


def revoke_link(session: Session, by: User, kind: str, object_id: int, link_id: int) -> None:
    """Let a link show nothing any more.

    Raises:
        NotFound: the object has no such link.
    """
    link = session.get(ShareLink, link_id)
    if link is None or (link.kind, link.object_id) != (kind, object_id):
        raise NotFound(f"{kind} {object_id} has no link {link_id}")
    session.delete(link)
    audit.note(session, by, "link.revoke", kind, object_id, link=link_id)


def linked(session: Session, secret: str) -> tuple[str, Any]:
    """What a link shows: the kind of the object, and its row.

    Raises:
        NotFound: there is no such link, its time is over, or who made it or what it shows is gone.
    """
    link = session.scalars(select(ShareLink).where(ShareLink.secret_hash == hash_of(secret))).first()
    if link is not None and (link.expires_at is None or link.expires_at > now()):
        row, by = session.get(KINDS[link.kind], link.object_id), session.get(User, link.created_by)
        if row is not None and getattr(row, "deleted_at", None) is None and by is not None and by.active:
            return link.kind, row
    raise NotFound("there is no such link, or its time is over; ask whoever gave it to you for another one")


def forget(session: Session, kind: str, object_id: int) -> None:
    """Take away all shares and links of an object that is deleted: its id may be given again."""
    for table in (Share, ShareLink):
        session.execute(delete(table).where(table.kind == kind, table.object_id == object_id))
