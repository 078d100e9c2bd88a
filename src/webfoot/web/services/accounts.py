"""Accounts: made by an administrator, opened by their owner through a link that works once; no password is given."""

import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from flask_security.utils import hash_password, password_complexity_validator
from sqlalchemy import select
from sqlalchemy.orm import Session

from webfoot.counted import counted
from webfoot.errors import UnknownName, WebfootError
from webfoot.web.models.access import ApiToken, Invitation
from webfoot.web.models.base import now
from webfoot.web.models.user import ROLES, Role, User
from webfoot.web.services import audit
from webfoot.web.services.access import SCOPES, TOKEN_PREFIX, Forbidden, NotFound, hash_of, new_secret, rank

INVITED = timedelta(days=7)
LEAST_PASSWORD, MOST_PASSWORD = 10, 128
"""Signs of a password."""
MOST_JUDGED = 32
"""Signs by which a password is judged: with all of 128 zxcvbn takes seconds, or refuses to; and whoever guesses a
password guesses its beginning."""
NORMAL_FORM: Literal["NFKD"] = "NFKD"
"""Of Unicode, in which passwords are hashed: an accent is the same however a keyboard makes it."""
MOST_TOKENS = 100
"""API tokens of one user."""


class AccountError(WebfootError):
    """An account that cannot be made or changed."""


@dataclass(frozen=True)
class Secret:
    """Something that is shown once and kept as a hash only."""

    id: int
    text: str


def create(session: Session, by: User | None, email: str, role: str, name: str = "") -> User:
    """A new account, which nobody can use before its invitation is taken.

    Raises:
        AccountError: no e-mail address, or one that has an account.
        UnknownName: no role.
    """
    email = normal(email)
    if session.scalars(select(User).where(User.email == email)).first() is not None:
        raise AccountError(f"{email} has an account already; invite it again instead")
    user = User(email=email, name=name or email.partition("@")[0], fs_uniquifier=secrets.token_hex(32), active=True)
    user.roles = [role_named(session, role)]
    session.add(user)
    session.flush()
    audit.note(session, by, "user.create", "user", user.id, role=role)
    return user


def normal(email: str) -> str:
    """An e-mail address in the one way that it is kept.

    Raises:
        AccountError: it is none.
    """
    address = email.strip().lower()
    local, at, host = address.rpartition("@")
    if (
        not (local and at and host)
        or len(address) > 254
        or any(not sign.isprintable() or sign in " <>,;" for sign in address)
    ):
        raise AccountError(f"'{email[:80]}' is no e-mail address; name@example.org would be right")
    return address


def role_named(session: Session, name: str) -> Role:
    """A role.

    Raises:
        UnknownName: there is none of this name.
    """
    if name not in ROLES:
        raise UnknownName("role", name, ROLES)
    return session.scalars(select(Role).where(Role.name == name)).one()


def invite(session: Session, by: User | None, user: User) -> Secret:
    """A link that sets the password of an account; an older one does not work any more.

    Raises:
        AccountError: the account is closed.
    """
    if not user.active:
        raise AccountError(f"the account of {user.email} is closed; open it before it is invited")
    for old in session.scalars(select(Invitation).where(Invitation.user_id == user.id, Invitation.used_at.is_(None))):
        old.used_at = now()
    secret = new_secret()
    row = Invitation(user=user, secret_hash=hash_of(secret), expires_at=now() + INVITED)
    session.add(row)
    session.flush()
    audit.note(session, by, "user.invite", "user", user.id)
    return Secret(row.id, secret)


def invitation(session: Session, secret: str) -> Invitation:
    """An invitation that was not used yet.

    Raises:
        NotFound: there is none, or its time is over.
    """
    row = session.scalars(
        select(Invitation).where(Invitation.secret_hash == hash_of(secret)).with_for_update(of=Invitation)
    ).first()
    if row is None or row.used_at is not None or row.expires_at < now() or not row.user.active:
        raise NotFound("this link was used already, or its time is over; ask an administrator for another one")
    return row


def accept(session: Session, secret: str, password: str) -> User:
    """Set the password of an invited account.

    Raises:
        NotFound: no such invitation.
        AccountError: the password is too short, too long, or too easily guessed.
    """
    row = invitation(session, secret)
    user = row.user
    set_password(user, password)
    row.used_at = now()
    audit.note(session, user, "user.accept", "user", user.id)
    return user


