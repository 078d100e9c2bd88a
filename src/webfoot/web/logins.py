"""How Flask-Security lets people in: by address and password, both as `services.accounts` has them."""

import unicodedata
from typing import Any

from flask import Flask, g, session
from flask_login import user_logged_in, user_logged_out
from flask_security.datastore import SQLAlchemyUserDatastore
from flask_security.mail_util import EmailValidateException, MailUtil
from flask_security.password_util import PasswordUtil
from flask_security.signals import password_changed

from webfoot.web.context import service
from webfoot.web.gate import by_token
from webfoot.web.models.user import User
from webfoot.web.services import audit
from webfoot.web.services.accounts import LEAST_PASSWORD, NORMAL_FORM, AccountError, check_password, log_out, normal

SECURITY: dict[str, Any] = {
    "SECURITY_REGISTERABLE": False,
    "SECURITY_CHANGEABLE": True,
    "SECURITY_SEND_PASSWORD_CHANGE_EMAIL": False,
    "SECURITY_PASSWORD_HASH": "argon2",
    "SECURITY_PASSWORD_LENGTH_MIN": LEAST_PASSWORD,
    "SECURITY_PASSWORD_COMPLEXITY_CHECKER": "zxcvbn",
    "SECURITY_PASSWORD_NORMALIZE_FORM": NORMAL_FORM,
    "SECURITY_PASSWORD_SINGLE_HASH": ["argon2"],
    "SECURITY_UNAUTHORIZED_VIEW": None,
    "SECURITY_RETURN_GENERIC_RESPONSES": True,
    "SECURITY_LOGOUT_METHODS": ["POST"],
    "SECURITY_POST_LOGIN_VIEW": "/",
    "SECURITY_POST_LOGOUT_VIEW": "/login",
    "SECURITY_REDIRECT_VALIDATE_MODE": ["absolute", "regex"],
    "SECURITY_API_ENABLED_METHODS": ["session"],
    "SECURITY_TRACKABLE": False,
    "SECURITY_CSRF_IGNORE_UNAUTH_ENDPOINTS": False,
    "SECURITY_CACHE_CONTROL": {},  # its "no-store=True" is no word that a browser knows; `set_headers` says it
}
"""Flask-Security: accounts are made by invitation, passwords are hashed by argon2id."""


class Users(SQLAlchemyUserDatastore):
    """The accounts, as Flask-Security looks for them."""

    def find_user(self, case_insensitive: bool = False, **identity: Any) -> User | None:
        """An account. The transaction ends with it: argon2 comes next, and SQLite has one writer at a time."""
        found: Any = super().find_user(case_insensitive, **identity)
        service().commit()
        return found


class Addresses(MailUtil):
    """Addresses are the same on login as when the account was made, that of the first administrator too."""

    def normalize(self, email: str) -> str:
        """The address as it is kept."""
        try:
            return normal(email)
        except AccountError as error:
            raise EmailValidateException(str(error)) from None

    def validate(self, email: str) -> str:
        """The address as it is kept."""
        return self.normalize(email)


class Passwords(PasswordUtil):
    """Passwords follow the same rules wherever they are set."""

    def validate(self, password: str, is_register: bool, **given: Any) -> tuple[list[str] | None, str]:
        """What is wrong with a password, and the form in which it is hashed."""
        normalized = unicodedata.normalize(NORMAL_FORM, password)
        try:
            check_password(given["user"], password)
        except AccountError as error:
            return [str(error)], normalized
        return None, normalized


def listen(app: Flask) -> None:
    """Do what is to be done whenever somebody logs in or out, or changes the password."""
    user_logged_in.connect(_on_login, app)
    user_logged_out.connect(_on_logout, app)
    password_changed.connect(_on_change, app)


def _on_login(_: Flask, user: User, **_given: Any) -> None:
    """Give whoever logs in another CSRF token: the old one is known to whoever may have planted the cookie."""
    session.pop("csrf_token", None)
    g.pop("csrf_token", None)
    audit.note(service().session, user, "user.login", "user", user.id)


def _on_logout(_: Flask, user: User, **_given: Any) -> None:
    """End the cookie itself, which may have been copied, and with it all logins of the user."""
    if by_token() is None:
        log_out(user)
        audit.note(service().session, user, "user.logout", "user", user.id)
        service().commit()


def _on_change(_: Flask, user: User, **_given: Any) -> None:
    audit.note(service().session, user, "user.password", "user", user.id)
