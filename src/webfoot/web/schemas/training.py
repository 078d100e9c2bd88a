"""Training sessions: what is asked, and what is told."""

from datetime import datetime
from typing import Any, Literal

from pydantic import ConfigDict, Field

from webfoot.learn.method import laid_over
from webfoot.recipes import PLANS
from webfoot.web.schemas.base import Model, Page, PageQuery

PRIORITY = "Higher ones are taken first; 0 is usual, only an administrator may go above it, and anybody below."


class StartRequest(Model):
    """A training to be started."""

    reference_motion: str = Field(min_length=1, max_length=256, description="A bundled clip, or motion:ID[@N][#CLIP].")
    robot: str = Field(
        default="duckling", min_length=1, max_length=256, description="A bundled robot, or robot:ID[@N]."
    )
    epochs: int | None = Field(default=None, description="Learning iterations.")
    batch_size: int | None = Field(default=None, description="Robots simulated in parallel.")
    learning_rate: float | None = Field(default=None, description="Step size of the learner.")
    hidden_size: int | None = Field(default=None, description="Units of the first hidden layer.")
    plan: Literal["quick", "standard", "robust"] = Field(
        default="quick", description="How long is trained: options wherever nothing else is given."
    )
    parameters: dict[str, Any] = Field(default_factory=dict, description="Any other option, as in `webfoot train`.")
    parent_id: int | None = Field(default=None, ge=1, le=2**31 - 1, description="The session that this one is made of.")
    name: str = Field(default="", max_length=120)
    priority: int = Field(default=0, ge=-10, le=10, description=PRIORITY)
    timeout_minutes: float | None = Field(default=None, gt=0, le=100_000)

    def options(self) -> dict[str, Any]:
        """All options of the training, as one table."""
        return laid_over(PLANS[self.plan].options, self.own_options())

    def own_options(self) -> dict[str, Any]:
        """Those that are given one by one."""
        four = ("epochs", "batch_size", "learning_rate", "hidden_size")
        return {**self.parameters, **{name: value for name in four if (value := getattr(self, name)) is not None}}


class Started(Model):
    """A training waits in the queue."""

    message: str
    task_id: str
    session_id: int
    id: int
    state: str


class Status(Model):
    """Where a session stands."""

    id: int
    status: str
    wanted: str | None
    current_epoch: int
    total_epochs: int
    current_loss: float | None
    error_message: str | None
    passed: bool | None
    attempt: int
    steps_per_s: float | None
    elapsed_s: float
    eta_s: float | None
    queue_position: int | None


class Metrics(Model):
    """Curves of a training."""

    model_config = ConfigDict(frozen=True, extra="allow")

    epochs: list[int]
    losses: list[float | None]
    series: dict[str, Any]


class MetricsQuery(Model):
    """Which curves, and from where on."""

    names: str = Field(default="", max_length=4000, description="Names of curves, divided by commas; empty: all.")
    since: int | None = Field(default=None, ge=0, description="Only what came after this iteration.")
    most: int = Field(default=2000, ge=5, le=20_000, description="Points of a curve at most; peaks are kept.")


class LogQuery(Model):
    """Which part of a trainer's log."""

    behind: int = Field(default=0, ge=0, le=2**53, description="Only what stands behind this offset [bytes].")


class UsageQuery(Model):
    """Which samples of what a trainer takes up."""

    since: float = Field(default=0.0, ge=0, le=1e12, description="Only those after this moment, since 1970 [s].")


class Usage(Model):
    """What a trainer took up while it ran; each list has one value a sample."""

    times: list[float]
    """Since 1970 [s]."""
    cpu: list[float | None]
    """Of one core, so that 2 means two of them."""
    memory_bytes: list[int | None]
    gpu: list[float | None]
    """Time that the busiest GPU worked, 0 to 1; null without one."""
    gpu_memory_bytes: list[int | None]


class SessionOut(Model):
    """One session in a list."""

    id: int
    name: str
    owner_id: int
    owner_name: str
    state: str
    wanted: str | None
    reference_motion: str
    robot: str
    priority: int
    attempt: int
    current_epoch: int
    total_epochs: int
    current_loss: float | None
    steps_per_s: float | None
    eta_s: float | None
    elapsed_s: float
    robot_hours: float
    passed: bool | None
    error_message: str | None
    parent_id: int | None
    created_at: datetime
    started_at: datetime | None
    completed_at: datetime | None


class SessionDetail(SessionOut):
    """One session, whole."""

    parameters: dict[str, Any]
    timeout_minutes: float
    stored_bytes: int
    queue_position: int | None
    artifacts: list[str]


class SessionQuery(PageQuery):
    """Which sessions."""

    state: Literal["", "queued", "running", "paused", "completed", "failed", "cancelled", "timed_out"] = ""
    sort: Literal["newest", "oldest", "name"] = "newest"
    mine: bool = Field(default=False, description="Only those of who asks.")


class SessionPage(Page):
    """A part of the sessions."""

    items: list[SessionOut]


class SessionChange(Model):
    """What can be changed of a session."""

    name: str | None = Field(default=None, min_length=1, max_length=120)
    priority: int | None = Field(default=None, ge=-10, le=10, description=PRIORITY)
    timeout_minutes: float | None = Field(
        default=None, gt=0, le=100_000, description="Counts from the next attempt on."
    )


class CloneRequest(Model):
    """What a clone is asked otherwise."""

    reference_motion: str | None = Field(default=None, min_length=1, max_length=256)
    robot: str | None = Field(default=None, min_length=1, max_length=256)
    name: str | None = Field(default=None, min_length=1, max_length=120)
    parameters: dict[str, Any] = Field(default_factory=dict)
    priority: int | None = Field(default=None, ge=-10, le=10, description=PRIORITY)
    timeout_minutes: float | None = Field(default=None, gt=0, le=100_000)
