"""Alert rules: pure functions of one session's `Snapshot`, each in the table `ALERT_RULES`.

What the training itself finds unhealthy (`webfoot.monitor.health`) is taken over, not judged a second time.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from pydantic import BaseModel, Field

from webfoot.counted import counted
from webfoot.web.results.checks import title_of
from webfoot.web.states import State

Severity = Literal["info", "warning", "serious"]


class AlertConfig(BaseModel, frozen=True, extra="forbid"):
    """When a session gives rise to an alert, and how calm it has to be for the alert to end."""

    heartbeat_s: float = Field(default=20.0, gt=0, le=86_400, description="Silence of a worker that is too long [s].")
    timeout_share: float = Field(default=0.9, gt=0, le=1, description="Share of the time limit that is nearly all.")
    disk_bytes: int = Field(default=2_000_000_000, ge=0, description="Free disk space that is too little [bytes].")
    disk_share: float = Field(default=0.02, ge=0, lt=1, description="Share of the disk that has to stay free.")
    memory_share: float = Field(
        default=0.9, gt=0, le=1, description="Share of its memory limit that a trainer may take, GPU memory too."
    )
    margin: float = Field(
        default=0.1, ge=0, lt=1, description="Share of each limit by which a number has to be better to be calm."
    )
    calm_s: float = Field(default=60.0, ge=0, le=86_400, description="Calm after which an alert is cleared [s].")

    def eased(self) -> "AlertConfig":
        """The limits that a number has to keep, with the margin, before its alert is cleared."""
        less, more = 1 - self.margin, 1 + self.margin
        return self.model_copy(
            update={
                "heartbeat_s": less * self.heartbeat_s,
                "timeout_share": less * self.timeout_share,
                "disk_bytes": more * self.disk_bytes,
                "disk_share": more * self.disk_share,
                "memory_share": less * self.memory_share,
            }
        )


@dataclass(frozen=True)
class Snapshot:
    """What a rule may look at: one attempt of one session, as it stands. None: not known."""

    state: State
    iteration: int = 0
    epochs: int = 0
    elapsed_s: float = 0.0
    """Of all attempts [s]."""
    timeout_s: float | None = None
    heartbeat_age_s: float | None = None
    """Since the worker's last sign of life [s]."""
    workers_lost: int = 0
    disk_free_bytes: int | None = None
    disk_free_share: float | None = None
    memory_bytes: int | None = None
    """Of the trainer and its children."""
    memory_limit_bytes: int | None = None
    gpu_memory_bytes: int | None = None
    gpu_memory_limit_bytes: int | None = None
    metrics: Mapping[str, float | None] = field(default_factory=dict)
    """Of the last iteration; None where the event log holds null, which stands for what is no number."""
    scores: tuple[float | None, ...] = ()
    """Of all trials, oldest first; above 1 where one passed."""
    passed: bool | None = None
    """The verdict of validation."""
    failed_checks: tuple[str, ...] = ()
    health: Mapping[str, str] = field(default_factory=dict)
    """Messages of the health rules that complain now, by the names of `HEALTH_RULES`."""
    diverged: str | None = None
    """Why learning broke down in this attempt."""
    is_learning: bool = True
    """Whether this attempt has told of an iteration yet; before, nothing is known of how it learns."""
    error_message: str | None = None


def diverged(snapshot: Snapshot, config: AlertConfig) -> str | None:
    """Learning broke down."""
    if snapshot.diverged is None:
        return None
    cure = "" if ";" in snapshot.diverged else "; lower the learning rate"
    return f"learning broke down after epoch {snapshot.iteration}: {snapshot.diverged}{cure}"


def nan(snapshot: Snapshot, config: AlertConfig) -> str | None:
    """A metric or the last trial's score is no finite number."""
    broken = [name for name, value in snapshot.metrics.items() if value is None or not math.isfinite(value)]
    if snapshot.scores and (snapshot.scores[-1] is None or not math.isfinite(snapshot.scores[-1])):
        broken.append("score of the last trial")
    if not broken:
        return None
    more = f" and {len(broken) - 3} more" if len(broken) > 3 else ""
    return (
        f"no finite number at epoch {snapshot.iteration}: {', '.join(broken[:3])}{more}; "
        "lower the learning rate, and inspect the motion"
    )


def _from_health(*names: str) -> Callable[[Snapshot, AlertConfig], str | None]:
    """A rule that passes on the first of some health rules that complains."""

    def check(snapshot: Snapshot, config: AlertConfig) -> str | None:
        return next((snapshot.health[name] for name in names if name in snapshot.health), None)

    return check


def worker_lost(snapshot: Snapshot, config: AlertConfig) -> str | None:
    """The worker is silent, or it was given up and no other has taken over yet."""
    age = snapshot.heartbeat_age_s
    if snapshot.state is State.RUNNING and age is not None and age > config.heartbeat_s:
        return (
            f"the worker has not been heard of for {age:.0f} s, at epoch {snapshot.iteration}; another one goes on "
            "from the last checkpoint: see that one runs"
        )
    if snapshot.state is State.QUEUED and snapshot.workers_lost:
        times = "once" if snapshot.workers_lost == 1 else f"{snapshot.workers_lost} times"
        return (
            f"the worker was lost ({times} so far), and the session waits for another; see that one runs, and that it "
            "has enough memory"
        )
    return None


def timeout_near(snapshot: Snapshot, config: AlertConfig) -> str | None:
    """Most of the time limit is used up."""
    limit = snapshot.timeout_s
    if snapshot.state is not State.RUNNING or not limit or snapshot.elapsed_s < config.timeout_share * limit:
        return None
    return (
        f"{snapshot.elapsed_s / 60:.0f} of {limit / 60:.0f} min are used up at epoch {snapshot.iteration} of "
        f"{snapshot.epochs}; allow more time, or ask for fewer epochs"
    )


