"""What the pages' lists are asked for: words, filters, the column that sorts them, and the page."""

from typing import Literal

from pydantic import Field

from webfoot.web.schemas.accounts import RoleName
from webfoot.web.schemas.base import PageQuery

YesNo = Literal["", "yes", "no"]


class SessionsAsked(PageQuery):
    """Which sessions."""

    state: Literal["", "unfinished", "queued", "running", "paused", "completed", "failed", "cancelled", "timed_out"] = (
        ""
    )
    passed: YesNo = ""
    robot: str = Field(default="", max_length=256, description="As it is asked for, whichever version.")
    motion: str = Field(default="", max_length=256, description="As it is asked for, whichever version and clip.")
    mine: bool = False
    sort: Literal[
        "created", "-created", "name", "-name", "state", "-state", "motion", "-motion", "robot", "-robot",
        "progress", "-progress", "passed", "-passed", "owner", "-owner",
    ] = "-created"  # fmt: skip


class MotionsAsked(PageQuery):
    """Which motions."""

    robot: str = Field(default="", max_length=256, description="That they were inspected for, whichever version.")
    usable: YesNo = ""
    mine: bool = False
    deleted: bool = False
    sort: Literal[
        "created", "-created", "name", "-name", "size", "-size", "owner", "-owner", "usable", "-usable",
        "clips", "-clips", "score", "-score", "duration", "-duration", "robot", "-robot",
    ] = "-created"  # fmt: skip


class RobotsAsked(PageQuery):
    """Which robots."""

    usable: YesNo = ""
    mine: bool = False
    deleted: bool = False
    sort: Literal[
        "created", "-created", "name", "-name", "size", "-size", "owner", "-owner", "usable", "-usable"
    ] = "-created"  # fmt: skip


class VersionAsked(PageQuery):
    """Which version of a robot or a motion."""

    version: int | None = Field(default=None, ge=1, le=2**31 - 1)


class ClipsAsked(VersionAsked):
    """Which clips of a library."""

    clip: str = Field(default="", max_length=120, description="The one that is shown.")


class AlertsAsked(PageQuery):
    """Which alerts."""

    session: int | None = Field(default=None, ge=1, le=2**31 - 1)
    rule: str = Field(default="", max_length=40)
    unread: bool = False


class UsersAsked(PageQuery):
    """Which accounts."""

    role: RoleName | Literal[""] = ""
    active: YesNo = ""


class AuditAsked(PageQuery):
    """Which lines of the audit log."""

    user_id: int | None = Field(default=None, ge=1, le=2**31 - 1)
    kind: str = Field(default="", max_length=16)
    object_id: int | None = Field(default=None, ge=1, le=2**31 - 1)
