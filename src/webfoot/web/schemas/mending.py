"""Cures of a motion: what is asked, and what is told."""

from pydantic import Field, model_validator

from webfoot.web.schemas.base import Model
from webfoot.web.schemas.objects import VersionOut


class MendRequest(Model):
    """What is to be done to a motion."""

    repair: bool = Field(default=False, description="Mend what needs no guess, as `webfoot motion repair` does.")
    fix_joints: bool = Field(
        default=False,
        description="Also undo a wrong sign, side, order or zero of joint columns, where one explains it.",
    )
    speed: float | None = Field(default=None, ge=0.1, le=10, description="Play it at this multiple of its speed.")
    version: int | None = Field(default=None, ge=1, le=2**31 - 1, description="Of this version; the latest by default.")
    robot: str = Field(
        default="", max_length=256, description="A bundled robot, or robot:ID[@N]; empty: the one it was inspected for."
    )

    @model_validator(mode="after")
    def _asks_something(self) -> "MendRequest":
        if not (self.repair or self.fix_joints or self.speed):
            raise ValueError("nothing is asked; 'repair', 'fix_joints' or 'speed' would be right")
        return self


class MendOut(VersionOut):
    """The version that came of it."""

    done: list[str] = Field(description="What was done, a sentence each.")
    is_new: bool
