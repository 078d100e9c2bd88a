"""What an administrator does with accounts; and the audit log."""

from typing import Any

from apiflask import APIBlueprint
from sqlalchemy import select

from webfoot.web.context import service
from webfoot.web.gate import allow
from webfoot.web.models.access import AuditEntry
from webfoot.web.models.user import User
from webfoot.web.paging import contains, page_of
from webfoot.web.public_url import public_url
from webfoot.web.schemas.accounts import (
    AuditPage,
    AuditQuery,
    UserChange,
    UserDetail,
    UserInvited,
    UserPage,
    UserQuery,
    UserRequest,
)
from webfoot.web.services import accounts, users
from webfoot.web.services.quota import usage

bp = APIBlueprint("users", __name__, tag="Administration")


def _as_user(user: User) -> dict[str, Any]:
    return {
        "id": user.id,
        "email": user.email,
        "name": user.name,
        "role": users.role_of(user),
        "active": user.active,
        "opened": user.password is not None,
        "created_at": user.created_at,
        "quota": user.quota_over(service().settings.quota),
        "own_quota": user.quota,
    }


def _detail(user: User) -> dict[str, Any]:
    return _as_user(user) | {"usage": usage(service().session, user.id)}


def _invited(user: User) -> dict[str, Any]:
    secret = accounts.invite(service().session, service().user, user)
    service().commit()
    return {"user": _as_user(user), "invitation": public_url("accounts.invitation", secret=secret.text)}


@bp.get("/users")
@allow("administrator")
@bp.input(UserQuery, location="query", arg_name="asked")
@bp.output(UserPage)
def index(asked: UserQuery) -> dict[str, Any]:
    """All accounts, by their address."""
    query = users.matching(asked.search, asked.role, asked.active)
    rows, page = page_of(service().session, query, asked)
    return page | {"items": [_as_user(row) for row in rows]}


@bp.post("/users")
@allow("administrator")
@bp.input(UserRequest, arg_name="asked")
@bp.output(UserInvited, status_code=201)
def create(asked: UserRequest) -> dict[str, Any]:
    """A new account, and the link by which its owner opens it."""
    here = service()
    return _invited(accounts.create(here.session, here.user, asked.email, asked.role, asked.name or ""))


@bp.get("/users/<int:user_id>")
@allow("administrator")
@bp.output(UserDetail)
def show(user_id: int) -> dict[str, Any]:
    """One account, and what it takes up."""
    return _detail(users.found(service().session, user_id))


@bp.patch("/users/<int:user_id>")
@allow("administrator")
@bp.input(UserChange, arg_name="asked")
@bp.output(UserDetail)
def change(user_id: int, asked: UserChange) -> dict[str, Any]:
    """Another role or quota; close the account, or open it again."""
    here = service()
    user = users.found(here.session, user_id)
    if asked.role is not None:
        users.change_role(here.session, here.user, user, asked.role)
    if asked.quota is not None:
        users.change_quota(here.session, here.user, user, here.settings.quota, asked.quota)
    if asked.active is False:
        users.close(here.session, here.user, user)
    elif asked.active:
        users.reopen(here.session, here.user, user)
    here.commit()
    return _detail(user)


@bp.post("/users/<int:user_id>/invite")
@allow("administrator")
@bp.output(UserInvited, status_code=201)
def invite(user_id: int) -> dict[str, Any]:
    """Another link by which an account gets a password; an older one does not work any more."""
    return _invited(users.found(service().session, user_id))


@bp.get("/audit")
@allow("administrator")
@bp.input(AuditQuery, location="query", arg_name="asked")
@bp.output(AuditPage)
def audit_log(asked: AuditQuery) -> dict[str, Any]:
    """Who did what, the newest first."""
    query = select(AuditEntry).order_by(AuditEntry.id.desc())
    if asked.search:
        query = query.where(contains(AuditEntry.action, asked.search))
    for name in ("user_id", "kind", "object_id"):
        wanted = getattr(asked, name)
        if wanted is not None:
            query = query.where(getattr(AuditEntry, name) == wanted)
    if asked.since is not None:
        query = query.where(AuditEntry.at >= asked.since)
    if asked.until is not None:
        query = query.where(AuditEntry.at < asked.until)
    rows, page = page_of(service().session, query, asked)
    return page | {"items": [_entry(row) for row in rows]}


def _entry(row: AuditEntry) -> dict[str, Any]:
    names = ("id", "at", "user_id", "action", "kind", "object_id", "address", "details")
    return {name: getattr(row, name) for name in names} | {"user_email": row.user.email if row.user else None}
