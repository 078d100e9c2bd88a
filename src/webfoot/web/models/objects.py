"""Motions and robots that were uploaded: objects with an owner and a version for every content."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from webfoot.web.models.base import NUMBERS_ONCE, Base, now
from webfoot.web.models.user import User


class _Owned:
    """What motions and robots have in common."""

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    name: Mapped[str] = mapped_column(String(120), index=True)
    created_at: Mapped[datetime] = mapped_column(default=now, index=True)
    deleted_at: Mapped[datetime | None]
    """Gone from lists, kept for the sessions that used it and for undo."""

    @declared_attr
    @classmethod
    def owner(cls) -> Mapped[User]:
        """Whose it is."""
        return relationship(User, lazy="joined")


class _Version:
    """What their versions have in common."""

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    """Of the content, which lies in the store under this name."""
    filename: Mapped[str] = mapped_column(String(120))
    """As it was uploaded; its ending tells the format."""
    size: Mapped[int] = mapped_column(BigInteger)
    report: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    """What the inspection said; a megabyte for a large library, so it is fetched when it is asked for."""
    usable: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(default=now)


class Motion(_Owned, Base):
    """A reference motion, or a library of them."""

    __tablename__ = "motions"
    __table_args__ = NUMBERS_ONCE

    versions: Mapped[list["MotionVersion"]] = relationship(
        back_populates="motion", order_by="MotionVersion.number", lazy="selectin"
    )


class MotionVersion(_Version, Base):
    """One content of a motion."""

    __tablename__ = "motion_versions"
    __table_args__ = (UniqueConstraint("motion_id", "number"), UniqueConstraint("motion_id", "sha256"))

    motion_id: Mapped[int] = mapped_column(ForeignKey("motions.id", ondelete="CASCADE"))
    motion: Mapped[Motion] = relationship(back_populates="versions")
    for_robot: Mapped[str] = mapped_column(String(256), default="", server_default="")
    """The robot that it was inspected for, as it is asked for with its version; this and what follows is taken out of
    the report, so that lists need not read it."""
    clip_count: Mapped[int] = mapped_column(default=1, server_default="1")
    score: Mapped[float | None]
    """Predicted trainability of its worst clip, 0 to 1."""
    duration_s: Mapped[float | None]
    """Of all clips together [s]."""


class Robot(_Owned, Base):
    """A robot model with its meshes."""

    __tablename__ = "robots"
    __table_args__ = NUMBERS_ONCE

    versions: Mapped[list["RobotVersion"]] = relationship(
        back_populates="robot", order_by="RobotVersion.number", lazy="selectin"
    )


class RobotVersion(_Version, Base):
    """One content of a robot's folder."""

    __tablename__ = "robot_versions"
    __table_args__ = (UniqueConstraint("robot_id", "number"), UniqueConstraint("robot_id", "sha256"))

    robot_id: Mapped[int] = mapped_column(ForeignKey("robots.id", ondelete="CASCADE"))
    model: Mapped[str] = mapped_column(String(256))
    """The model file, from the folder."""
    robot: Mapped[Robot] = relationship(back_populates="versions")
