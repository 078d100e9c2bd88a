"""Alerts that were told, where a user wants to be told, and the workers that sent signs of life."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webfoot.web.models.base import Base, now
from webfoot.web.models.user import User


class AlertNotice(Base):
    """One alert of one user."""

    __tablename__ = "alerts"
    __table_args__ = (Index("ix_unread", "user_id", "read_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    session_id: Mapped[int | None] = mapped_column(ForeignKey("training_sessions.id", ondelete="CASCADE"), index=True)
    rule: Mapped[str] = mapped_column(String(40))
    severity: Mapped[str] = mapped_column(String(16))
    message: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=now)
    cleared_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    """When it went out to the user's channels."""


class AlertChannel(Base):
    """Where a user wants to be told: an Apprise address, kept encrypted since it holds secrets."""

    __tablename__ = "alert_channels"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    user: Mapped[User] = relationship(lazy="joined")
    name: Mapped[str] = mapped_column(String(80))
    url: Mapped[str] = mapped_column(Text)
    rules: Mapped[list[Any]]
    """Names of the rules that are told here; empty: all."""
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    failed: Mapped[str | None] = mapped_column(Text)
    """Why the last alert could not be sent."""


HEARD = timedelta(minutes=5)
"""A worker that was not heard of for so long counts as gone."""


class WorkerRow(Base):
    """A worker, as it last said of itself."""

    __tablename__ = "workers"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    beat: Mapped[int] = mapped_column(default=0)
    seen_at: Mapped[datetime] = mapped_column(default=now)
    concurrency: Mapped[int]
    running: Mapped[int] = mapped_column(default=0)
    resources: Mapped[dict[str, Any]] = mapped_column(default=dict)