def set_password(user: User, password: str) -> None:
    """Another password; whoever is logged in with the old one is not any more.

    Raises:
        AccountError: the password is too short, too long, or too easily guessed.
    """
    check_password(user, password)
    user.password = hash_password(unicodedata.normalize(NORMAL_FORM, password))
    log_out(user)


def check_password(user: User, password: str) -> None:
    """Refuse a password that is too easily guessed.

    Raises:
        AccountError: it is too short, too long, the address itself, or one of the first that anybody would try.
    """
    if not LEAST_PASSWORD <= len(password) <= MOST_PASSWORD:
        raise AccountError(
            f"the password has {counted(len(password), 'character')}; {LEAST_PASSWORD} to {MOST_PASSWORD} are right, "
            "of any kind"
        )
    if password.strip().lower() == user.email:
        raise AccountError("the password is the e-mail address; choose one that nobody can guess")
    beginning = unicodedata.normalize(NORMAL_FORM, password)[:MOST_JUDGED]
    if password_complexity_validator(beginning, is_register=False, user=user):
        raise AccountError(
            "the password is guessed too easily; a few uncommon words, one after another, would be right"
        )


def log_out(user: User) -> None:
    """End all logins of a user; cookies name the user by this value."""
    user.fs_uniquifier = secrets.token_hex(32)


def first_administrator(session: Session, email: str = "admin@localhost") -> Secret | None:
    """An invitation for the first administrator; None where somebody manages the service already."""
    managing = (
        select(User).join(User.roles).where(Role.name == "administrator", User.password.is_not(None), User.active)
    )
    if session.scalars(managing).first() is not None:
        return None
    user = session.scalars(select(User).where(User.email == email)).first()
    return invite(session, None, user or create(session, None, email, "administrator", "administrator"))


def make_token(session: Session, user: User, name: str, scopes: list[str], expires_at: datetime | None) -> Secret:
    """An API token; its secret is shown this once.

    Raises:
        UnknownName: no scope.
        Forbidden: a scope of more than the user's role may do.
        AccountError: the user has too many.
    """
    unknown = [scope for scope in scopes if scope not in SCOPES]
    if unknown or not scopes:
        raise UnknownName("scope", unknown[0] if unknown else "", SCOPES)
    _check_scopes(user, scopes)
    if len(tokens_of(session, user)) >= MOST_TOKENS:
        raise AccountError(f"{user.email} has {MOST_TOKENS} tokens, which is the most; revoke one that is not used")
    secret = TOKEN_PREFIX + new_secret()
    scopes = [scope for scope in SCOPES if scope in scopes]
    row = ApiToken(user=user, name=name, secret_hash=hash_of(secret), scopes=scopes, expires_at=expires_at)
    session.add(row)
    session.flush()
    audit.note(session, user, "token.create", "token", row.id, scopes=scopes)
    return Secret(row.id, secret)


def _check_scopes(user: User, scopes: list[str]) -> None:
    """Let nobody give a program more than their own role, in the order of which scopes are listed."""
    order, most = list(SCOPES), rank(user)
    for scope in scopes:
        if order.index(scope) > most:
            role = f"the role {list(ROLES)[most]}" if most >= 0 else "no role"
            right = f"; at most {order[most]} would be right" if most >= 0 else ""
            raise Forbidden(f"the scope {scope} is more than {user.email} may do, who has {role}{right}")


def tokens_of(session: Session, user: User) -> list[ApiToken]:
    """The API tokens of a user, the newest first."""
    mine = select(ApiToken).where(ApiToken.user_id == user.id).order_by(ApiToken.id.desc())
    return list(session.scalars(mine))


def revoke_token(session: Session, user: User, token_id: int) -> None:
    """Let an API token be worth nothing from now on.

    Raises:
        NotFound: the user has none of this id.
    """
    row = session.get(ApiToken, token_id)
    if row is None or row.user_id != user.id:
        raise NotFound(f"there is no token {token_id}")
    audit.note(session, user, "token.revoke", "token", row.id)
    session.delete(row)


def rename(session: Session, user: User, name: str) -> None:
    """Another name of an account, by its owner."""
    user.name = name
    audit.note(session, user, "user.rename", "user", user.id, name=name)
