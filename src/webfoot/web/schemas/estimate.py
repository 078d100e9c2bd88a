"""What a training would take: what is told before it is started."""

from typing import Any

from pydantic import Field

from webfoot.web.schemas.base import Model


class Duration(Model):
    """How long it may take, from its start to its verdict [s]."""

    low: float
    likely: float
    high: float


class PlanEstimate(Model):
    """What one plan would take, with the same other options."""

    robot_hours: float
    seconds: Duration


class Estimate(Model):
    """What a training would take, and what its options would be."""

    robot_hours: float = Field(description="Simulated at most [h].")
    robot_hours_left: float = Field(description="Of the quota, within seven days [h].")
    robot_hours_quota: float
    seconds: Duration
    measured_on: int = Field(description="Trainings of this service whose speed this rests on; 0: of another machine.")
    ahead: int = Field(description="Trainings that wait and would be taken before it.")
    running: int = Field(description="Trainings that run now.")
    refusal: str | None = Field(description="Why it could not be started now; null: it could.")
    clips: int = Field(description="Of the motion.")
    options: dict[str, Any] = Field(description="Every option by dotted name, as it would be.")
    usual: dict[str, Any] = Field(description="The same, were no option given but those that decide about others.")
    plans: dict[str, PlanEstimate]
