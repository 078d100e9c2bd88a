"""Results of a training: what is told."""

from typing import Any, Literal

from pydantic import Field

from webfoot.web.schemas.base import Model

Numbers = list[float | None]


class OverPhase(Model):
    """A quantity over the gait cycle: percentiles 5, 50 and 95 of all cycles, and the reference; null: not known."""

    name: str
    low: Numbers
    middle: Numbers
    high: Numbers
    reference: Numbers


class GaitJoint(OverPhase):
    """A joint [rad]."""

    rmse: float | None = Field(description="Error against the reference in phase [rad].")
    moves: bool = Field(description="Whether the reference moves it.")


class GaitFoot(OverPhase):
    """The height of a sole [m]."""

    lift_m: float | None
    reference_lift_m: float | None
    contact: Numbers = Field(description="Share of the cycles in which it stands.")
    reference_contact: Numbers


class GaitEpisode(Model):
    """An episode of the validation."""

    fell_at_s: float | None
    command: Numbers = Field(description="vx, vy [m/s], wz [rad/s] at its start.")


class FootfallFoot(Model):
    """When a foot stands: beginnings and ends [s]."""

    name: str
    policy: list[list[float]]
    reference: list[list[float]]


class Footfall(Model):
    """One episode."""

    episode: int
    duration_s: float
    feet: list[FootfallFoot]


class Gait(Model):
    """How a policy walked."""

    document: str = Field(alias="schema", description="webfoot-gait/1")
    control_dt: float
    period_s: float
    phase: list[float] = Field(description="Middle of every bin of the gait cycle, 0 to 1.")
    joints: list[GaitJoint]
    feet: list[GaitFoot]
    episodes: list[GaitEpisode]
    footfall: Footfall


class Configuration(Model):
    """Every option of a session."""

    session_id: int
    robot: str
    motion: str
    config: dict[str, Any]


class VideoStage(Model):
    """Where the video of a validation stands."""

    stage: Literal["none", "drawing", "there", "refused"] = Field(
        description="none: nobody asked for it; there: it is the artifact `video`; refused: `sentence` says why."
    )
    sentence: str = Field(description="Why there is none; else empty.")
