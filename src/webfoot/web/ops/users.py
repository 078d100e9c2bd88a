"""Accounts from the command line: whoever may read the data folder may make, open and close them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from webfoot.web.models.user import User
from webfoot.web.ops.opened import Unreachable, opened, unreachable
from webfoot.web.serve import served_at
from webfoot.web.services import accounts, users
from webfoot.web.services.accounts import AccountError
from webfoot.web.settings import Settings


@contextmanager
def _writing(settings: Settings) -> Iterator[Session]:
    database = opened(settings)
    try:
        with database.writing() as session:
            yield session
    except DBAPIError as error:
        raise Unreachable(unreachable(settings, error)) from None
    finally:
        database.engine.dispose()


def add(settings: Settings, email: str, role: str, name: str = "") -> str:
    """A new account; the link that opens it.

    Raises:
        WebfootError: no e-mail address, one that has an account, or no role.
    """
    with _writing(settings) as session:
        user = accounts.create(session, None, email, role, name)
        return _link(settings, accounts.invite(session, None, user).text)


def link(settings: Settings, email: str) -> str:
    """Another link that sets the password of an account; an older one does not work any more.

    Raises:
        AccountError: there is no such account, or it is disabled.
    """
    with _writing(settings) as session:
        return _link(settings, accounts.invite(session, None, _found(session, email)).text)


def token(settings: Settings, email: str, scope: str, name: str) -> str:
    """An API token for an account; it is told this once.

    Raises:
        AccountError: there is no such account, or it is disabled.
        UnknownName: no scope.
        Forbidden: a scope of more than the account's role may do.
    """
    with _writing(settings) as session:
        return accounts.make_token(session, _found(session, email), name, [scope], None).text


def disable(settings: Settings, email: str) -> None:
    """Close an account.

    Raises:
        AccountError: there is no such account, or nobody would be left to manage the service.
    """
    with _writing(settings) as session:
        users.close(session, None, _found(session, email))


def listed(settings: Settings) -> list[dict[str, Any]]:
    """Every account, in the order of their addresses."""
    with _writing(settings) as session:
        return [
            {
                "email": user.email,
                "name": user.name,
                "role": users.role_of(user),
                "active": user.active,
                "opened": user.password is not None,
                "created_at": user.created_at.isoformat(timespec="seconds"),
            }
            for user in session.scalars(select(User).order_by(User.email))
        ]


def _found(session: Session, email: str) -> User:
    user = session.scalars(select(User).where(User.email == accounts.normal(email))).first()
    if user is None:
        raise AccountError(f"there is no account of {email[:80]}; 'webfoot user list' tells which there are")
    return user


def _link(settings: Settings, secret: str) -> str:
    return f"{served_at(settings)}/invitation/{secret}"
