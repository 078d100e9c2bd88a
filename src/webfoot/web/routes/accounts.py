"""One's own account: who one is, one's tokens; and the page by which an invited account is opened."""

from datetime import timedelta
from typing import Any

from apiflask import APIBlueprint
from flask import redirect, render_template
from flask.typing import ResponseReturnValue
from flask_security.utils import login_user
from flask_wtf.csrf import generate_csrf

from webfoot.web.context import service
from webfoot.web.failures import wants_page
from webfoot.web.gate import allow, by_token
from webfoot.web.models.access import ApiToken
from webfoot.web.models.base import now
from webfoot.web.models.user import ROLES
from webfoot.web.schemas.accounts import (
    Accepted,
    InvitationOut,
    Me,
    MeChange,
    NewPassword,
    TokenList,
    TokenMade,
    TokenRequest,
)
from webfoot.web.services import accounts
from webfoot.web.services.quota import usage
from webfoot.web.services.users import role_of

bp = APIBlueprint("accounts", __name__, tag="Account")


def _me() -> dict[str, Any]:
    user, token = service().user, by_token()
    order, role = list(ROLES), role_of(service().user)
    return {
        "id": user.id,
        "email": user.email,
        "name": user.name,
        "role": role,
        "roles": order[: order.index(role) + 1] if role else [],
        "scopes": None if token is None else token.scopes,
        "quota": user.quota_over(service().settings.quota),
        "usage": usage(service().session, user.id),
    }


def _token(row: ApiToken) -> dict[str, Any]:
    names = ("id", "name", "scopes", "created_at", "expires_at", "used_at")
    return {name: getattr(row, name) for name in names}


@bp.get("/api/v1/me")
@allow("viewer")
@bp.output(Me)
def me() -> dict[str, Any]:
    """Who asks, what they may do, and what they take up."""
    return _me()


@bp.patch("/api/v1/me")
@allow("viewer", "admin")
@bp.input(MeChange, arg_name="asked")
@bp.output(Me)
def change_me(asked: MeChange) -> dict[str, Any]:
    """Another name."""
    accounts.rename(service().session, service().user, asked.name)
    service().commit()
    return _me()


@bp.get("/api/v1/tokens")
@allow("viewer")
@bp.output(TokenList)
def tokens() -> dict[str, Any]:
    """One's own API tokens, the newest first."""
    return {"items": [_token(row) for row in accounts.tokens_of(service().session, service().user)]}


@bp.post("/api/v1/tokens")
@allow("viewer", "admin")
@bp.input(TokenRequest, arg_name="asked")
@bp.output(TokenMade, status_code=201)
def make_token(asked: TokenRequest) -> dict[str, Any]:
    """An API token; its secret is told this once."""
    end = None if asked.expires_days is None else now() + timedelta(days=asked.expires_days)
    here = service()
    secret = accounts.make_token(here.session, here.user, asked.name, list(asked.scopes), end)
    here.commit()
    return _token(here.session.get_one(ApiToken, secret.id)) | {"secret": secret.text}


@bp.delete("/api/v1/tokens/<int:token_id>")
@allow("viewer", "admin")
@bp.output({}, status_code=204)
def revoke_token(token_id: int) -> str:
    """Let a token be worth nothing from now on."""
    accounts.revoke_token(service().session, service().user, token_id)
    service().commit()
    return ""


@bp.get("/invitation/<secret>")
@allow(None)
@bp.doc(responses={200: {"description": "A form, or what stands in it.", "content": {"application/json": {}}}})
def invitation(secret: str) -> ResponseReturnValue:
    """Whose account an invitation opens."""
    row = accounts.invitation(service().session, secret)
    if wants_page():
        return render_template("invitation.html", secret=secret, user=row.user, least=accounts.LEAST_PASSWORD)
    told = InvitationOut(
        email=row.user.email, name=row.user.name, expires_at=row.expires_at, csrf_token=generate_csrf()
    )
    return told.model_dump(mode="json")


@bp.post("/invitation/<secret>")
@allow(None)
@bp.input(NewPassword, location="json_or_form", arg_name="asked")
@bp.doc(responses={200: {"description": "Who is logged in now.", "content": {"application/json": {}}}})
def accept_invitation(secret: str, asked: NewPassword) -> ResponseReturnValue:
    """Set the password of an invited account, and log in."""
    try:
        user = accounts.accept(service().session, secret, asked.password)
    except accounts.AccountError as error:
        if not wants_page():
            raise
        row = accounts.invitation(service().session, secret)
        said = {"user": row.user, "least": accounts.LEAST_PASSWORD, "sentence": str(error)}
        return render_template("invitation.html", secret=secret, **said), 400
    login_user(user)
    service().commit()
    return redirect("/") if wants_page() else Accepted(id=user.id, email=user.email).model_dump()
