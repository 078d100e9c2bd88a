"""`GAITS`: the rhythms that feet can step in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from webfoot.errors import MotionError, UnknownName
from webfoot.motion.feet import FootPlace


@dataclass(frozen=True)
class Gait:
    """When each foot swings."""

    rows: tuple[int, ...]
    """Pairs of feet that a robot may have to walk so; empty: any."""
    middle: Callable[[FootPlace], float]
    """Phase at the middle of a foot's swing, in (0, 1); a swing never runs over the end of the cycle."""
    groups: int
    """How many times feet leave the ground in a cycle; 0: they stand."""

    def middles(self, places: Sequence[FootPlace]) -> tuple[float, ...]:
        """Phases of all feet, in the order given."""
        return tuple(self.middle(place) for place in places)

    def is_alternating(self, places: Sequence[FootPlace]) -> bool:
        """Whether every right foot does half a cycle later what the left one of its pair does."""
        middle = {(place.row, place.side): self.middle(place) for place in places}
        return all(abs(abs(middle[row, 0] - middle[row, 1]) - 0.5) < 1e-9 for row, _ in middle)


GAITS: dict[str, Gait] = {
    "walk": Gait((1,), lambda foot: 0.25 + 0.5 * foot.side, groups=2),
    "trot": Gait((2,), lambda foot: 0.25 + 0.5 * ((foot.row + foot.side) % 2), groups=2),
    "pace": Gait((2,), lambda foot: 0.25 + 0.5 * foot.side, groups=2),
    "tripod": Gait((3,), lambda foot: 0.25 + 0.5 * ((foot.row + foot.side) % 2), groups=2),
    "stand": Gait((), lambda foot: 0.5, groups=0),
}
"""Gaits by name; the first that fits a robot's number of feet is what it gets unasked."""


def choose_gait(name: str | None, places: Sequence[FootPlace], robot: str) -> Gait:
    """The gait of that name, or the first for so many feet.

    Raises:
        UnknownName: no such gait.
        MotionError: the robot has another number of feet.
    """
    rows = len(places) // 2
    if name is not None and name not in GAITS:
        raise UnknownName("gait", name, GAITS)
    fitting = [known for known, gait in GAITS.items() if not gait.rows or rows in gait.rows]
    chosen = fitting[0] if name is None else name
    if chosen not in fitting:
        raise MotionError(
            f"robot '{robot}' has {len(places)} feet, which is not a number to {chosen} on; choose one of "
            f"{', '.join(fitting)}"
        )
    return GAITS[chosen]
