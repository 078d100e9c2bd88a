"""Events: the only thing that leaves a training while it runs."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Literal


@dataclass(frozen=True)
class Prepared:
    """What was done to a reference motion before anything is learnt from it."""

    motion: str
    notes: tuple[str, ...]
    """One sentence each; empty where the motion was followed as it is."""


@dataclass(frozen=True)
class Demonstrated:
    """A policy that tracks the reference has shown an adversary how it walks."""

    robots: int
    """That walked without a fall."""
    elapsed_s: float
    """Time that it took to train that policy and to watch it."""
    env_steps: int
    """Control steps of all robots that it took."""
    stopped: str
    """How the training of that policy ended; 'passed' where it walks as validation asks."""


@dataclass(frozen=True)
class Progress:
    """How far the training is, once an iteration."""

    iteration: int
    epochs: int
    elapsed_s: float
    eta_s: float | None
    env_steps: int
    steps_per_s: float
    reward: float
    """Mean reward a control step."""
    falls: float
    """Falls per robot and simulated minute."""


@dataclass(frozen=True)
class Metrics:
    """Numbers of one iteration by name, for plots."""

    iteration: int
    values: dict[str, float]


@dataclass(frozen=True)
class Evaluated:
    """What the policy showed from a standing start."""

    iteration: int
    passed: bool
    score: float
    """0 when everything fails, 1 when everything passes."""
    values: dict[str, float]
    """Value of every check by name, and what is looked at beside them."""


@dataclass(frozen=True)
class Checkpointed:
    """A checkpoint stands on disk."""

    iteration: int
    path: str
    """From the run folder: an event log may be read by somebody else than who owns the disk."""


@dataclass(frozen=True)
class Diverged:
    """Learning broke down; the last good checkpoint stands."""

    iteration: int
    reason: str


Severity = Literal["warning", "serious"]


@dataclass(frozen=True)
class Alert:
    """A rule of health complains, or has nothing to complain of any more; told once each time."""

    iteration: int
    rule: str
    severity: Severity
    message: str
    """One sentence: what is wrong and what would help."""
    cleared: bool = False


@dataclass(frozen=True)
class Staged:
    """The curriculum took a step, or took one back."""

    iteration: int
    stage: str
    """The kind of difficulty that changed."""
    level: float
    """Its level now, from 0 to 1."""
    success: float
    """Share of robots that did what they were asked to, from 0 to 1."""
    reason: str


@dataclass(frozen=True)
class Returned:
    """The policy had collapsed: learning goes on from the best one, with a lower rate."""

    iteration: int
    score: float
    """Of the best policy's trial."""
    learning_rate: float
    """Highest from now on."""
    reason: str


@dataclass(frozen=True)
class Finished:
    """The loop has ended."""

    iteration: int
    reason: str
    elapsed_s: float


Event = (
    Prepared
    | Demonstrated
    | Progress
    | Metrics
    | Evaluated
    | Checkpointed
    | Diverged
    | Alert
    | Staged
    | Returned
    | Finished
)
OnEvent = Callable[[Event], None]


def as_json(event: Event) -> dict[str, Any]:
    """The event as a JSON-able dict; its kind stands under 'event'."""
    return {"event": type(event).__name__.lower(), **asdict(event)}
