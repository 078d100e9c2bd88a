"""`Convention`: how another program lays out what it observes, and what it makes of an answer."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Slot:
    """Where one of our observation terms stands in the consumer's observation."""

    columns: tuple[tuple[int, ...], ...]
    """Columns of every remembered value, newest first."""
    factor: float = 1.0
    """The consumer multiplies by this."""
    shift: tuple[float, ...] | None = None
    """Is added to every value, after the factor was taken off; None: nothing."""


@dataclass(frozen=True)
class Clock:
    """How the consumer's gait clock differs from ours."""

    ahead: float = 0.0
    """Share of a cycle that it is ahead."""
    begins_with_zeros: bool = False
    """Whether its first observation holds 0, 0 instead of a point on the circle."""
    stands_below: float | None = None
    """Speed of the command below which it stands still at phase 0; None: it never does."""


@dataclass(frozen=True)
class Convention:
    """One consumer's observation (1, size) and its target = offset + scale * answer."""

    input_name: str
    output_name: str
    size: int
    slots: dict[str, Slot]
    """By the names of our terms; those that the policy does not observe may be there too."""
    offset: tuple[float, ...]
    """[rad], one per joint."""
    scale: tuple[float, ...]
    """[rad], one per joint."""
    clips: bool
    """Whether the consumer itself keeps targets within the joint limits; else the graph does."""
    clock: Clock = field(default_factory=Clock)