def disk_low(snapshot: Snapshot, config: AlertConfig) -> str | None:
    """The disk of the run folder is nearly full."""
    free, share = snapshot.disk_free_bytes, snapshot.disk_free_share
    too_few = free is not None and free < config.disk_bytes
    if not too_few and (share is None or share >= config.disk_share):
        return None
    parts = [] if free is None else [_gb(free)]
    parts += [] if share is None else [f"{share:.1%}"]
    return (
        f"{' or '.join(parts)} of the disk is free, less than {_gb(config.disk_bytes)} or {config.disk_share:.0%}; "
        "delete runs that nobody needs, or move the data folder to a larger disk"
    )


def memory_high(snapshot: Snapshot, config: AlertConfig) -> str | None:
    """The trainer is about to reach its memory limit, at which it is ended."""
    used = _used(snapshot.memory_bytes, snapshot.memory_limit_bytes, config)
    return used and f"the trainer takes {used} of memory, and is ended beyond that; lower batch_size"


def gpu_memory_high(snapshot: Snapshot, config: AlertConfig) -> str | None:
    """The trainer is about to reach its limit of GPU memory."""
    used = _used(snapshot.gpu_memory_bytes, snapshot.gpu_memory_limit_bytes, config)
    return used and f"the trainer takes {used} of GPU memory, and is ended beyond that; lower batch_size"


def _used(used: int | None, limit: int | None, config: AlertConfig) -> str | None:
    if used is None or not limit or used < config.memory_share * limit:
        return None
    return f"{_gb(used)} of its {_gb(limit)}"


def _gb(count: float) -> str:
    return f"{count / 1e9:.1f} GB"


def finished(snapshot: Snapshot, config: AlertConfig) -> str | None:
    """The training has ended as it should; a policy that failed validation is told of by another rule."""
    if snapshot.state is not State.COMPLETED or snapshot.passed is False:
        return None
    verdict = "its policy passed validation and can be downloaded"
    if snapshot.passed is None:
        verdict = "no verdict was reached; validate its policy"
    minutes = snapshot.elapsed_s / 60
    took = f"{minutes:.0f} min" if minutes >= 1 else f"{snapshot.elapsed_s:.0f} s"
    return f"the training ended after {took} and {counted(snapshot.iteration, 'epoch')}: {verdict}"


def failed(snapshot: Snapshot, config: AlertConfig) -> str | None:
    """The training ended before its time; one that broke down in learning is told of by another rule."""
    if snapshot.state is State.TIMED_OUT:
        return (
            f"the training was stopped at its time limit, after {snapshot.elapsed_s / 60:.0f} min at epoch "
            f"{snapshot.iteration} of {snapshot.epochs}; retry it with more time: it goes on from its last checkpoint"
        )
    if snapshot.state is not State.FAILED or snapshot.diverged is not None:
        return None
    reason = snapshot.error_message or "no reason was given"
    return f"the training failed at epoch {snapshot.iteration}: {reason}; retry it when that is mended"


def failed_validation(snapshot: Snapshot, config: AlertConfig) -> str | None:
    """The training has ended, but its policy does not walk as validation asks."""
    if snapshot.state is not State.COMPLETED or snapshot.passed is not False:
        return None
    checks = "; ".join(title_of(name) for name in snapshot.failed_checks) or "see its report"
    count = len(snapshot.failed_checks)
    which = f"{counted(count, 'check')} ({checks})" if count else f"validation ({checks})"
    return f"the policy failed {which}; train for more epochs, or inspect the motion"


@dataclass(frozen=True)
class Rule:
    """One thing that a user may want to be told."""

    check: Callable[[Snapshot, AlertConfig], str | None]
    """None, or one sentence that says what is wrong and what would help."""
    severity: Severity
    help: str
    once: bool = False
    """Told once for each attempt and never cleared; the others last while they complain, at most until the end."""
    of_learning: bool = False
    """Judged only while the attempt tells how it learns: a trainer that is just being started is not calm."""


ALERT_RULES: dict[str, Rule] = {
    "diverged": Rule(diverged, "serious", "Learning broke down and cannot go on.", once=True),
    "nan": Rule(nan, "serious", "A metric is not a finite number any more.", of_learning=True),
    "plateau": Rule(_from_health("plateau"), "warning", "Trials get no better, and none has passed.", of_learning=True),
    "style_collapse": Rule(
        _from_health("discriminator_wins", "style_forgotten", "logit_spread"),
        "serious",
        "The style reward teaches nothing any more.",
        of_learning=True,
    ),
    "falls_rising": Rule(
        _from_health("falls_return"), "serious", "Robots fall again after they had learnt not to.", of_learning=True
    ),
    "worker_lost": Rule(worker_lost, "serious", "The worker that trains is silent."),
    "timeout_near": Rule(timeout_near, "warning", "The time limit is nearly reached."),
    "disk_low": Rule(disk_low, "serious", "The disk that holds the runs is nearly full."),
    "memory_high": Rule(memory_high, "warning", "The trainer is about to reach its memory limit."),
    "gpu_memory_high": Rule(gpu_memory_high, "warning", "The trainer is about to reach its limit of GPU memory."),
    "finished": Rule(finished, "info", "The training has ended as it should.", once=True),
    "failed": Rule(failed, "serious", "The training was stopped by an error or by its time limit.", once=True),
    "failed_validation": Rule(
        failed_validation, "warning", "The training has ended, but its policy did not pass.", once=True
    ),
}
"""Every rule; a new one is a function and a line."""
