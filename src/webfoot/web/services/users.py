"""What an administrator does with accounts: look at them, give a role and a quota, close and open them."""

from typing import Any

from pydantic import ValidationError
from sqlalchemy import Select, delete, or_, select
from sqlalchemy.orm import Session, selectinload

from webfoot.errors import UnknownName
from webfoot.web.models.access import ApiToken, Invitation
from webfoot.web.models.base import now
from webfoot.web.models.user import ROLES, Role, User
from webfoot.web.paging import contains
from webfoot.web.services import audit
from webfoot.web.services.access import NotFound
from webfoot.web.services.accounts import AccountError, log_out, role_named
from webfoot.web.settings import Quota


def matching(words: str, role: str | None, active: bool | None) -> Select[User]:
    """A query for accounts, by words of name or address."""
    query = select(User).options(selectinload(User.roles)).order_by(User.email)
    if words:
        query = query.where(or_(contains(User.name, words), contains(User.email, words)))
    if role:
        query = query.where(User.roles.any(Role.name == role))
    if active is not None:
        query = query.where(User.active.is_(active))
    return query


def found(session: Session, user_id: int) -> User:
    """An account.

    Raises:
        NotFound: there is none of this id.
    """
    user = session.get(User, user_id)
    if user is None:
        raise NotFound(f"there is no user {user_id}")
    return user


def role_of(user: User) -> str:
    """The highest role that an account has, whatever token is used; empty without one."""
    return max((role.name for role in user.roles if role.name in ROLES), key=list(ROLES).index, default="")


def change_role(session: Session, by: User, user: User, role: str) -> None:
    """Give an account another role; it counts from the next request on.

    Raises:
        AccountError: it is the last administrator.
    """
    if role != "administrator":
        _keep_an_administrator(session, user)
    user.roles = [role_named(session, role)]
    audit.note(session, by, "user.role", "user", user.id, role=role)


def change_quota(session: Session, by: User, user: User, usual: Quota, quota: dict[str, Any]) -> None:
    """Give an account other limits than the usual ones; None takes a usual one again.

    Raises:
        UnknownName: there is no such limit.
        AccountError: it is out of its range.
    """
    for name in quota:
        if name not in Quota.model_fields:
            raise UnknownName("limit", name[:40], Quota.model_fields)
    other = {name: value for name, value in {**user.quota, **quota}.items() if value is not None}
    try:
        valid = Quota.model_validate(usual.model_dump() | other, strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise AccountError(f"limit '{first['loc'][0]}' is {first['input']!r:.40}: {first['msg']}") from None
    user.quota = {name: getattr(valid, name) for name in other}
    audit.note(session, by, "user.quota", "user", user.id, **user.quota)


def close(session: Session, by: User | None, user: User) -> None:
    """Let nobody use an account any more: its logins, tokens and invitations end now.

    Raises:
        AccountError: it is the last administrator.
    """
    _keep_an_administrator(session, user)
    user.active = False
    log_out(user)
    session.execute(delete(ApiToken).where(ApiToken.user_id == user.id))
    for row in session.scalars(select(Invitation).where(Invitation.user_id == user.id, Invitation.used_at.is_(None))):
        row.used_at = now()
    audit.note(session, by, "user.close", "user", user.id)


def reopen(session: Session, by: User, user: User) -> None:
    """Let an account be used again, with the password that it had."""
    user.active = True
    audit.note(session, by, "user.open", "user", user.id)


def _keep_an_administrator(session: Session, user: User) -> None:
    """Refuse to take away the last account that can manage the service.

    All of them stay locked until the transaction ends: of two that take the role from each other, one is refused.
    """
    able = User.active, User.password.is_not(None), User.roles.any(Role.name == "administrator")
    query = select(User.id).where(*able).order_by(User.id)
    session.scalars(query.with_for_update(of=User)).all()
    others = set(session.scalars(query)) - {user.id}  # asked again: who waited for the lock has an old answer
    if role_of(user) == "administrator" and user.active and not others:
        raise AccountError(f"{user.email} is the last administrator; make somebody else one first")
