"""Shares and links: what is asked, and what is told; and what a link shows."""

from datetime import datetime

from pydantic import Field

from webfoot.web.schemas.base import Model


class ShareRequest(Model):
    """With whom to share."""

    email: str = Field(min_length=3, max_length=254)


class ShareOut(Model):
    """One user who may see an object."""

    user_id: int
    email: str
    name: str
    created_at: datetime


class ShareList(Model):
    """Who may see an object, beside its owner."""

    items: list[ShareOut]


class LinkRequest(Model):
    """A link to be made."""

    expires_days: int | None = Field(default=30, ge=1, le=3650, description="Null: never [days].")


class LinkOut(Model):
    """A link, without its secret."""

    id: int
    created_at: datetime
    expires_at: datetime | None


class LinkMade(LinkOut):
    """A link, whole: the only time that it is shown."""

    url: str


class LinkList(Model):
    """The links that show an object."""

    items: list[LinkOut]


class SharedSession(Model):
    """A training, as a link shows it."""

    state: str
    reference_motion: str
    robot: str
    current_epoch: int
    total_epochs: int
    current_loss: float | None
    elapsed_s: float
    passed: bool | None
    started_at: datetime | None
    completed_at: datetime | None
    artifacts: list[str]


class SharedVersion(Model):
    """A version of a motion or robot, as a link shows it."""

    number: int
    filename: str
    size: int
    usable: bool
    created_at: datetime


class SharedObject(Model):
    """What a link shows."""

    kind: str
    name: str
    created_at: datetime
    session: SharedSession | None = None
    versions: list[SharedVersion] | None = None
