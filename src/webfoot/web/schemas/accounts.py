"""Accounts, tokens, invitations and the audit log: what is asked, and what is told."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, Field

from webfoot.web.schemas.base import Model, Page, PageQuery
from webfoot.web.settings import Quota

RoleName = Literal["viewer", "trainer", "administrator"]
Scope = Literal["read", "train", "admin"]


def _one_line(text: str) -> str:
    text = text.strip()
    if not text or not text.isprintable():
        raise ValueError("must be one line of printable characters")
    return text


Name = Annotated[str, Field(min_length=1, max_length=80), AfterValidator(_one_line)]

Moment = Annotated[AwareDatetime, Field(ge=datetime(2000, 1, 1, tzinfo=UTC), lt=datetime(3000, 1, 1, tzinfo=UTC))]
"""A time that every database knows."""


class UsageOut(Model):
    """What a user takes up now."""

    running: int
    unfinished: int
    robot_hours: float = Field(description="Within seven days, with those that are asked for [h].")
    storage_bytes: int


class Me(Model):
    """Who asks."""

    id: int
    email: str
    name: str
    role: str
    roles: list[str] = Field(description="The role and those that it includes.")
    scopes: list[str] | None = Field(description="Of the token of this request; null: logged in by password.")
    quota: Quota
    usage: UsageOut


class MeChange(Model):
    """What users change of their own account."""

    name: Name


class TokenRequest(Model):
    """An API token to be made."""

    name: Name = Field(description="What it is for.")
    scopes: list[Scope] = Field(
        min_length=1,
        max_length=3,
        description="Each includes those before it; a viewer may give read, a trainer train too, an administrator all.",
    )
    expires_days: int | None = Field(default=90, ge=1, le=3650, description="Null: never [days].")


class TokenOut(Model):
    """An API token, without its secret."""

    id: int
    name: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None


class TokenMade(TokenOut):
    """An API token, with its secret: the only time that it is shown."""

    secret: str


class TokenList(Model):
    """The tokens of a user."""

    items: list[TokenOut]


class UserQuery(PageQuery):
    """Which users."""

    role: RoleName | None = None
    active: bool | None = None


class UserOut(Model):
    """An account, as an administrator sees it."""

    id: int
    email: str
    name: str
    role: str
    active: bool
    opened: bool = Field(description="Whether an invitation was taken and a password set.")
    created_at: datetime
    quota: Quota
    own_quota: dict[str, Any] = Field(description="What differs from the usual quota.")


class UserDetail(UserOut):
    """An account, and what it takes up."""

    usage: UsageOut


class UserPage(Page):
    """A part of the users."""

    items: list[UserOut]


class UserRequest(Model):
    """An account to be made."""

    email: str = Field(min_length=3, max_length=254)
    role: RoleName = "trainer"
    name: Name | None = None


class UserInvited(Model):
    """An account, and the link by which its owner opens it: the only time that it is shown."""

    user: UserOut
    invitation: str


class UserChange(Model):
    """What an administrator changes of an account."""

    role: RoleName | None = None
    active: bool | None = Field(default=None, description="False ends its logins and tokens at once.")
    quota: dict[str, int | float | None] | None = Field(
        default=None, description="Limits that differ from the usual ones; null takes a usual one again."
    )


class NewPassword(Model):
    """The password of an invited account."""

    password: str = Field(
        min_length=1,
        max_length=1000,
        description="10 to 128 characters, not easily guessed: a few uncommon words will do.",
    )
    csrf_token: str = Field(default="", description="Of the form; not needed beside an API token.")


class InvitationOut(Model):
    """Whose account an invitation opens."""

    email: str
    name: str
    expires_at: datetime
    csrf_token: str = Field(description="To be sent back, in the header X-CSRFToken.")


class Accepted(Model):
    """The account is open, and its owner logged in."""

    id: int
    email: str


class AuditQuery(PageQuery):
    """Which lines of the audit log."""

    search: str = Field(default="", max_length=120, description="Words in the action.")
    user_id: int | None = Field(default=None, ge=1, le=2**31 - 1)
    kind: str | None = Field(default=None, max_length=16)
    object_id: int | None = Field(default=None, ge=1, le=2**31 - 1)
    since: Moment | None = None
    until: Moment | None = None


class AuditOut(Model):
    """Who did what."""

    id: int
    at: datetime
    user_id: int | None
    user_email: str | None
    action: str
    kind: str | None
    object_id: int | None
    address: str | None
    details: dict[str, Any]


class AuditPage(Page):
    """A part of the audit log, the newest first."""

    items: list[AuditOut]
