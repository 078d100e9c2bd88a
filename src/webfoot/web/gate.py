"""The gate before every route: who may pass is written on the view itself, and what nobody wrote on is closed.

A request comes as a person, by a cookie, or as a program, by an API token. A cookie is sent by any page that a browser
shows, so whatever changes something needs a CSRF token beside it; an API token needs none.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar, cast

from flask import current_app, g, request
from flask_login import AnonymousUserMixin, current_user
from flask_wtf.csrf import CSRFProtect
from sqlalchemy import bindparam, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import joinedload
from werkzeug.exceptions import Forbidden, NotFound, Unauthorized

from webfoot.web.database import SAFE_METHODS, Database
from webfoot.web.models.access import ApiToken
from webfoot.web.models.base import now
from webfoot.web.models.user import ROLES, User
from webfoot.web.services.access import SCOPES, TOKEN_PREFIX, hash_of, rank

View = TypeVar("View", bound=Callable[..., Any])
NOTED_EVERY = timedelta(minutes=1)
"""The last use of a token is written down no more often."""
_KNOWN = (
    select(ApiToken)
    .where(ApiToken.secret_hash == bindparam("hash"))
    .options(joinedload(ApiToken.user).joinedload(User.roles))
)
"""One question to the database instead of three, put together once: it is asked with every request of a program."""


@dataclass(frozen=True)
class Rule:
    """Who may pass."""

    role: str | None
    """One of `ROLES`; None: everybody, unknown ones too."""
    scope: str = "read"
    """One of `SCOPES`, that a token needs."""


OPEN = Rule(None)
FOREIGN: dict[str, Rule] = {
    "static": OPEN,
    "security.login": OPEN,
    "security.logout": Rule("viewer"),
    "security.change_password": Rule("viewer", "admin"),
    "security.static": OPEN,
}
"""Views of libraries, on which nothing can be written."""


def allow(role: str | None, scope: str | None = None) -> Callable[[View], View]:
    """Write on a view who may pass.

    Args:
        role: lowest role, one of `ROLES`; None: everybody.
        scope: that a token needs; by default what fits the role.
    """
    usual = {None: "read", "viewer": "read", "trainer": "train", "administrator": "admin"}
    rule = Rule(role, scope or usual[role])

    def write(view: View) -> View:
        view.rule = rule  # pyright: ignore[reportFunctionMemberAccess]
        return view

    return write


def rule_of(endpoint: str, view: Callable[..., Any]) -> Rule | None:
    """Who may pass; None: nobody."""
    return getattr(view, "rule", None) or FOREIGN.get(endpoint)


class Gate:
    """Checks every request."""

    def __init__(self, database: Database, csrf: CSRFProtect):
        self.database, self.csrf = database, csrf

    def identify(self) -> None:
        """Let the API token of a request decide who asks, whatever cookie came beside it."""
        if _bearer() is not None:
            g._login_user = self.user_of_request() or AnonymousUserMixin()  # where Flask-Login looks first

    def check(self) -> None:
        """Let the request pass, or raise what it ends with."""
        if request.endpoint is None:
            return  # there is no such page; what follows says so
        view = current_app.view_functions[request.endpoint]
        rule = rule_of(request.endpoint, view)
        if rule is None:
            raise NotFound()
        if rule.role is not None:
            self._check_rights(rule, rule.role)
        if request.method not in SAFE_METHODS:
            token = by_token()
            self.database.session.commit()  # a large body may come slowly: SQLite's write lock is let go before it
            if token is None:
                self.csrf.protect()

    def _check_rights(self, rule: Rule, role: str) -> None:
        if not current_user.is_authenticated:
            raise Unauthorized("log in, or send an API token as 'Authorization: Bearer wf_...'")
        token = by_token()
        if token is not None and not allows(token, rule.scope):
            raise Forbidden(f"this needs a token with the scope {rule.scope}; this one has {', '.join(token.scopes)}")
        if rank(cast(User, current_user)) < list(ROLES).index(role):
            raise Forbidden(f"this needs the role {role}; ask an administrator for it")

    def user_of_request(self, _: Any = None) -> User | None:
        """The user whose API token came with the request."""
        secret = _bearer()
        if secret is None:
            return None
        token = self.database.session.scalars(_KNOWN, {"hash": hash_of(secret)}).unique().first()
        if token is None or not token.user.active or (token.expires_at is not None and token.expires_at < now()):
            return None
        g.api_token = token
        if not allows(token, "admin"):
            token.user.most_rank = list(ROLES).index("trainer")
        if token.used_at is None or now() - token.used_at > NOTED_EVERY:
            self._note_use(token)
        return token.user

    def _note_use(self, token: ApiToken) -> None:
        if request.method not in SAFE_METHODS:  # this request's own transaction writes
            token.used_at = now()
            return
        with suppress(OperationalError), self.database.writing(wait_s=0.1) as rows:  # who reads waits for no writer
            rows.get_one(ApiToken, token.id).used_at = now()


def _bearer() -> str | None:
    """The secret of an API token, as it was sent."""
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    return secret.strip() if scheme.lower() == "bearer" and secret.strip().startswith(TOKEN_PREFIX) else None


def by_token() -> ApiToken | None:
    """The API token that the request came with."""
    bool(current_user)  # the user is looked for when it is first asked for
    return g.get("api_token")


def allows(token: ApiToken, scope: str) -> bool:
    """Whether a token's scopes include one."""
    order = list(SCOPES)
    return any(order.index(given) >= order.index(scope) for given in token.scopes if given in SCOPES)
