"""`TrainingSession`: the row of one training: whose it is, where it stands, how far it is."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webfoot.web.models.base import NUMBERS_ONCE, Base, now
from webfoot.web.models.user import User
from webfoot.web.states import State, check_move


class TrainingSession(Base):
    """One training. Its run folder holds what happened; this row says who may see it and what is to be done."""

    __tablename__ = "training_sessions"
    __table_args__ = (
        UniqueConstraint("owner_id", "idempotency_key"),
        Index("ix_queue", "state", "priority", "queued_at"),
        Index("ix_owner", "owner_id", "state"),
        NUMBERS_ONCE,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    owner: Mapped[User] = relationship(lazy="joined")
    name: Mapped[str] = mapped_column(String(120))
    reference_motion: Mapped[str] = mapped_column(String(256))
    """As it was asked for: a bundled clip, or `motion:ID`."""
    motion_version_id: Mapped[int | None] = mapped_column(ForeignKey("motion_versions.id"), index=True)
    robot: Mapped[str] = mapped_column(String(256))
    """As it was asked for: a bundled robot, or `robot:ID`."""
    robot_version_id: Mapped[int | None] = mapped_column(ForeignKey("robot_versions.id"), index=True)
    parameters: Mapped[dict[str, Any]]
    """Options of the training, as they were given."""
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("training_sessions.id", ondelete="SET NULL"))
    """The session that this one was cloned from."""
    idempotency_key: Mapped[str | None] = mapped_column(String(128))

    state: Mapped[str] = mapped_column(String(16), default=State.QUEUED)
    wanted: Mapped[str | None] = mapped_column(String(16))
    """What a running session is asked to become: paused or cancelled."""
    priority: Mapped[int] = mapped_column(default=0)
    attempt: Mapped[int] = mapped_column(default=0)
    """Number of the worker that has it; what an earlier one writes is refused."""
    lost: Mapped[int] = mapped_column(default=0)
    """Workers that were lost over it."""
    beat: Mapped[int] = mapped_column(default=0)
    """Counts signs of life."""
    worker: Mapped[str | None] = mapped_column(String(120))
    timeout_minutes: Mapped[float]

    current_epoch: Mapped[int] = mapped_column(default=0)
    total_epochs: Mapped[int]
    current_loss: Mapped[float | None]
    steps_per_s: Mapped[float | None]
    eta_s: Mapped[float | None]
    elapsed_s: Mapped[float] = mapped_column(default=0.0)
    """Of all attempts, in training."""
    robot_hours: Mapped[float] = mapped_column(default=0.0)
    """Simulated so far [h]."""
    expected_robot_hours: Mapped[float] = mapped_column(default=0.0)
    """Simulated at most, as it was asked for [h]."""
    stored_bytes: Mapped[int] = mapped_column(default=0)
    passed: Mapped[bool | None]
    """Whether the policy passed validation; None before."""
    error_message: Mapped[str | None] = mapped_column(Text)
    conditions: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What its alert rules have told so far."""

    created_at: Mapped[datetime] = mapped_column(default=now, index=True)
    queued_at: Mapped[datetime] = mapped_column(default=now)
    started_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]

    @property
    def status(self) -> State:
        """The state."""
        return State(self.state)

    def move_to(self, state: State) -> None:
        """The one way to change the state.

        Raises:
            WrongState: there is no such move.
        """
        before = self.status
        check_move(before, state, f"session {self.id}")
        self.state, self.wanted = state, None
        if state is State.QUEUED:
            if before is not State.RUNNING:  # who loses its worker keeps its place
                self.queued_at = now()
            self.worker = self.eta_s = self.completed_at = self.error_message = None
        elif state is State.RUNNING:
            self.attempt += 1
            self.started_at, self.error_message = self.started_at or now(), None
        elif state.is_finished:
            self.completed_at, self.eta_s = now(), None
