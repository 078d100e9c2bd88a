"""`User` and `Role`: who may do what, and how much."""

# pyright: reportIncompatibleVariableOverride=false
# (Flask-Security's mixins declare plain attributes, which are columns here)

from datetime import datetime
from typing import Any

from flask_security.core import RoleMixin, UserMixin
from sqlalchemy import Column, ForeignKey, String, Table
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webfoot.web.models.base import Base, now
from webfoot.web.settings import Quota

user_roles = Table(
    "user_roles",
    Base.metadata,
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("role_id", ForeignKey("roles.id", ondelete="CASCADE"), primary_key=True),
)


class Role(Base, RoleMixin):
    """One of `ROLES`."""

    __tablename__ = "roles"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(32), unique=True)
    description: Mapped[str | None] = mapped_column(String(200))
    permissions: Mapped[str | None] = mapped_column(String(200))


class User(Base, UserMixin):
    """An account."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True, index=True)
    name: Mapped[str] = mapped_column(String(80), default="")
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    quota: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What differs from the quota of the settings."""
    roles: Mapped[list[Role]] = relationship(secondary=user_roles)

    most_rank = 99
    """Highest position in `ROLES` that counts now; lower where a token may do less than its user. Not a column."""

    def quota_over(self, usual: Quota) -> Quota:
        """What this user may take up."""
        return usual.model_copy(update=self.quota)


ROLES = {
    "viewer": "sees what is shared",
    "trainer": "uploads, trains and shares",
    "administrator": "sees and manages everything",
}
"""Each may do what those before it may."""
