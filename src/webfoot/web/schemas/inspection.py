"""What an inspection says, for people: what is asked, and what is told."""

from typing import Any, Literal

from pydantic import Field

from webfoot.web.schemas.base import Model


class InspectionQuery(Model):
    """A motion on a robot."""

    motion: str = Field(min_length=1, max_length=256, description="A bundled clip, or motion:ID[@N][#CLIP].")
    robot: str = Field(
        default="duckling", min_length=1, max_length=256, description="A bundled robot, or robot:ID[@N]."
    )


class Cure(Model):
    """Something that a button does: a new version of the motion, or an option of the training."""

    label: str
    mend: dict[str, Any] | None = Field(default=None, description="The body of POST .../mend.")
    option: dict[str, Any] | None = Field(default=None, description="Options by dotted name, with their values.")


class Remark(Model):
    """One thing that was found, with what would mend it."""

    code: str
    severity: Literal["error", "warning", "info"]
    message: str
    others: list[str] = Field(description="The same of other joints or frames.")
    cure: str
    clip: str
    clips: int = Field(description="Clips of a library in which the like was found.")
    cures: list[Cure]


class Fact(Model):
    """A number with its name."""

    label: str
    value: str


class ScoreReason(Model):
    """A part of the score."""

    name: str
    value: float
    why: str


class Inspection(Model):
    """What an inspection says of a motion on a robot."""

    motion: str
    name: str
    robot: str
    verdict: Literal["fit", "remarks", "unfit"]
    sentence: str
    score: float = Field(description="Predicted trainability of the worst clip, 0 to 1.")
    reasons: list[ScoreReason] = Field(description="Parts of that score, the weakest first.")
    facts: list[Fact]
    remarks: list[Remark]
    clips: list[str] = Field(description="Of a library: its clips, 500 at most.")
    clip_count: int
    mendable: int | None = Field(description="Id of the motion, where who asks may mend it.")
